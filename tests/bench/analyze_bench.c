/*
 * How fast the analyzer is: analyze_bench [-n REPEATS] [FILE…]. Each file is read into memory and is a cell, by itself a
 * notebook. Without files their names come from standard input, one a line, and an empty line ends a notebook. Prints the
 * text's size, the CPU seconds of the fastest round, MB/s and the peak memory, as JSON.
 */
#include "analyzer/analyzer.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct texts {
    struct cb_source *items;
    bool *ends; /* [n]: a notebook ends behind this text */
    size_t n, capacity, bytes;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others on the machine do not count */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *grown(void *items, size_t bytes)
{
    void *more = realloc(items, bytes);
    if (!more)
        abort();
    return more;
}

static bool read_file(struct texts *texts, const char *path, bool ends)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return false;
    }
    size_t n = 0, capacity = 1 << 16;
    char *text = cb_alloc(capacity);
    for (size_t got; (got = fread(text + n, 1, capacity - n, f)) > 0;) {
        n += got;
        if (n == capacity)
            text = grown(text, capacity *= 2);
    }
    fclose(f);
    text = grown(text, n ? n : 1); /* thousands of cells: only their texts count in the peak */
    if (texts->n == texts->capacity) {
        texts->capacity = texts->capacity ? 2 * texts->capacity : 1024;
        texts->items = grown(texts->items, texts->capacity * sizeof *texts->items);
        texts->ends = grown(texts->ends, texts->capacity * sizeof *texts->ends);
    }
    texts->ends[texts->n] = ends;
    texts->items[texts->n++] = (struct cb_source){text, n};
    texts->bytes += n;
    return true;
}

/* Seconds for all texts, once. */
static double round_of(const struct texts *texts, size_t *effects)
{
    double begin = now();
    *effects = 0;
    for (size_t i = 0, first = 0; i < texts->n; i++) {
        if (!texts->ends[i] && i + 1 < texts->n)
            continue;
        struct cb_analysis *analysis = cb_analyze(texts->items + first, i + 1 - first);
        for (size_t c = 0; c < analysis->n_cells; c++)
            *effects += analysis->cells[c].effects.reads.n + analysis->cells[c].effects.writes.n;
        cb_analysis_free(analysis);
        first = i + 1;
    }
    return now() - begin;
}

/* Names of files from standard input. */
static bool read_list(struct texts *texts)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (!line[0] && texts->n)
            texts->ends[texts->n - 1] = true;
        else if (line[0] && !read_file(texts, line, false))
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    int repeats = 3, i = 1;
    if (argc > 2 && !strcmp(argv[1], "-n")) {
        repeats = atoi(argv[2]);
        i = 3;
    }
    struct texts texts = {0};
    bool good = i < argc || read_list(&texts);
    for (; good && i < argc; i++)
        good = read_file(&texts, argv[i], true);
    if (!good)
        return 2;
    double best = 0;
    size_t effects = 0;
    for (int r = 0; r < repeats; r++) {
        double seconds = round_of(&texts, &effects);
        if (r == 0 || seconds < best)
            best = seconds;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"texts\": %zu, \"bytes\": %zu, \"effects\": %zu, \"seconds\": %.6f, \"mb_per_s\": %.3f, \"peak_kib\": %ld}\n", texts.n,
           texts.bytes, effects, best, best > 0 ? (double)texts.bytes / best / 1e6 : 0, usage.ru_maxrss);
    for (size_t t = 0; t < texts.n; t++)
        free((char *)texts.items[t].text);
    free(texts.items);
    free(texts.ends);
    return 0;
}
