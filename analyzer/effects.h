/*
 * analyzer, private part: from scopes to effects. flow.c walks each cell in order with what earlier cells left
 * (functions, classes, modules, aliases), summaries.c has what a function does when it is called.
 */
#ifndef CB_ANALYZER_EFFECTS_H
#define CB_ANALYZER_EFFECTS_H

#include "analyzer/analyzer.h"
#include "analyzer/scope.h"
#include "analyzer/stubs.h"

/* What the cells so far have left: for each global name, what it may be. One for a notebook. */
struct cb_flow;
struct cb_flow *cb_flow_new(struct cb_names *names, struct cb_arena *arena);
/* The effects of the next cell, into `out` (arrays in the arena); moves the state on. The module's nodes and scopes must live as long as the flow: a later cell
 * may call functions of this one. */
void cb_flow_cell(struct cb_flow *flow, const struct cb_module *module, const struct cb_scope *scope, struct cb_effects *out);
void cb_flow_free(struct cb_flow *flow);

#endif
