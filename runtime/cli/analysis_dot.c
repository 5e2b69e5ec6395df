#include "runtime/cli/analysis.h"
#include "runtime/cli/cli.h"

#include <string.h>

#define NAMES_SHOWN 3 /* on an edge */
#define CODE_COLUMNS 40

/* Inside double quotes of the DOT language only quotes and backslashes mean something; control characters are spelled out. */
static void add_quoted(struct cb_buffer *out, const char *text)
{
    cleanup_buffer struct cb_buffer plain = {0};
    cb_terminal_add(&plain, text, strlen(text), CB_ONE_LINE);
    for (const char *p = plain.text; *p;) {
        size_t n = strcspn(p, "\"\\");
        cb_buffer_add(out, p, n);
        p += n;
        if (*p)
            cb_buffer_addf(out, "\\%c", *p++);
    }
}

static void add_node(const struct cb_analyzed *a, size_t cell, struct cb_buffer *out)
{
    const struct cb_effects *e = &a->analysis->cells[cell].effects;
    cleanup_buffer struct cb_buffer code = {0};
    cb_analysis_code(a, cell, CODE_COLUMNS, &code);
    cb_buffer_addf(out, "  c%zu [label=\"%zu: ", cell, cell + 1);
    add_quoted(out, code.text);
    cb_buffer_adds(out, "\"");
    if (e->open_world && e->open_reasons.n) {
        cb_buffer_adds(out, ", style=dashed, tooltip=\"");
        add_quoted(out, e->open_reasons.items[0].name);
        cb_buffer_adds(out, "\"");
    }
    if (e->syntax_error_line)
        cb_buffer_adds(out, ", color=red");
    cb_buffer_adds(out, "];\n");
}

static void add_edge(size_t cell, const struct cb_dependency *d, struct cb_buffer *out)
{
    cb_buffer_addf(out, "  c%zu -> c%zu [label=\"", d->cell, cell);
    for (size_t i = 0; d->through[i]; i++) {
        if (i == NAMES_SHOWN) {
            cb_buffer_adds(out, ", …");
            break;
        }
        cb_buffer_adds(out, i ? ", " : "");
        add_quoted(out, d->through[i]);
    }
    cb_buffer_adds(out, "\"];\n");
}

void cb_analysis_dot(const struct cb_analyzed *a, struct cb_buffer *out)
{
    cb_buffer_adds(out, "digraph \"");
    add_quoted(out, a->path);
    cb_buffer_adds(out, "\" {\n  node [shape=box, fontname=\"monospace\"];\n  edge [fontname=\"monospace\", fontsize=10];\n");
    for (size_t i = 0; i < a->analysis->n_cells; i++)
        add_node(a, i, out);
    for (size_t i = 0; i < a->analysis->n_cells; i++)
        for (size_t d = 0; d < a->analysis->cells[i].n_dependencies; d++)
            add_edge(i, &a->analysis->cells[i].dependencies[d], out);
    cb_buffer_adds(out, "}\n");
}
