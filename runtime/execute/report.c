#include "runtime/execute/report.h"

#include <string.h>

struct cell_report {
    json_t *json;              /* without digests until the end */
    struct cb_group **writes;  /* borrowed from the roots, in the order of json's "writes" */
    size_t n_writes;
};

struct cb_report {
    struct cell_report *cells;
    size_t n;
    const struct cb_analysis *analysis;
};

struct cb_report *cb_report_new(size_t n_cells)
{
    struct cb_report *report = cb_alloc(sizeof *report);
    report->cells = cb_alloc(n_cells * sizeof *report->cells);
    report->n = n_cells;
    return report;
}

void cb_report_free(struct cb_report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->n; i++) {
        json_decref(report->cells[i].json);
        free(report->cells[i].writes);
    }
    free(report->cells);
    free(report);
}

void cb_report_expect(struct cb_report *report, const struct cb_analysis *analysis)
{
    report->analysis = analysis;
}

/* ---- predicted or not ---- */

static json_t *names_of(const struct cb_effect_list *variables, const struct cb_effect_list *ambient)
{
    json_t *names = json_object();
    for (size_t i = 0; i < variables->n; i++)
        json_object_set_new(names, variables->items[i].name, json_true());
    for (size_t i = 0; i < ambient->n; i++) {
        cleanup_free char *root = cb_format("@a:%s", ambient->items[i].name);
        json_object_set_new(names, root, json_true());
    }
    return names;
}

/* Mark the entries of a cell's reads or writes. Hidden roots other than ambient state (`@c:…`) come along with the variables that need
 * them and cannot be told by name: they stay without a mark. */
static void mark_predicted(const struct cb_report *report, int cell, json_t *entries, bool writes)
{
    if (!report->analysis || (size_t)cell >= report->analysis->n_cells)
        return;
    const struct cb_effects *e = &report->analysis->cells[cell].effects;
    json_t *names = writes ? names_of(&e->writes, &e->ambient_writes) : names_of(&e->reads, &e->ambient_reads);
    bool anything = e->open_world & (writes ? CB_OPEN_WRITES : CB_OPEN_READS);
    size_t i;
    json_t *entry;
    json_array_foreach (entries, i, entry) {
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (name[0] == '@' && strncmp(name, "@a:", 3) != 0)
            continue;
        bool predicted = anything || json_object_get(names, name) ||
                         (!writes && cb_analysis_is_history(name) && cb_analysis_reads_history(report->analysis, (size_t)cell));
        json_object_set_new(entry, "predicted", json_boolean(predicted));
    }
    json_decref(names);
}

/* ---- a cell ---- */

static bool written_by(const struct cb_root *root, int cell)
{
    return root && root->group && root->cell == cell;
}

/* Names that the cell wrote, with their groups: what its commit made the newest version of. */
static json_t *writes_of(struct cell_report *out, const struct cb_run_context *run, int cell)
{
    json_t *names = cb_roots_visible(run->roots), *writes = json_array();
    json_t *ambient = cb_roots_ambient(run->roots);
    json_array_extend(names, ambient);
    json_decref(ambient);
    out->writes = cb_alloc((json_array_size(names) + 1) * sizeof(struct cb_group *));
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        const struct cb_root *root = cb_roots_find(run->roots, json_string_value(name));
        if (!written_by(root, cell))
            continue;
        out->writes[out->n_writes++] = root->group;
        json_t *write = json_pack("{s:O, s:I}", "name", name, "bytes", (json_int_t)cb_group_bytes(root->group));
        if (root->group->carried && json_object_get(root->group->carried, json_string_value(name)))
            json_object_set_new(write, "carried", json_true());
        json_array_append_new(writes, write);
    }
    json_decref(names);
    return writes;
}

static json_t *deletes_of(const struct cb_live *live)
{
    json_t *names = json_array();
    for (size_t i = 0; live->has_commit && i < live->commit.n_deleted; i++)
        json_array_append_new(names, json_string(live->commit.deleted[i]));
    return names;
}

static json_t *uncopyable_of(const struct cb_run_context *run, int cell)
{
    json_t *names = cb_roots_visible(run->roots), *out = json_array();
    size_t i;
    json_t *name;
    json_array_foreach (names, i, name) {
        const struct cb_root *root = cb_roots_find(run->roots, json_string_value(name));
        if (root->cell == cell && !root->group)
            json_array_append_new(out, json_pack("{s:O, s:s*, s:s*}", "name", name, "type", root->type, "reason",
                                                 root->reason));
    }
    json_decref(names);
    return out;
}

