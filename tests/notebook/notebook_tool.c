/*
 * The notebook module from the command line, for tests that compare it with Python's own packages.
 *   copy             lines "IN\tOUT" on standard input: read IN, write OUT; "ok" or "error: …" for each
 *   repr             JSON values on standard input, one a line: each as cb_json_dump writes it, on one line
 *   yaml, typed      a text of parameters (yaml) or a value (typed) on standard input: the injected source
 */
#include "runtime/notebook/notebook.h"

#include <string.h>

static void copy_one(char *line)
{
    char *tab = strchr(line, '\t');
    line[strcspn(line, "\n")] = '\0';
    if (!tab)
        return;
    *tab = '\0';
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb = NULL;
    int code = cb_notebook_read(line, &nb, &err);
    if (!code)
        code = cb_notebook_write(nb, tab + 1, &err);
    if (code)
        printf("error: %s\n", err.message);
    else
        puts("ok");
    fflush(stdout);
    cb_notebook_free(nb);
}

static void repr_one(char *line)
{
    json_t *value = NULL;
    struct cb_error err = CB_ERROR_INIT;
    if (cb_json_parse(line, strlen(line), "input", &value, &err)) {
        printf("error: %s\n", err.message);
        return;
    }
    cleanup_buffer struct cb_buffer out = {0};
    cb_json_dump(value, &out);
    puts(out.text);
    json_decref(value);
}

static int show_parameters(const char *text, bool yaml)
{
    static const char empty[] = "{\"cells\": [], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 4}";
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    struct cb_notebook *nb = NULL;
    int code = yaml ? cb_parameters_add_yaml(p, text, &err) : cb_parameters_add_typed(p, "x", text, &err);
    if (!code)
        code = cb_notebook_parse(empty, strlen(empty), "empty", &nb, &err);
    if (!code)
        code = cb_notebook_inject(nb, p, NULL, &err);
    if (!code && cb_notebook_cells(nb)) {
        struct cb_code_cell cell;
        cb_notebook_cell(nb, 0, &cell);
        fwrite(cell.source, 1, cell.source_length, stdout);
    }
    if (code)
        printf("error: %s\n", err.message);
    cb_notebook_free(nb);
    cb_parameters_free(p);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "copy") || !strcmp(what, "repr")) {
        cleanup_free char *line = NULL;
        size_t size = 0;
        while (getline(&line, &size, stdin) > 0)
            *what == 'c' ? copy_one(line) : repr_one(line);
        return 0;
    }
    cleanup_buffer struct cb_buffer text = {0};
    cb_buffer_adds(&text, "");
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, stdin)) > 0;)
        cb_buffer_add(&text, chunk, n);
    return show_parameters(text.text, !strcmp(what, "yaml"));
}
