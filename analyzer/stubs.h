/*
 * analyzer, private part: what functions and methods of libraries do, from the data file stubs.txt (built
 * into the program by stubs_embed.py). A guess that guides scheduling: it can cost time, never correctness.
 */
#ifndef CB_ANALYZER_STUBS_H
#define CB_ANALYZER_STUBS_H

#include "base/base.h"

/* What a call does to its receiver and arguments. */
enum cb_stub_flags {
    CB_STUB_MUTATES_SELF = 1 << 0,
    CB_STUB_MUTATES_ARG = 1 << 1,    /* argument `arg` (from 0, or keyword `keyword`) */
    CB_STUB_INPLACE = 1 << 2,        /* MUTATES_SELF only where keyword `inplace` is true (or unknown) */
    CB_STUB_RETURNS_SELF = 1 << 3,   /* the result is, or shares, the receiver: fluent methods, views */
    CB_STUB_RETURNS_ARG = 1 << 4,    /* the result shares the argument `arg` */
    CB_STUB_READS_FILE = 1 << 5,     /* named by argument `file_arg` or keyword `file_keyword` */
    CB_STUB_WRITES_FILE = 1 << 6,    /* the same */
    CB_STUB_OPENS_FILE = 1 << 7,     /* read or written by the mode, argument `mode_arg` or keyword "mode" */
    CB_STUB_LISTS_DIR = 1 << 8,      /* `file_arg`: a folder, or a pattern such as glob's */
    CB_STUB_OPEN_WORLD = 1 << 9,     /* exec, eval, get_ipython().run_cell … */
    CB_STUB_CALLS_ARG = 1 << 10,     /* calls its argument `arg` (map, sorted's key, apply): `keyword` too */
    CB_STUB_PURE = 1 << 11,          /* known to change nothing of its arguments */
    CB_STUB_READS_AMBIENT = 1 << 12, /* `ambient` */
    CB_STUB_WRITES_AMBIENT = 1 << 13,
    CB_STUB_RETURNS_TYPE = 1 << 14, /* result is an instance of `type`, e.g. "pandas.DataFrame", "list" */
    CB_STUB_SETS_AMBIENT = 1 << 15, /* writes `ambient` without regard to what it was: a seed */
    /* Changes pyplot's figures. The inline backend closes them when the cell ends, so this is a read and
     * write of component "pyplot" only in notebooks that choose another backend. */
    CB_STUB_FIGURES = 1 << 16
};

enum { CB_STUB_NONE = -1, CB_STUB_SELF = -2 /* file_arg: the receiver is the path (pathlib) */ };

struct cb_stub {
    uint32_t flags;
    int8_t arg, file_arg, mode_arg; /* CB_STUB_NONE where there is no such argument, or only by keyword */
    int8_t out_arg;                 /* with `out_keyword`: a second path, which is written: shutil.copy */
    const char *keyword;            /* of the argument meant by `arg`, NULL for none */
    const char *file_keyword, *out_keyword;
    const char *ambient;  /* a component of the ambient state (docs/values.md), or NULL */
    const char *ambient2; /* a second one, of which the same is true, or NULL */
    const char *unless;   /* a keyword that, given and not None, rules out the ambient effect: random_state */
    const char *type;     /* result type or NULL; "tuple[A,B]" has items, see cb_stub_item */
};

/* Nothing here allocates, and the time of a lookup is bounded whatever the name's length. */

/* By full name: "pandas.read_csv", "random.shuffle", "pandas.DataFrame.drop", "list.append", "print". A call
 * of a class is a function of that name; attributes that share their object ("numpy.ndarray.T") are here too.
 * An entry such as "matplotlib.pyplot.*" matches what has no entry of its own below it, at any depth. NULL:
 * unknown. */
const struct cb_stub *cb_stub_function(const char *qualified_name);
/* By method name alone, where the receiver's type is not known: what methods of that name mostly do, if the
 * file says so. */
const struct cb_stub *cb_stub_method(const char *name);
/* Type of an item of such a value: index for tuples ("tuple[A,B]"), any index for others
 * ("matplotlib.axes.Axes" is one or an array of them). NULL: unknown. */
const char *cb_stub_item(const char *type, size_t index);
/* Whether values of this type cannot be changed in place: no aliases need be followed. */
bool cb_stub_is_immutable_type(const char *type);
/* Which component of ambient state an assignment to this dotted name (or below it) changes
 * ("matplotlib.rcParams", "os.environ", "sys.path" …), or NULL. Reading it reads the component. */
const char *cb_stub_ambient(const char *qualified_name);
bool cb_stub_is_builtin(const char *name); /* a name of Python 3.11's builtins, or one that IPython adds */

/* Files that a shell command line reads and writes, as far as it says so plainly: redirections, and arguments
 * of cat, cp, mv, rm, touch, mkdir, ls, head, tail, wc, grep, tee, wget -O, curl -o, unzip, tar and the like.
 * `see` is called for each, in order; `path` lives for the call. Words with globs, variables or IPython's {}
 * are left out. */
void cb_stub_shell(const char *command, void (*see)(void *context, const char *path, bool written),
                   void *context);

#endif
