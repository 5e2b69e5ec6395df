/* cellblock survey: how deep notebooks are, against their size. */
#include <fcntl.h>
#include <sched.h>
#include <string.h>

#include "runtime/cli/cli.h"
#include "runtime/cli/survey.h"

#define JOBS_MAX 256
#define MESSAGES_SHOWN 10

static const char help[] =
    "Usage: cellblock survey PATH... [--csv FILE] [--svg FILE] [--jobs N]\n"
    "\n"
    "Analyse many notebooks and print how many cells they have, how deep they are (how many cells must run\n"
    "one after another) and how many cells could run at once (cells divided by depth).\n"
    "\n"
    "PATH is a notebook (.ipynb, .ipynb.gz), a folder (searched with all below, links and .ipynb_checkpoints\n"
    "left out), or a file of lines of JSON (.jsonl, .jsonl.gz), a notebook each:\n"
    "    {\"repo\": NAME, \"path\": NAME, \"cells\": [SOURCE, ...]}\n"
    "\n"
    "  --csv FILE    a line for each notebook: path,cells,depth,edges,open_world,syntax_errors\n"
    "  --svg FILE    a plot of depth against cells\n"
    "  --jobs N      threads; by default as many as there are processors\n"
    "\n"
    "Code cells that are blank do not count; notebooks without others, and what is no Python notebook of\n"
    "nbformat 4, are left out and counted apart. FILE may be - for standard output.\n";

struct arguments {
    const char **paths;
    size_t n;
    const char *csv, *svg;
    uint32_t jobs;
};

static int usage(const char *what, const char *word)
{
    struct cb_error err = CB_ERROR_INIT;
    cb_fail(&err, -EINVAL, CB_EXIT_USAGE, "", "%s%s%s%s", what, word ? " \"" : "", word ? word : "", word ? "\"" : "");
    cb_error_remedy(&err, "cellblock survey PATH... [--csv FILE] [--svg FILE] [--jobs N]");
    return cb_cli_fail(&err, NULL);
}

/* The value of option argv[*i] where it is `name`, as the next word or behind `=`; NULL where it is another option. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    size_t n = strlen(name);
    if (strncmp(argv[*i], name, n) != 0)
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    return argv[*i][n] == '\0' && *i + 1 < argc ? argv[++*i] : NULL;
}

/* 0, or the exit code of wrong usage. */
static int parse(int argc, char **argv, struct arguments *a)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        const char *value, *word = argv[i];
        if (!options || word[0] != '-')
            a->paths[a->n++] = word;
        else if (!strcmp(word, "--"))
            options = false;
        else if ((value = value_of("--csv", argc, argv, &i)))
            a->csv = value;
        else if ((value = value_of("--svg", argc, argv, &i)))
            a->svg = value;
        else if ((value = value_of("--jobs", argc, argv, &i))) {
            if (cb_parse_count(value, 1, JOBS_MAX, &a->jobs) < 0)
                return usage("--jobs wants a number from 1 to 256, not", value);
        } else
            return usage("survey does not take", word);
    }
    return a->n ? 0 : usage("survey needs notebooks, folders, or files of lines of JSON", NULL);
}

/* ---- what is printed ---- */

struct sums {
    size_t notebooks;
    double cells, depth, parallelism;
    size_t deepest;
};

static void add_to(struct sums *sums, const struct cb_survey_row *row)
{
    sums->notebooks++;
    sums->cells += (double)row->cells;
    sums->depth += (double)row->depth;
    sums->parallelism += (double)row->cells / (double)row->depth;
    sums->deepest = row->depth > sums->deepest ? row->depth : sums->deepest;
}

static void add_line(struct cb_buffer *out, const char *label, const struct sums *sums)
{
    double n = (double)sums->notebooks;
    cb_buffer_addf(out, "%-12s %9zu %11.1f %11.2f %13zu %17.2f\n", label, sums->notebooks, sums->cells / n, sums->depth / n, sums->deepest,
                   sums->parallelism / n);
}

static void add_table(const struct cb_survey *survey, struct cb_buffer *out)
{
    static const size_t from[] = {1, 5, 10, 15, 20, 30, 50, 100, 200, SIZE_MAX};
    enum { BUCKETS = sizeof from / sizeof *from - 1 };
    struct sums buckets[BUCKETS] = {0}, all = {0};
    for (size_t i = 0; i < survey->n; i++) {
        size_t b = 0;
        while (survey->rows[i].cells >= from[b + 1])
            b++;
        add_to(&buckets[b], &survey->rows[i]);
        add_to(&all, &survey->rows[i]);
    }
    cb_buffer_adds(out, "cells        notebooks  mean cells  mean depth  greatest depth  mean parallelism\n");
    for (size_t b = 0; b < BUCKETS; b++) {
        cleanup_free char *label = b + 1 < BUCKETS ? cb_format("%zu-%zu", from[b], from[b + 1] - 1) : cb_format("%zu and more", from[b]);
        if (buckets[b].notebooks)
            add_line(out, label, &buckets[b]);
    }
    if (all.notebooks)
        add_line(out, "all", &all);
}

