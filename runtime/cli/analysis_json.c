#include "runtime/cli/analysis.h"
#include "runtime/cli/cli.h"

#include <string.h>

/* Effects with all of `with` and none of `without` among their flags. */
static void add_names(json_t *out, const struct cb_effect_list *list, uint32_t with, uint32_t without)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct cb_effect *e = &list->items[i];
        if ((e->flags & with) != with || (e->flags & without))
            continue;
        json_t *name = json_string(e->name);
        json_array_append_new(out, name ? name : json_string("\xef\xbf\xbd")); /* never: sources are UTF-8 */
    }
}

static void set_names(json_t *cell, const char *key, const struct cb_effect_list *list, uint32_t with, uint32_t without)
{
    json_t *names = json_array();
    add_names(names, list, with, without);
    json_object_set_new(cell, key, names);
}

/* Names in reads or writes that only calls of the notebook's own functions touch. */
static void set_latent(json_t *cell, const struct cb_effects *e)
{
    json_t *names = json_array(), *seen = json_object();
    const struct cb_effect_list *lists[] = {&e->reads, &e->writes};
    for (int l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->n; i++) {
            const struct cb_effect *effect = &lists[l]->items[i];
            if (!(effect->flags & CB_EFFECT_LATENT) || json_object_get(seen, effect->name))
                continue;
            json_object_set_new(seen, effect->name, json_true());
            json_array_append_new(names, json_string(effect->name));
        }
    json_object_set_new(cell, "latent", names);
    json_decref(seen);
}

static json_t *dependencies_of(const struct cb_cell_analysis *cell)
{
    json_t *out = json_array();
    for (size_t i = 0; i < cell->n_dependencies; i++) {
        json_t *through = json_array();
        for (const char *const *t = cell->dependencies[i].through; *t; t++)
            json_array_append_new(through, json_string(*t));
        json_array_append_new(out, json_pack("{s:I, s:o}", "cell", (json_int_t)cell->dependencies[i].cell, "through", through));
    }
    return out;
}

/* What is only there when there is something to say. */
static void set_troubles(json_t *out, const struct cb_effects *e)
{
    if (e->open_world)
        set_names(out, "open_world_reasons", &e->open_reasons, 0, 0);
    if (e->syntax_error_line)
        json_object_set_new(out, "syntax_error", json_integer(e->syntax_error_line));
    if (e->refused)
        json_object_set_new(out, "refused", json_string(e->refused));
}

static json_t *cell_json(const struct cb_analyzed *a, size_t index)
{
    const struct cb_cell_analysis *cell = &a->analysis->cells[index];
    const struct cb_effects *e = &cell->effects;
    struct cb_code_cell code;
    cb_notebook_cell(a->notebook, index, &code);
    json_t *out = json_pack("{s:I, s:s}", "index", (json_int_t)index, "id", code.id);
    set_names(out, "reads", &e->reads, 0, 0);
    set_names(out, "writes", &e->writes, 0, CB_EFFECT_DELETES);
    set_names(out, "deletes", &e->writes, CB_EFFECT_DELETES, 0);
    set_names(out, "may_read", &e->reads, CB_EFFECT_MAY, 0);
    set_names(out, "may_write", &e->writes, CB_EFFECT_MAY, 0);
    set_names(out, "mutates", &e->writes, CB_EFFECT_MUTATES, 0);
    set_latent(out, e);
    set_names(out, "files_read", &e->files_read, 0, 0);
    set_names(out, "files_written", &e->files_written, 0, 0);
    set_names(out, "ambient_reads", &e->ambient_reads, 0, 0);
    set_names(out, "ambient_writes", &e->ambient_writes, 0, 0);
    json_object_set_new(out, "open_world", json_boolean(e->open_world != 0));
    set_troubles(out, e);
    json_object_set_new(out, "depends_on", dependencies_of(cell));
    json_object_set_new(out, "depth", json_integer((json_int_t)cell->depth));
    return out;
}

void cb_analysis_json(const struct cb_analyzed *a, struct cb_buffer *out)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < a->analysis->n_cells; i++)
        json_array_append_new(cells, cell_json(a, i));
    json_t *path = json_string(a->path); /* a path is bytes: what is not UTF-8 is spelled out */
    if (!path) {
        cleanup_buffer struct cb_buffer text = {0};
        cb_terminal_add(&text, a->path, strlen(a->path), CB_ONE_LINE);
        path = json_string(text.text);
    }
    json_t *whole = json_pack("{s:o, s:I, s:o}", "notebook", path, "depth", (json_int_t)a->analysis->depth, "cells", cells);
    char *text = json_dumps(whole, JSON_COMPACT);
    json_decref(whole);
    cb_buffer_addf(out, "%s\n", text ? text : "{}");
    free(text);
}
