/* cellblock run: options in, notebook and report out. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/cli/cli.h"
#include "runtime/cli/progress.h"
#include "runtime/execute/execute.h"

/* What a call needs from its arguments to its end; freed in one place. */
struct call {
    struct cb_run_arguments arguments;
    struct cb_notebook *notebook;
    char *output, *workspace;
    FILE *events;
};

static void call_free(struct call *call)
{
    cb_run_arguments_free(&call->arguments);
    cb_notebook_free(call->notebook);
    free(call->output);
    free(call->workspace);
    if (call->events && call->events != stdout)
        fclose(call->events);
}

static int add_parameters(const struct cb_run_arguments *a, struct cb_parameters *p, struct cb_error *err)
{
    /* papermill's precedence is by kind: file, YAML, -p, -r; within a kind, the later one wins. */
    for (int kind = CB_PARAMETER_FILE; kind <= CB_PARAMETER_RAW; kind++) {
        for (size_t i = 0; i < a->n_parameters; i++) {
            const struct cb_parameter_option *o = &a->parameters[i];
            if ((int)o->kind != kind)
                continue;
            int code = kind == CB_PARAMETER_FILE    ? cb_parameters_add_file(p, o->value, err)
                       : kind == CB_PARAMETER_YAML  ? cb_parameters_add_yaml(p, o->value, err)
                       : kind == CB_PARAMETER_TYPED ? cb_parameters_add_typed(p, o->name, o->value, err)
                                                    : cb_parameters_add_raw(p, o->name, o->value, err);
            if (code < 0)
                return code;
        }
    }
    return 0;
}

static int inject(struct call *call, struct cb_error *err)
{
    if (call->arguments.n_parameters == 0)
        return 0;
    struct cb_parameters *parameters = cb_parameters_new();
    const char *warning = NULL;
    int code = add_parameters(&call->arguments, parameters, err);
    if (code == 0 && cb_parameters_count(parameters) > 0)
        code = cb_notebook_inject(call->notebook, parameters, &warning, err);
    cb_parameters_free(parameters);
    if (code == 0 && warning)
        cb_cli_note(warning);
    return code < 0 ? code : 0;
}

/* A run of an hour must not end in "permission denied". */
static int check_output(const char *path, struct cb_error *err)
{
    struct stat st;
    if (!strcmp(path, "-"))
        return 0;
    const char *slash = strrchr(path, '/');
    cleanup_free char *dir = !slash ? cb_strdup(".") : cb_format("%.*s", (int)(slash - path) + 1, path);
    int code = 0;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        code = -EISDIR;
    else if (stat(dir, &st) < 0)
        code = -errno;
    else if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0)
        code = -errno;
    if (code == 0)
        return 0;
    cb_fail(err, code, CB_EXIT_USAGE, "", "the notebook cannot be written to %s: %s", path, strerror(-code));
    cb_error_remedy(err, "name a place for it with -o FILE");
    return code;
}

static int choose_workspace(struct call *call, struct cb_error *err)
{
    const struct cb_run_arguments *a = &call->arguments;
    if (a->workspace_none)
        return 0;
    if (!a->workspace)
        return cb_workspace_default(a->notebook, &call->workspace, err);
    struct stat st;
    call->workspace = realpath(a->workspace, NULL);
    int code = !call->workspace || stat(call->workspace, &st) < 0 ? -errno
               : S_ISDIR(st.st_mode)                              ? 0
                                                                  : -ENOTDIR;
    if (code == 0)
        return 0;
    cb_fail(err, code, CB_EXIT_USAGE, "", "--workspace %s: %s", a->workspace, strerror(-code));
    cb_error_remedy(err, "name a directory, or none");
    return code;
}

static int open_events(struct call *call, struct cb_error *err)
{
    const char *path = call->arguments.events;
    if (!path)
        return 0;
    call->events = strcmp(path, "-") ? fopen(path, "we") : stdout;
    if (!call->events) {
        int code = -errno;
        cb_fail(err, code, CB_EXIT_USAGE, "", "--events %s: %s", path, strerror(-code));
        cb_error_remedy(err, "name a file that can be written");
        return code;
    }
    setvbuf(call->events, NULL, _IOLBF, 0);
    return 0;
}

/* All that can be refused is refused before anything is started or written. */
static int prepare(struct call *call, struct cb_error *err)
{
    const struct cb_run_arguments *a = &call->arguments;
    call->output = a->output ? cb_strdup(a->output) : cb_default_output(a->notebook);
    int code = cb_notebook_read(a->notebook, &call->notebook, err);
    if (code == 0)
        code = inject(call, err);
    if (code == 0)
        code = choose_workspace(call, err);
    cleanup_free char *store = cb_store_place(a->store);
    if (code == 0 && call->workspace && store)
        code = cb_workspace_check_store(call->workspace, store, err);
    if (code == 0)
        code = check_output(call->output, err);
    if (code == 0)
        code = open_events(call, err);
    return code;
}

