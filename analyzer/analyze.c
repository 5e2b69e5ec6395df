/*
 * All of the analysis, in order: IPython's syntax, Python's, scopes, effects, dependencies.
 */
#include "analyzer/graph.h"
#include "analyzer/reading.h"

#include <string.h>

static void refuse(struct cb_analysis_private *reading, struct cb_effects *effects, const char *reason)
{
    struct cb_effect *open = cb_arena_alloc(&reading->arena, sizeof *open);
    *open = (struct cb_effect){.name = reason, .line = 1};
    effects->refused = reason;
    effects->open_world = CB_OPEN_READS | CB_OPEN_WRITES;
    effects->open_reasons = (struct cb_effect_list){.items = open, .n = 1};
}

static void analyze_cell(struct cb_analysis_private *reading, size_t index, const struct cb_source *source,
                         struct cb_effects *effects)
{
    cb_reading_cell(reading, index, source->text, source->length);
    struct cb_module *module = &reading->modules[index];
    uint32_t scope_error = 0;
    struct cb_scope *scope = cb_scope_build(&reading->names, &reading->arena, module, &scope_error);
    cb_flow_cell(reading->flow, module, scope, effects);
    bool earlier = scope_error && (!module->error_line || scope_error < module->error_line);
    effects->syntax_error_line = earlier ? scope_error : module->error_line;
    if (module->refused)
        refuse(reading, effects, module->refused);
}

struct cb_analysis *cb_analyze(const struct cb_source *cells, size_t n)
{
    struct cb_analysis *analysis = cb_alloc(sizeof *analysis);
    struct cb_analysis_private *reading = cb_alloc(sizeof *reading);
    analysis->private_part = reading;
    cb_reading_begin(reading, n);
    reading->flow = cb_flow_new(&reading->names, &reading->arena);
    struct cb_cell_analysis *results = cb_arena_alloc(&reading->arena, (n + 1) * sizeof *results);
    size_t bytes = 0;
    bool fits = true;
    for (size_t i = 0; i < n && fits; i++) {
        fits = cells[i].length <= CB_ANALYSIS_MAX_BYTES - bytes;
        bytes += fits ? cells[i].length : 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (fits)
            analyze_cell(reading, i, &cells[i], &results[i].effects);
        else
            refuse(reading, &results[i].effects, "the notebook's code is larger than 16 MiB");
    }
    cb_reading_stop(reading);
    cb_graph_build(&reading->arena, results, n, analysis);
    return analysis;
}

void cb_analysis_free(struct cb_analysis *analysis)
{
    if (!analysis)
        return;
    cb_flow_free(analysis->private_part->flow);
    cb_reading_end(analysis->private_part);
    free(analysis->private_part);
    free(analysis);
}

/* ---- questions about an analysis ---- */

void cb_analysis_imports(const struct cb_analysis *analysis, struct cb_imports *out)
{
    const struct cb_analysis_private *reading = analysis->private_part;
    cb_imports_collect(&reading->names, reading->modules, reading->n, out);
}

bool cb_analysis_is_history(const char *name)
{
    return cb_history_is_name(name, strlen(name));
}

bool cb_analysis_reads_history(const struct cb_analysis *analysis, size_t cell)
{
    const struct cb_analysis_private *reading = analysis->private_part;
    const struct cb_effects *effects = &analysis->cells[cell].effects;
    if (!reading->modules[cell].ipython) /* more text than is read at all */
        return true;
    for (size_t i = 0; i < effects->reads.n; i++) /* by a function of another cell */
        if (cb_analysis_is_history(effects->reads.items[i].name))
            return true;
    return cb_history_is_read(&reading->names, &reading->modules[cell]);
}
