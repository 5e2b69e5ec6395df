/*
 * analyzer, private part: cells read once, for all that is asked about them.
 */
#ifndef CB_ANALYZER_READING_H
#define CB_ANALYZER_READING_H

#include "analyzer/effects.h"

#define CB_ANALYSIS_MAX_BYTES (16u << 20) /* of all cells together: more is refused. A tree takes up to 200 times its text */

struct cb_analysis_private {
    struct cb_arena arena;
    struct cb_names names;
    struct cb_parser *parser;
    struct cb_flow *flow;
    struct cb_module *modules; /* of each cell */
    size_t n;
};

/* Make room for `n` cells; read one of them. */
void cb_reading_begin(struct cb_analysis_private *reading, size_t n);
void cb_reading_cell(struct cb_analysis_private *reading, size_t index, const char *text, size_t length);
/* No more cells: frees what only parsing needs. */
void cb_reading_stop(struct cb_analysis_private *reading);
void cb_reading_end(struct cb_analysis_private *reading);

/* imports.c, history.c */
void cb_imports_collect(const struct cb_names *names, const struct cb_module *modules, size_t n, struct cb_imports *out);
bool cb_history_is_name(const char *name, size_t length);
bool cb_history_is_read(const struct cb_names *names, const struct cb_module *module);

#endif
