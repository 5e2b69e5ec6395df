/*
 * analyzer: from source to predicted effects. Pure: text in, effects out; no file, no clock, no Python.
 *
 * The effects of a cell are what it reads from earlier cells and leaves to later ones: variables, files, ambient
 * state (docs/semantics.md). They guide what is started first and may be wrong in either direction.
 */
#ifndef CB_ANALYZER_H
#define CB_ANALYZER_H

#include "base/base.h"

enum cb_effect_flags {
    CB_EFFECT_MAY = 1,     /* on some paths only: under a condition, in a loop, or as far as guessed */
    CB_EFFECT_LATENT = 2,  /* by a function or method of the notebook that the cell calls */
    CB_EFFECT_MUTATES = 4, /* of a write: the value bound before is changed in place (or with `+=`), so it is read too */
    CB_EFFECT_DELETES = 8  /* of a write: the name is gone afterwards */
};

/* A variable, path or component of ambient state that a cell reads or writes. Of the same name there is one in each list;
 * its flags tell what holds for all of its occurrences (MAY: none of them is sure). */
struct cb_effect {
    const char *name;
    uint32_t flags; /* cb_effect_flags */
    uint32_t line;  /* where first, from 1, in the cell */
};

struct cb_effect_list {
    struct cb_effect *items; /* in order of first occurrence */
    size_t n;
};

enum cb_open_world {
    CB_OPEN_READS = 1,  /* may read anything */
    CB_OPEN_WRITES = 2  /* may write anything */
};

struct cb_effects {
    /* Variables. `reads`: needed from before the cell, builtins left out (unless an earlier cell binds the name). `writes`:
     * bound, changed or deleted when it ends. */
    struct cb_effect_list reads, writes;
    /* Files by the path in the source (relative to the cell's directory, as written). */
    struct cb_effect_list files_read, files_written;
    /* Components of docs/values.md: "random", "numpy.random", "matplotlib", "cwd", "environ" … */
    struct cb_effect_list ambient_reads, ambient_writes;
    unsigned open_world;        /* cb_open_world */
    struct cb_effect_list open_reasons; /* name: a sentence such as "exec() of text that is not known" */
    uint32_t syntax_error_line; /* 0 for none */
    const char *refused;        /* why the cell was not analysed at all, or NULL; it is open-world then */
};

struct cb_dependency {
    size_t cell;               /* index of the earlier cell */
    const char *const *through; /* names, "file:PATH", "ambient:COMPONENT", "*" for an open world; NULL-terminated */
};

struct cb_cell_analysis {
    struct cb_effects effects;
    struct cb_dependency *dependencies; /* by cell */
    size_t n_dependencies;
    size_t depth; /* of the longest chain of dependent cells that ends here; 1 without dependencies */
};

struct cb_source {
    const char *text; /* UTF-8; need not end with NUL */
    size_t length;
};

struct cb_analysis {
    struct cb_cell_analysis *cells; /* n_cells; code cells in order */
    size_t n_cells;
    size_t depth; /* the largest, 0 without cells */
    struct cb_analysis_private *private_part;
};

/* Analyse the code cells of one notebook. Never fails: a cell that cannot be parsed is marked. Takes time near linear in the text. Reentrant; one analysis is
 * used by one thread at a time. Freed with cb_analysis_free. */
struct cb_analysis *cb_analyze(const struct cb_source *cells, size_t n);
void cb_analysis_free(struct cb_analysis *analysis);

/* Modules that a notebook imports at the top level of its cells and that may be loaded before the first cell
 * runs: found in statements `import a.b, c as d` and `from a.b import c` (dotted names kept), in order,
 * without duplicates. Scanning of later cells stops where the notebook sets what imports may depend on
 * (os.environ, %env, sys.path, chdir, importlib, matplotlib.use), since those imports must see it. Relative
 * imports and imports inside strings, functions or conditions are left out. The list and its strings are
 * freed by cb_imports_free. */
struct cb_imports {
    char **names;
    size_t n;
};
void cb_imports_free(struct cb_imports *imports);
void cb_analysis_imports(const struct cb_analysis *analysis, struct cb_imports *out);

/* Whether a cell may read IPython's history (_, __, _3, Out, In, _i…), itself or by functions of other cells
 * that it calls: then results of earlier cells are kept. */
bool cb_analysis_reads_history(const struct cb_analysis *analysis, size_t cell);
bool cb_analysis_is_history(const char *name);

#endif
