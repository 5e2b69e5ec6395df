/*
 * analyzer, private part: what functions and methods of libraries do, from the data file stubs.txt (built into
 * the program by stubs_embed.py). A guess that guides scheduling: it can cost time, never correctness.
 */
#ifndef CB_ANALYZER_STUBS_H
#define CB_ANALYZER_STUBS_H

#include "base/base.h"

/* What a call does to its receiver and arguments. */
enum cb_stub_flags {
    CB_STUB_MUTATES_SELF = 1 << 0,
    CB_STUB_MUTATES_ARG = 1 << 1,   /* argument `arg` (from 0, or keyword `keyword`) */
    CB_STUB_INPLACE = 1 << 2,       /* MUTATES_SELF only where keyword `inplace` is true (or unknown) */
    CB_STUB_RETURNS_SELF = 1 << 3,  /* the result is, or shares, the receiver: fluent methods, views */
    CB_STUB_RETURNS_ARG = 1 << 4,   /* the result shares the argument `arg` */
    CB_STUB_READS_FILE = 1 << 5,    /* named by argument `arg` or keyword `keyword` */
    CB_STUB_WRITES_FILE = 1 << 6,
    CB_STUB_OPENS_FILE = 1 << 7,    /* read or written by the mode, argument `mode` */
    CB_STUB_LISTS_DIR = 1 << 8,
    CB_STUB_OPEN_WORLD = 1 << 9,    /* exec, eval, get_ipython().run_cell … */
    CB_STUB_CALLS_ARG = 1 << 10,    /* calls its argument `arg` (map, sorted's key, apply): `keyword` too */
    CB_STUB_PURE = 1 << 11,         /* known to change nothing of its arguments */
    CB_STUB_READS_AMBIENT = 1 << 12, /* `ambient` */
    CB_STUB_WRITES_AMBIENT = 1 << 13,
    CB_STUB_RETURNS_TYPE = 1 << 14,  /* result is an instance of `type`, e.g. "pandas.DataFrame", "list" */
    CB_STUB_SETS_AMBIENT = 1 << 15  /* writes `ambient` without regard to what it was: a seed */
};

struct cb_stub {
    uint32_t flags;
    int8_t arg, file_arg, mode_arg; /* -1: none */
    const char *keyword; /* of the argument meant by `arg`, NULL for none */
    const char *ambient; /* a component of the ambient state (docs/values.md), or NULL */
    const char *type;    /* result type or NULL */
};

/* By full name: "pandas.read_csv", "random.shuffle", "pandas.DataFrame.drop", "list.append", "print". A call of
 * a class is a function of that name. Entries such as "matplotlib.pyplot.*" match what has no entry of its own. NULL: unknown. */
const struct cb_stub *cb_stub_function(const char *qualified_name);
/* By method name alone, where the receiver's type is not known: the union of what methods of that name do, if the file says so. */
const struct cb_stub *cb_stub_method(const char *name);
/* Whether attribute access or an operator on values of this type gives views of them (ndarray slices …). */
bool cb_stub_is_immutable_type(const char *type);
/* Which component of ambient state an assignment to this dotted name changes ("matplotlib.rcParams", "os.environ",
 * "sys.path" …), or NULL. Reading it reads the component. */
const char *cb_stub_ambient(const char *qualified_name);
bool cb_stub_is_builtin(const char *name); /* a name of Python 3.11's builtins, or one that IPython adds */

/* Files that a shell command line reads and writes, as far as it says so plainly: redirections, and arguments of
 * cat, cp, mv, rm, touch, mkdir, ls, head, tail, wc, grep, tee, wget -O, curl -o, unzip, tar. `see` is called for each. */
void cb_stub_shell(const char *command, void (*see)(void *context, const char *path, bool written), void *context);

#endif
