/*
 * analyzer, private part: dependencies between cells from their effects.
 */
#ifndef CB_ANALYZER_GRAPH_H
#define CB_ANALYZER_GRAPH_H

#include "analyzer/analyzer.h"
#include "analyzer/names.h"

/* Fills `dependencies` of every cell, and the depth. Near linear in the number of effects and dependencies. */
void cb_graph_build(struct cb_arena *arena, struct cb_cell_analysis *cells, size_t n, struct cb_analysis *out);

#endif
