#include "runtime/cli/analysis.h"
#include "runtime/cli/cli.h"
#include "runtime/cli/progress.h"

#include <string.h>

#define INDENT 18 /* where lists begin: behind the widest label */
#define LABEL_AT 6

size_t cb_analyzed_count(const struct cb_notebook *notebook)
{
    size_t count = 0, n = cb_notebook_cells(notebook);
    for (size_t i = 0; i < n; i++) {
        struct cb_code_cell cell;
        cb_notebook_cell(notebook, i, &cell);
        count += !cell.blank;
    }
    return count;
}

struct cb_analysis *cb_analyze_notebook(const struct cb_notebook *notebook)
{
    size_t n = cb_notebook_cells(notebook);
    cleanup_free struct cb_source *sources = cb_alloc((n + 1) * sizeof *sources);
    for (size_t i = 0; i < n; i++) {
        struct cb_code_cell cell;
        cb_notebook_cell(notebook, i, &cell);
        if (!cell.skip) /* tagged skip-execution: it does nothing */
            sources[i] = (struct cb_source){cell.source, cell.source_length};
        else
            sources[i] = (struct cb_source){"", 0};
    }
    return cb_analyze(sources, n);
}

void cb_analysis_code(const struct cb_analyzed *a, size_t cell, size_t columns, struct cb_buffer *out)
{
    struct cb_code_cell code;
    cb_notebook_cell(a->notebook, cell, &code);
    cb_progress_first_line(code.source, out);
    cb_terminal_fit(out, columns);
}

/* ---- words that wrap ---- */

struct row {
    struct cb_buffer *out;
    size_t columns, at;
    const char *separator;
    bool begun;
};

static struct row begin_row(struct cb_buffer *out, size_t columns, const char *label)
{
    cb_buffer_addf(out, "%*s%-*s", LABEL_AT, "", INDENT - LABEL_AT, label);
    return (struct row){.out = out, .columns = columns, .at = INDENT, .separator = ""};
}