void cb_report_cell(struct cb_report *report, const struct cb_run_context *run, const struct cb_live *live,
                    const char *status)
{
    struct cell_report *cell = &report->cells[live->index];
    struct cb_code_cell code;
    cb_notebook_cell(run->notebook, (size_t)live->index, &code);
    double begin = live->begun ? live->t_begin : live->t_end;
    json_t *reads = json_array();
    size_t i;
    json_t *read;
    json_array_foreach (live->reads, i, read) {
        json_t *copy = json_copy(read);
        const struct cb_root *root = cb_roots_find(run->roots, json_string_value(json_object_get(read, "name")));
        json_object_set_new(copy, "rung",
                            json_string(root && root->name[0] == '@' && root->name[1] == 'a' ? "ambient" : "copy"));
        json_array_append_new(reads, copy);
    }
    json_t *writes = writes_of(cell, run, live->index);
    mark_predicted(report, live->index, reads, false);
    mark_predicted(report, live->index, writes, true);
    cell->json = json_pack("{s:i, s:s, s:s, s:i, s:f, s:f, s:I, s:o, s:O, s:o, s:o, s:o}", "index", live->index, "id", code.id,
                           "status", status, "attempts", 1, "seconds", live->t_end - begin, "startup_ms",
                           (begin - live->t_start) * 1000, "peak_bytes", (json_int_t)live->usage.peak_bytes, "reads",
                           reads, "negative_reads", live->negative, "writes", writes,
                           "deletes", deletes_of(live), "uncopyable", uncopyable_of(run, live->index));
    if (live->usage.peak_bytes == 0)
        json_object_del(cell->json, "peak_bytes"); /* not measured: not invented */
    json_t *dropped = json_array();
    for (size_t d = 0; d < live->harvest.n_dropped; d++)
        json_array_append_new(dropped, json_pack("{s:s?, s:s}", "path", live->harvest.dropped[d].path, "reason",
                                                 live->harvest.dropped[d].reason));
    if (json_array_size(dropped) > 0)
        json_object_set(cell->json, "files_dropped", dropped);
    json_decref(dropped);
    if (live->live_things)
        json_object_set(cell->json, "live", live->live_things);
}

static const char *digest_of_write(const struct cell_report *cell, const char *name)
{
    size_t i;
    json_t *write;
    json_array_foreach (json_object_get(cell->json, "writes"), i, write)
        if (strcmp(json_string_value(json_object_get(write, "name")), name) == 0)
            return cb_group_digest(cell->writes[i]);
    return "";
}

static void add_digests(struct cb_report *report)
{
    for (size_t c = 0; c < report->n; c++) {
        size_t i;
        json_t *entry;
        json_array_foreach (json_object_get(report->cells[c].json, "writes"), i, entry)
            json_object_set_new(entry, "digest", json_string(cb_group_digest(report->cells[c].writes[i])));
        json_array_foreach (json_object_get(report->cells[c].json, "reads"), i, entry) {
            json_int_t from = json_integer_value(json_object_get(entry, "from"));
            const char *name = json_string_value(json_object_get(entry, "name"));
            if (from < 0 || (size_t)from >= report->n)
                continue;
            const char *digest = digest_of_write(&report->cells[from], name);
            if (digest[0])
                json_object_set_new(entry, "digest", json_string(digest));
        }
    }
}

json_t *cb_report_json(struct cb_report *report, const struct cb_run_context *run, const char *status, double seconds)
{
    add_digests(report);
    json_t *cells = json_array();
    double serial = 0;
    for (size_t i = 0; i < report->n; i++) {
        json_t *cell = report->cells[i].json;
        if (cell) {
            serial += json_number_value(json_object_get(cell, "seconds"));
            json_array_append(cells, cell);
            continue;
        }
        struct cb_code_cell code;
        cb_notebook_cell(run->notebook, i, &code);
        json_array_append_new(cells, json_pack("{s:i, s:s, s:s, s:i}", "index", (int)i, "id", code.id, "status",
                                               "skipped", "attempts", 0));
    }
    return json_pack("{s:s, s:s, s:f, s:f, s:o}", "run", run->run ? cb_run_id(run->run) : "", "status", status, "seconds",
                     seconds, "serial_seconds", serial, "cells", cells);
}

static json_t *names_only(const json_t *entries)
{
    json_t *names = json_array();
    size_t i;
    json_t *entry;
    json_array_foreach (entries, i, entry) {
        json_t *name = json_object_get(entry, "name");
        if (json_string_value(name)[0] != '@')
            json_array_append(names, name);
    }
    return names;
}

json_t *cb_report_metadata(const struct cb_report *report, size_t index, const char *status)
{
    const json_t *cell = report->cells[index].json;
    return json_pack("{s:s, s:i, s:o, s:o, s:b}", "status", status, "attempts", 1, "reads",
                     names_only(json_object_get(cell, "reads")), "writes", names_only(json_object_get(cell, "writes")),
                     "reused", 0);
}
