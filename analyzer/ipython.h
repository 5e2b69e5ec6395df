/*
 * analyzer, private part: what IPython does to a cell before Python sees it, as IPython 8.5's
 * core/inputtransformer2.py and core/prefilter.py have it (leading indent and prompts, line and cell magics,
 * `!cmd`, assignments from magics and commands, help, quoting escapes, automagic in cells of one line).
 *
 * Nothing is executed or looked up: which words are magics without a `%` is a table of IPython's own.
 */
#ifndef CB_ANALYZER_IPYTHON_H
#define CB_ANALYZER_IPYTHON_H

#include "analyzer/names.h"

enum cb_ipython_kind {
    CB_IPYTHON_MAGIC,  /* %name args, also automagic and `x = %name args` */
    CB_IPYTHON_SHELL,  /* !cmd, !!cmd, x = !cmd, %sx, %system, %sc */
    CB_IPYTHON_CELL,   /* %%name args + body; the body is Python of this kernel if `code` says so */
    CB_IPYTHON_HELP,   /* x?, ?x, x??, np.*load*? */
    CB_IPYTHON_CALL    /* ,f a b  ;f a b  /f a b, and exit as a cell of its own: expressions[0] is the call */
};

/* Code inside an item. */
enum cb_ipython_code {
    CB_IPYTHON_NO_CODE,
    /* Python that runs in the namespace: %time, %%time, %%capture, %prun … It stands in `python` after the placeholder (`body` is NULL),
     * or in `body` where it could not: a compound statement cannot follow `;`, and `x = %time g(x)` reads x before it is bound. */
    CB_IPYTHON_INLINE,
    CB_IPYTHON_FUNCTION /* Python that runs in a function of its own: %timeit, %%timeit; names it binds are local */
};

struct cb_ipython_item {
    enum cb_ipython_kind kind;
    enum cb_ipython_code code;
    const char *name;  /* of the magic ("" for the others); "capture" for %%capture, "sx" for %sx … */
    const char *args;  /* the rest of the line, or the command; for HELP the object's name; arena, NUL-terminated */
    const char *body;  /* of CELL without code; Python of FUNCTION, and of INLINE where it does not stand in `python`; else NULL */
    size_t body_length;
    const char *const *names; /* names of the user namespace that the item binds by itself: %%capture out, %%bash --out x, %store -r x, %sc x=…, _exit_code of !cmd; those that it deletes: %xdel x; NULL-terminated */
    const char *const *expressions; /* Python text that the item evaluates: {…} and $x as IPython expands them in args (and in the body of %%sx), the objects of x? and %pinfo; NULL-terminated. Some may be no Python: IPython then leaves the text alone */
    size_t offset;     /* where its placeholder is in `python` */
    uint32_t line;     /* from 1, in the cell */
};

struct cb_ipython {
    const char *python; /* the cell as Python, each item replaced by `0`, an expression of one digit; lines keep their numbers */
    size_t length;
    const struct cb_ipython_item *items; /* by offset */
    size_t n_items;
    bool prompts; /* prompts (`>>> `, `In [1]: `) were removed */
};

/* Never fails: what is no IPython syntax is left as it is. `out` lives in the arena. */
void cb_ipython_read(struct cb_arena *arena, const char *source, size_t length, struct cb_ipython *out);

/* Whether the magic leaves the namespace and the state of other cells alone, sets known state (then `ambient`
 * names it), or may do anything. Table in ipython_magics.c. */
enum cb_magic_effect {
    CB_MAGIC_PURE,
    CB_MAGIC_AMBIENT,  /* changes `ambient` */
    CB_MAGIC_READS_ALL, /* %who, %whos, %store, %save … */
    CB_MAGIC_WRITES_ALL, /* %reset, %run, %load_ext of an unknown extension, unknown magics … */
    CB_MAGIC_FILES /* %%writefile, %cat, %save …: see stubs.h */
};
enum cb_magic_effect cb_ipython_magic(const char *name, bool cell, const char **ambient);
/* The same for an item of any kind, with its arguments in view: `%load_ext autoreload`, `%env` without a value … */
enum cb_magic_effect cb_ipython_item_effect(const struct cb_ipython_item *item, const char **ambient);

#endif