static const char *status_of(enum cb_exit exit)
{
    return exit == CB_EXIT_OK            ? "ok"
           : exit == CB_EXIT_LIMIT       ? "limit"
           : exit == CB_EXIT_VIOLATION   ? "violation"
           : exit == CB_EXIT_INTERRUPTED ? "interrupted"
                                         : "error";
}

/* `run --json` prints one object whatever happens; where no cell was started, this one. */
static json_t *report_without_run(const struct cb_error *err)
{
    return json_pack("{s:n, s:s, s:[], s:{s:s, s:s, s:i}}", "run", "status", status_of(err->exit), "cells",
                     "error", "message", err->message, "remedy", err->remedy, "exit", (int)err->exit);
}

static int print_json(const json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    if (!text)
        return CB_EXIT_INTERNAL;
    cleanup_free char *line = cb_format("%s\n", text);
    free(text);
    return cb_cli_print(line, strlen(line));
}

static int fail_early(const struct call *call, const struct cb_error *err)
{
    if (call->arguments.json) {
        json_t *json = report_without_run(err);
        if (json)
            print_json(json);
        json_decref(json);
    }
    return cb_cli_fail(err, NULL);
}

static void summarise(const struct call *call, const struct cb_run_report *report)
{
    if (call->arguments.progress == CB_PROGRESS_NONE)
        return;
    cleanup_buffer struct cb_buffer text = {0};
    cb_buffer_addf(&text, "%zu of %zu cells in ", report->committed, report->cells);
    cb_progress_seconds(report->seconds, &text);
    if (strcmp(call->output, "-") != 0)
        cb_buffer_addf(&text, ", written to %s", call->output);
    cb_cli_note(text.text);
}

/* The code of the cell that an error names, NULL-terminated as the notebook holds it. */
static const char *source_of(const struct call *call, const struct cb_error *err)
{
    if (err->cell < 0 || (size_t)err->cell >= cb_notebook_cells(call->notebook))
        return NULL;
    struct cb_code_cell cell;
    cb_notebook_cell(call->notebook, (size_t)err->cell, &cell);
    return cell.source;
}

static int report_end(const struct call *call, struct cb_run_report *report, int exit)
{
    if (report->json || report->cells > 0)
        summarise(call, report);
    if (report->error.message[0]) {
        cleanup_buffer struct cb_buffer line = {0};
        const char *source = source_of(call, &report->error);
        if (source)
            cb_progress_first_line(source, &line);
        cb_cli_fail(&report->error, line.length ? line.text : NULL);
    }
    if (call->arguments.json) {
        json_t *json = report->json ? report->json : report_without_run(&report->error);
        int failed = print_json(json);
        if (!report->json)
            json_decref(json);
        if (failed)
            exit = failed;
    }
    json_decref(report->json);
    return exit;
}

static int execute(struct call *call)
{
    const struct cb_run_arguments *a = &call->arguments;
    struct cb_progress_view view;
    cb_progress_begin(&view, a->progress);
    struct cb_progress callbacks = cb_progress_callbacks(&view);
    const struct cb_run_options options = {
        .notebook = a->notebook,
        .output = call->output,
        .workspace = call->workspace,
        .image = a->image,
        .store = a->store,
        .files = a->files,
        .env = (const char *const *)a->env,
        .events = call->events,
        .show_hidden = a->show_hidden,
        .allow_errors = a->allow_errors,
        .memory_bytes = a->memory_bytes,
        .disk_bytes = a->disk_bytes,
        .processes = a->processes,
        .timeout = a->timeout,
        .total_timeout = a->total_timeout,
        .progress = &callbacks,
    };
    struct cb_run_report report = {.error = CB_ERROR_INIT};
    int exit = cb_execute(call->notebook, &options, &report);
    cb_progress_end(&view);
    if (exit < 0) /* never promised, but a wrong exit code would be worse */
        exit = CB_EXIT_INTERNAL;
    return report_end(call, &report, exit);
}

int cb_command_run(int argc, char **argv)
{
    struct call call = {.notebook = NULL};
    struct cb_error err = CB_ERROR_INIT;
    int exit;
    if (cb_run_arguments_parse(argc, argv, &call.arguments, &err) < 0)
        exit = cb_cli_fail(&err, NULL);
    else if (call.arguments.help)
        exit = cb_cli_print(cb_run_help, strlen(cb_run_help));
    else if (prepare(&call, &err) < 0)
        exit = fail_early(&call, &err);
    else
        exit = execute(&call);
    call_free(&call);
    return exit;
}
