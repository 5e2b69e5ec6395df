/* cellblock analyze: what each cell will read and write, and which cells need which. */
#include <string.h>
#include <sys/ioctl.h>

#include "runtime/cli/analysis.h"
#include "runtime/cli/cli.h"

static const char help[] =
    "Usage: cellblock analyze NOTEBOOK... [--json | --dot]\n"
    "\n"
    "Predict what each code cell reads and writes (variables, files, state of libraries), without running\n"
    "anything, and show which cells need which.\n"
    "\n"
    "  --json    one object a notebook, each in a line of its own\n"
    "  --dot     the graph for Graphviz: cellblock analyze NOTEBOOK --dot | dot -Tsvg -o graph.svg\n"
    "\n"
    "NOTEBOOK is an .ipynb file (nbformat 4); - is standard input. A notebook that cannot be read is named on\n"
    "standard error, the others are still done, and the exit code is 2.\n"
    "\n"
    "In the table, \"x ← 3\" is read as cell 3 left it, \"x?\" happens on some paths only, \"x (changes)\"\n"
    "changes the value that there was. In the drawing, a line leads down from a cell (●; ◆ where it may read\n"
    "or write anything) to those that need it; what other lines imply is left out. A cell's level is the length\n"
    "of the longest chain of cells that ends with it.\n";

enum format { FOR_PEOPLE, AS_JSON, AS_DOT };

static int usage(const char *what, const char *word)
{
    struct cb_error err = CB_ERROR_INIT;
    cb_fail(&err, -EINVAL, CB_EXIT_USAGE, "", word ? "analyze does not take \"%s\"" : "%s", word ? word : what);
    cb_error_remedy(&err, "cellblock analyze NOTEBOOK... [--json | --dot]");
    return cb_cli_fail(&err, NULL);
}

static struct cb_style style_of_output(void)
{
    struct winsize size = {0};
    const char *term = getenv("TERM"), *none = getenv("NO_COLOR");
    if (!isatty(STDOUT_FILENO))
        return (struct cb_style){.columns = 100};
    bool sized = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return (struct cb_style){.columns = sized ? size.ws_col : 80,
                             .colours = !(none && *none) && !(term && !strcmp(term, "dumb"))};
}

static void for_people(const struct cb_analyzed *a, struct cb_buffer *out)
{
    struct cb_style style = style_of_output();
    size_t cells = cb_analyzed_count(a->notebook);
    cb_terminal_add(out, a->path, strlen(a->path), CB_ONE_LINE);
    cb_buffer_addf(out, ": %zu code cell%s, depth %zu, parallelism %.1f\n\n", cells, cells == 1 ? "" : "s", a->analysis->depth,
                   a->analysis->depth ? (double)cells / (double)a->analysis->depth : 0.0);
    if (a->analysis->n_cells == 0)
        return;
    cb_analysis_table(a, &style, out);
    cb_buffer_adds(out, "\n");
    cb_analysis_drawing(a, &style, out);
}

/* One notebook; what can be printed of it goes to standard output at once. */
static int analyze_one(const char *path, enum format format, bool first)
{
    struct cb_notebook *notebook = NULL;
    struct cb_error err = CB_ERROR_INIT;
    if (cb_notebook_read(path, &notebook, &err) < 0)
        return cb_cli_fail(&err, NULL);
    struct cb_analysis *analysis = cb_analyze_notebook(notebook);
    const struct cb_analyzed a = {path, notebook, analysis};
    cleanup_buffer struct cb_buffer out = {0};
    if (format == AS_JSON)
        cb_analysis_json(&a, &out);
    else if (format == AS_DOT)
        cb_analysis_dot(&a, &out);
    else {
        cb_buffer_adds(&out, first ? "" : "\n");
        for_people(&a, &out);
    }
    cb_analysis_free(analysis);
    cb_notebook_free(notebook);
    return cb_cli_print(out.text, out.length);
}

int cb_command_analyze(int argc, char **argv)
{
    enum format format = FOR_PEOPLE;
    cleanup_free const char **paths = cb_alloc((size_t)argc * sizeof *paths);
    size_t n = 0;
    bool options = true;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (!options || word[0] != '-' || !strcmp(word, "-"))
            paths[n++] = word;
        else if (!strcmp(word, "--"))
            options = false;
        else if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            return cb_cli_print(help, strlen(help));
        else if (strcmp(word, "--json") != 0 && strcmp(word, "--dot") != 0)
            return usage(NULL, word);
        else if (format != FOR_PEOPLE)
            return usage("one of --json and --dot, once", NULL);
        else
            format = !strcmp(word, "--json") ? AS_JSON : AS_DOT;
    }
    if (n == 0)
        return usage("analyze needs a notebook", NULL);
    int exit = CB_EXIT_OK;
    for (size_t i = 0; i < n; i++) {
        int code = analyze_one(paths[i], format, i == 0);
        exit = code > exit ? code : exit;
        if (code == CB_EXIT_INTERNAL) /* nobody can read what is printed */
            return code;
    }
    return exit;
}