/* Columns of neutralised text; counting code points is near enough to wrap by. */
static size_t width_of(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void add_word(struct row *row, const char *word)
{
    size_t width = width_of(word);
    if (row->begun) {
        cb_buffer_adds(row->out, row->separator);
        row->at += width_of(row->separator);
        if (row->at + width + 1 >= row->columns) {
            cb_buffer_addf(row->out, "\n%*s", INDENT, "");
            row->at = INDENT;
        } else {
            cb_buffer_adds(row->out, " ");
            row->at++;
        }
    }
    cb_buffer_adds(row->out, word);
    row->at += width;
    row->begun = true;
}

static void end_row(struct row *row)
{
    cb_buffer_adds(row->out, "\n");
}

static void add_name(struct cb_buffer *word, const char *name)
{
    size_t n = strlen(name);
    cb_terminal_add(word, name, n < 400 ? n : 400, CB_ONE_LINE); /* a name of a page is cut before it is shown */
    cb_terminal_fit(word, 60);
}

/* ---- what a cell reads and from whom ---- */

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* All that the cell gets from others, sorted. Caller frees. */
static const char **given_names(const struct cb_cell_analysis *cell, size_t *n)
{
    *n = 0;
    for (size_t i = 0; i < cell->n_dependencies; i++)
        for (const char *const *t = cell->dependencies[i].through; *t; t++)
            ++*n;
    const char **names = cb_alloc((*n + 1) * sizeof *names);
    size_t at = 0;
    for (size_t i = 0; i < cell->n_dependencies; i++)
        for (const char *const *t = cell->dependencies[i].through; *t; t++)
            names[at++] = *t;
    qsort(names, *n, sizeof *names, compare_names);
    return names;
}

/* Names that one cell gives, together: "np, pd ← 1". */
static void add_given(struct row *row, const struct cb_dependency *d)
{
    for (const char *const *t = d->through; *t; t++) {
        cleanup_buffer struct cb_buffer word = {0};
        if (strcmp(*t, "*") == 0)
            cb_buffer_adds(&word, "anything");
        else
            add_name(&word, *t);
        if (!t[1])
            cb_buffer_addf(&word, " ← %zu", d->cell + 1);
        row->separator = t == d->through ? ";" : ",";
        add_word(row, word.text);
    }
}

/* Those that nobody gives come last. */
static void add_reads(const struct cb_cell_analysis *cell, const struct cb_style *style, struct cb_buffer *out)
{
    const struct cb_effect_list *reads = &cell->effects.reads;
    if (cell->n_dependencies == 0 && reads->n == 0)
        return;
    struct row row = begin_row(out, style->columns, "reads");
    for (size_t i = 0; i < cell->n_dependencies; i++)
        add_given(&row, &cell->dependencies[i]);
    size_t n;
    cleanup_free const char **given = given_names(cell, &n);
    row.separator = ";";
    for (size_t i = 0; i < reads->n; i++) {
        if (bsearch(&reads->items[i].name, given, n, sizeof *given, compare_names))
            continue;
        cleanup_buffer struct cb_buffer word = {0};
        add_name(&word, reads->items[i].name);
        cb_buffer_adds(&word, " (not set above)");
        add_word(&row, word.text);
        row.separator = ",";
    }
    end_row(&row);
}

static void add_list(const char *label, const struct cb_effect_list *list, const struct cb_style *style, struct cb_buffer *out)
{
    if (list->n == 0)
        return;
    struct row row = begin_row(out, style->columns, label);
    row.separator = ",";
    for (size_t i = 0; i < list->n; i++) {
        const struct cb_effect *e = &list->items[i];
        cleanup_buffer struct cb_buffer word = {0};
        add_name(&word, e->name);
        if (e->flags & CB_EFFECT_DELETES)
            cb_buffer_adds(&word, " (deletes)");
        else if (e->flags & CB_EFFECT_MUTATES)
            cb_buffer_adds(&word, " (changes)");
        if (e->flags & CB_EFFECT_MAY)
            cb_buffer_adds(&word, "?");
        add_word(&row, word.text);
    }
    end_row(&row);
}

static void add_troubles(const struct cb_effects *e, const struct cb_style *style, struct cb_buffer *out)
{
    if (e->syntax_error_line)
        cb_buffer_addf(out, "%*sinvalid syntax in line %u\n", LABEL_AT, "", e->syntax_error_line);
    if (!e->open_world)
        return;
    cleanup_buffer struct cb_buffer label = {0};
    cb_buffer_addf(&label, "may %s anything: ",
                   e->open_world == CB_OPEN_READS    ? "read"
                   : e->open_world == CB_OPEN_WRITES ? "write"
                                                     : "read and write");
    struct row row = begin_row(out, style->columns, "open world");
    for (size_t i = 0; i < e->open_reasons.n; i++) {
        cleanup_buffer struct cb_buffer word = {0};
        if (i == 0)
            cb_buffer_adds(&word, label.text);
        size_t n = strlen(e->open_reasons.items[i].name);
        cb_terminal_add(&word, e->open_reasons.items[i].name, n < 300 ? n : 300, CB_ONE_LINE);
        if (!e->refused)
            cb_buffer_addf(&word, " (line %u)", e->open_reasons.items[i].line);
        row.separator = ";";
        add_word(&row, word.text);
    }
    end_row(&row);
}

void cb_analysis_table(const struct cb_analyzed *a, const struct cb_style *style, struct cb_buffer *out)
{
    const char *bold = style->colours ? "\x1b[1m" : "", *plain = style->colours ? "\x1b[0m" : "";
    for (size_t i = 0; i < a->analysis->n_cells; i++) {
        const struct cb_cell_analysis *cell = &a->analysis->cells[i];
        cleanup_buffer struct cb_buffer code = {0};
        cb_analysis_code(a, i, style->columns > LABEL_AT + 20 ? style->columns - LABEL_AT - 1 : 20, &code);
        cb_buffer_addf(out, "%s%4zu%s  %s%s%s\n", bold, i + 1, plain, bold, code.text, plain);
        add_reads(cell, style, out);
        add_list("writes", &cell->effects.writes, style, out);
        add_list("from files", &cell->effects.files_read, style, out);
        add_list("to files", &cell->effects.files_written, style, out);
        add_list("state read", &cell->effects.ambient_reads, style, out);
        add_list("state set", &cell->effects.ambient_writes, style, out);
        add_troubles(&cell->effects, style, out);
    }
}
