/*
 * Prints what cb_ipython_read makes of cells: one JSON object a line for each cell of standard input, which are
 * lengths in decimal, each followed by a newline and that many bytes. With --time: reads all cells that often and
 * prints bytes and seconds.
 */
#include "analyzer/ipython_private.h"

#include <string.h>
#include <time.h>

static void print_bytes(const char *p, size_t n)
{
    putchar('"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            printf("\\u%04x", c); /* bytes as Latin-1: the reader encodes them back */
        else
            putchar(c);
    }
    putchar('"');
}

static void print_text(const char *name, const char *text)
{
    printf("\"%s\": ", name);
    if (text)
        print_bytes(text, strlen(text));
    else
        printf("null");
    printf(", ");
}

static void print_list(const char *name, const char *const *list)
{
    printf("\"%s\": [", name);
    for (size_t i = 0; list[i]; i++) {
        printf("%s", i ? ", " : "");
        print_bytes(list[i], strlen(list[i]));
    }
    printf("], ");
}

static void print_item(const struct cb_ipython_item *item)
{
    static const char *const kinds[] = {"magic", "shell", "cell", "help", "call"};
    static const char *const codes[] = {"none", "inline", "function"};
    static const char *const effects[] = {"pure", "ambient", "reads_all", "writes_all", "files"};
    const char *ambient;
    enum cb_magic_effect effect = cb_ipython_item_effect(item, &ambient);
    printf("{\"kind\": \"%s\", \"code\": \"%s\", \"effect\": \"%s\", ", kinds[item->kind], codes[item->code], effects[effect]);
    print_text("ambient", ambient);
    print_text("name", item->name);
    print_text("args", item->args);
    print_list("names", item->names);
    print_list("expressions", item->expressions);
    printf("\"body\": ");
    if (item->body)
        print_bytes(item->body, item->body_length);
    else
        printf("null");
    printf(", \"offset\": %zu, \"line\": %u}", item->offset, item->line);
}

static void print_cell(const char *source, size_t n)
{
    struct cb_arena arena = {0};
    struct cb_ipython cell;
    cb_ipython_read(&arena, source, n, &cell);
    printf("{\"python\": ");
    print_bytes(cell.python, cell.length);
    printf(", \"same\": %s, \"prompts\": %s, \"items\": [", cell.python == source ? "true" : "false", cell.prompts ? "true" : "false");
    for (size_t i = 0; i < cell.n_items; i++) {
        printf("%s", i ? ", " : "");
        print_item(&cell.items[i]);
    }
    printf("]}\n");
    fflush(stdout); /* the caller waits for it */
    cb_arena_free(&arena);
}

static char *read_cell(size_t *n)
{
    if (scanf("%zu", n) != 1 || getchar() != '\n')
        return NULL;
    char *source = cb_alloc(*n + 1);
    if (fread(source, 1, *n, stdin) != *n) {
        free(source);
        return NULL;
    }
    return source;
}

int main(int argc, char **argv)
{
    size_t n, total = 0, items = 0;
    double seconds = 0;
    unsigned long times = argc == 3 && strcmp(argv[1], "--time") == 0 ? strtoul(argv[2], NULL, 10) : 0;
    /* The table: name and flags of each magic. */
    if (argc == 2 && strcmp(argv[1], "--find") == 0) {
        char name[64];
        while (scanf("%63s", name) == 1) {
            const struct cb_ipython_magic_row *row = cb_ipython_magic_find(name, strlen(name));
            printf("%s %u\n", name, row ? row->flags : 0u);
        }
        return 0;
    }
    for (char *source; (source = read_cell(&n)); free(source)) {
        if (!times) {
            print_cell(source, n);
            continue;
        }
        clock_t start = clock(); /* of the processor: others may be at work */
        for (unsigned long i = 0; i < times; i++) {
            struct cb_arena arena = {0};
            struct cb_ipython cell;
            cb_ipython_read(&arena, source, n, &cell);
            items += cell.n_items;
            total += n;
            cb_arena_free(&arena);
        }
        seconds += (double)(clock() - start) / CLOCKS_PER_SEC;
    }
    if (times)
        printf("%zu bytes, %zu items, %.6f s, %.1f MB/s\n", total, items, seconds, (double)total / seconds / 1e6);
    return 0;
}
