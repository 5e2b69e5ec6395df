/*
 * analyzer: what the cells so far have left, and the next cell.
 */
#include "analyzer/flow.h"

#include <string.h>

static void intern_names(struct cb_flow *flow)
{
    struct {
        cb_name *name;
        const char *text;
    } const table[] = {
        {&flow->n.name, "__name__"}, {&flow->n.init, "__init__"}, {&flow->n.new_, "__new__"}, {&flow->n.post_init, "__post_init__"},
        {&flow->n.call, "__call__"}, {&flow->n.enter, "__enter__"}, {&flow->n.exit, "__exit__"}, {&flow->n.aenter, "__aenter__"},
        {&flow->n.aexit, "__aexit__"}, {&flow->n.iter, "__iter__"}, {&flow->n.next, "__next__"}, {&flow->n.getitem, "__getitem__"},
        {&flow->n.setitem, "__setitem__"}, {&flow->n.delitem, "__delitem__"}, {&flow->n.repr, "__repr__"}, {&flow->n.str, "__str__"},
        {&flow->n.repr_html, "_repr_html_"}, {&flow->n.len, "__len__"}, {&flow->n.contains, "__contains__"}, {&flow->n.main, "__main__"},
        {&flow->n.type_checking, "TYPE_CHECKING"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        *table[i].name = cb_names_intern(flow->names, table[i].text, strlen(table[i].text));
    flow->types.list = cb_flow_library(flow, "list");
    flow->types.tuple = cb_flow_library(flow, "tuple");
    flow->types.dict = cb_flow_library(flow, "dict");
    flow->types.set = cb_flow_library(flow, "set");
    flow->types.str = cb_flow_library(flow, "str");
    flow->types.number = cb_flow_library(flow, "int");
}

struct cb_flow *cb_flow_new(struct cb_names *names, struct cb_arena *arena)
{
    struct cb_flow *flow = cb_alloc(sizeof *flow);
    flow->names = names;
    flow->arena = arena;
    cb_names_init(&flow->library, arena);
    cb_names_init(&flow->texts, arena);
    flow->epoch = 1;
    intern_names(flow);
    /* what every kernel's main module has from the start */
    static const char *const given[] = {"__name__", "__doc__", "__package__", "__loader__", "__spec__", "__builtin__", "__builtins__", "__annotations__"};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        cb_name name = cb_names_intern(names, given[i], strlen(given[i]));
        cb_flow_global(flow, name);
        flow->builtin[name] = 2;
    }
    return flow;
}

/* The value of the last expression is shown: its class may say how. */
static void display(struct cb_walk *walk, const struct cb_module *module)
{
    static const char *const ways[] = {"_ipython_display_", "_repr_mimebundle_", "_repr_html_", "_repr_markdown_", "_repr_svg_", "_repr_png_", "_repr_jpeg_",
        "_repr_latex_", "_repr_json_", "_repr_javascript_", "_repr_pretty_", "__repr__"};
    struct cb_flow *flow = walk->flow;
    struct cb_ast *last = module->body;
    while (last && last->next)
        last = last->next;
    cb_val v = flow->shown;
    if (!last || last->kind != CB_AST_EXPR || !v || walk->dead)
        return;
    walk->line = last->line;
    for (size_t i = 0; v->instance && i < sizeof ways / sizeof *ways; i++)
        cb_call_special(walk, v, cb_names_find(flow->names, ways[i]), NULL);
    for (unsigned i = 0; i < v->n_atoms; i++)
        for (unsigned k = 0; v->atoms[i].kind == CB_ATOM_DISPLAY && k < v->atoms[i].n_items; k++)
            cb_call_special(walk, v->atoms[i].items[k], flow->n.repr, NULL);
}

void cb_flow_cell(struct cb_flow *flow, const struct cb_module *module, const struct cb_scope *scope, struct cb_effects *out)
{
    *out = (struct cb_effects){.syntax_error_line = module->error_line, .refused = module->refused};
    flow->cell++;
    flow->module = module;
    flow->stars_here = false;
    flow->shown = NULL;
    flow->n_log = flow->region = 0;
    if (flow->n_applied)
        memset(flow->applied, 0, ((size_t)flow->applied_mask + 1) * sizeof *flow->applied);
    flow->n_applied = 0;
    struct cb_walk walk = {.flow = flow, .line = 1};
    if (module->refused)
        cb_open_world(&walk, CB_OPEN_READS | CB_OPEN_WRITES, "the cell was not analysed");
    struct cb_env *env = cb_env_new(flow, CB_ENV_MODULE, NULL, scope);
    cb_walk_block(&walk, env, module->body);
    display(&walk, module);
    cb_summary_deferred(&walk);
    cb_effects_finish(flow, out);
}

void cb_flow_free(struct cb_flow *flow)
{
    if (!flow)
        return;
    cb_names_free(&flow->library);
    cb_names_free(&flow->texts);
    free(flow->library_stub);
    free(flow->library_known);
    free(flow->globals);
    free(flow->builtin);
    free(flow->places);
    free(flow->log);
    free(flow->applied);
    free(flow->deferred);
    free(flow->written);
    free(flow);
}
