/*
 * analyzer: from source to predicted effects. Pure: text in, effects out.
 */
#ifndef CB_ANALYZER_H
#define CB_ANALYZER_H

#include "base/base.h"

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
void cb_analyzer_imports(const char *const *sources, size_t n_sources, struct cb_imports *out);
void cb_imports_free(struct cb_imports *imports);

/* Whether a cell may read IPython's history (_, __, _3, Out, In, _i…): then results of earlier cells are
 * kept. */
bool cb_analyzer_reads_history(const char *source);

#endif
