/*
 * libFuzzer: any bytes, as the cells of a notebook (a line `# %%` ends a cell), become effects. Dependencies point
 * backwards, depths agree with them, lists hold no name twice and nothing is read after the analysis is freed
 * (with the sanitizers). Seeds: tests/analyzer/cases (fuzz_seeds.py).
 */
#include "analyzer/analyzer.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MAX_CELLS = 64 };

static const char MARK[] = "# %%\n";

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_list(const struct cb_effect_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        require(list->items[i].name && list->items[i].name[0]);
        for (size_t j = 0; j < i && i < 200; j++)
            require(strcmp(list->items[i].name, list->items[j].name) != 0);
    }
}

static void check(const struct cb_analysis *analysis, size_t n)
{
    size_t deepest = 0;
    require(analysis->n_cells == n);
    for (size_t i = 0; i < n; i++) {
        const struct cb_cell_analysis *cell = &analysis->cells[i];
        const struct cb_effects *e = &cell->effects;
        const struct cb_effect_list *const lists[] = {&e->reads, &e->writes, &e->files_read, &e->files_written,
                                                      &e->ambient_reads, &e->ambient_writes, &e->open_reasons};
        for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
            check_list(lists[l]);
        require(!e->open_world == !e->open_reasons.n || e->refused);
        size_t depth = 1;
        for (size_t d = 0; d < cell->n_dependencies; d++) {
            const struct cb_dependency *dependency = &cell->dependencies[d];
            require(dependency->cell < i && dependency->through && dependency->through[0]);
            require(d == 0 || cell->dependencies[d - 1].cell < dependency->cell);
            if (analysis->cells[dependency->cell].depth + 1 > depth)
                depth = analysis->cells[dependency->cell].depth + 1;
        }
        require(cell->depth == depth);
        if (depth > deepest)
            deepest = depth;
    }
    require(analysis->depth == deepest);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct cb_source cells[MAX_CELLS];
    /* A copy without a NUL behind it, so that reading past the end is seen. */
    char *text = malloc(n ? n : 1);
    if (!text)
        return 0;
    if (n)
        memcpy(text, bytes, n);
    size_t count = 0;
    const char *p = text, *end = text + n;
    while (count < MAX_CELLS) {
        const char *mark = count + 1 < MAX_CELLS ? memmem(p, (size_t)(end - p), MARK, sizeof MARK - 1) : NULL;
        const char *stop = mark ? mark : end;
        cells[count].text = p;
        cells[count++].length = (size_t)(stop - p);
        if (!mark)
            break;
        p = mark + sizeof MARK - 1;
    }
    struct cb_analysis *analysis = cb_analyze(cells, count);
    check(analysis, count);
    cb_analysis_free(analysis);
    free(text);
    return 0;
}