static void add_totals(const struct cb_survey *survey, struct cb_buffer *out)
{
    static const char *const why[CB_SKIP_KINDS] = {"could not be read", "too large", "not notebooks of nbformat 4", "not in Python", "without code"};
    size_t skipped = 0, edges = 0, open = 0, errors = 0, cells = 0;
    for (size_t i = 0; i < CB_SKIP_KINDS; i++)
        skipped += survey->skipped[i];
    for (size_t i = 0; i < survey->n; i++) {
        edges += survey->rows[i].edges;
        open += survey->rows[i].open_world;
        errors += survey->rows[i].syntax_errors;
        cells += survey->rows[i].cells;
    }
    cb_buffer_addf(out, "%zu notebook%s, %zu code cells, %zu dependencies; %zu cells may read or write anything, %zu have syntax errors\n",
                   survey->n, survey->n == 1 ? "" : "s", cells, edges, open, errors);
    if (skipped) {
        cb_buffer_addf(out, "%zu left out:", skipped);
        const char *separator = " ";
        for (size_t i = 0; i < CB_SKIP_KINDS; i++)
            if (survey->skipped[i]) {
                cb_buffer_addf(out, "%s%zu %s", separator, survey->skipped[i], why[i]);
                separator = ", ";
            }
        cb_buffer_adds(out, "\n");
    }
    cb_buffer_adds(out, "\n");
}

/* RFC 4180; one line a notebook whatever its name holds. */
static void add_csv(const struct cb_survey *survey, struct cb_buffer *out)
{
    cb_buffer_adds(out, "path,cells,depth,edges,open_world,syntax_errors\n");
    for (size_t i = 0; i < survey->n; i++) {
        const struct cb_survey_row *row = &survey->rows[i];
        cleanup_buffer struct cb_buffer name = {0};
        cb_terminal_add(&name, row->name, strlen(row->name), CB_ONE_LINE);
        bool quoted = strpbrk(name.text, ",\"") != NULL;
        cb_buffer_adds(out, quoted ? "\"" : "");
        for (const char *p = name.text; *p; p++)
            cb_buffer_add(out, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
        cb_buffer_addf(out, "%s,%zu,%zu,%zu,%zu,%zu\n", quoted ? "\"" : "", row->cells, row->depth, row->edges, row->open_world,
                       row->syntax_errors);
    }
}

static void show_messages(const struct cb_survey *survey)
{
    for (size_t i = 0; i < survey->n_messages && i < MESSAGES_SHOWN; i++) {
        cleanup_free char *line = cb_format("left out: %s", survey->messages[i].text);
        cb_cli_note(line);
    }
    if (survey->n_messages > MESSAGES_SHOWN)
        cb_cli_note("left out: … and others");
}

static int write_file(const char *option, const char *path, const struct cb_buffer *text)
{
    if (!strcmp(path, "-"))
        return cb_cli_print(text->text, text->length);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int code = fd < 0 ? -errno : cb_write_full(fd, text->text, text->length);
    if (fd >= 0 && close(fd) < 0 && code == 0)
        code = -errno;
    if (code == 0)
        return 0;
    struct cb_error err = CB_ERROR_INIT;
    cb_fail(&err, code, CB_EXIT_USAGE, "", "%s %s: %s", option, path, strerror(-code));
    cb_error_remedy(&err, "name a file that can be written");
    return cb_cli_fail(&err, NULL);
}

static unsigned processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (unsigned)n;
}

static int report(const struct arguments *a, const struct cb_survey *survey)
{
    cleanup_buffer struct cb_buffer out = {0}, csv = {0}, svg = {0};
    show_messages(survey);
    add_totals(survey, &out);
    add_table(survey, &out);
    bool alone = (a->csv && !strcmp(a->csv, "-")) || (a->svg && !strcmp(a->svg, "-")); /* one thing on standard output */
    int exit = alone ? 0 : cb_cli_print(out.text, out.length);
    if (a->csv && !exit) {
        add_csv(survey, &csv);
        exit = write_file("--csv", a->csv, &csv);
    }
    if (a->svg && !exit) {
        cb_survey_svg(survey, &svg);
        exit = write_file("--svg", a->svg, &svg);
    }
    return exit;
}

int cb_command_survey(int argc, char **argv)
{
    struct arguments a = {.paths = cb_alloc((size_t)argc * sizeof *a.paths)};
    cleanup_free const char **paths = a.paths;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return cb_cli_print(help, strlen(help));
    int exit = parse(argc, argv, &a);
    if (exit)
        return exit;
    struct cb_survey survey = {0};
    struct cb_survey_pool *pool = cb_survey_pool_new(a.jobs ? a.jobs : processors(), &survey);
    for (size_t i = 0; i < a.n; i++)
        cb_survey_find(pool, a.paths[i]);
    cb_survey_pool_end(pool);
    exit = report(&a, &survey);
    /* Nothing at all: not an empty result but a wrong path. */
    if (exit == 0 && survey.n == 0)
        exit = CB_EXIT_USAGE;
    cb_survey_free(&survey);
    return exit;
}
