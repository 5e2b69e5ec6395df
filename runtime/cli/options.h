/* options: the command line of `cellblock run`, checked but not yet acted upon. */
#ifndef CB_CLI_OPTIONS_H
#define CB_CLI_OPTIONS_H

#include "base/base.h"

enum cb_parameter_kind { CB_PARAMETER_FILE, CB_PARAMETER_YAML, CB_PARAMETER_TYPED, CB_PARAMETER_RAW };
struct cb_parameter_option {
    enum cb_parameter_kind kind;
    const char *name; /* of -p and -r */
    const char *value;
};

enum cb_progress_mode { CB_PROGRESS_AUTO, CB_PROGRESS_PLAIN, CB_PROGRESS_NONE };

/* Strings point into argv, except those of `env`. */
struct cb_run_arguments {
    const char *notebook, *output, *workspace, *image, *files, *events, *store;
    bool workspace_none, allow_errors, show_hidden, fresh, strict, json, help;
    enum cb_progress_mode progress;
    uint32_t jobs, processes;
    uint64_t memory_bytes, disk_bytes;
    double timeout, total_timeout;
    struct cb_parameter_option *parameters;
    size_t n_parameters;
    char **env; /* NAME=VALUE, NULL-terminated */
    size_t n_env;
};

/* Fill `out` (cb_run_arguments_free in any case). Errors: -EINVAL, CB_EXIT_USAGE. */
int cb_run_arguments_parse(int argc, char **argv, struct cb_run_arguments *out, struct cb_error *err);
void cb_run_arguments_free(struct cb_run_arguments *arguments);

/* Where the notebook goes without -o: NAME.out.ipynb beside NAME.ipynb; "-" for "-". Caller frees. */
char *cb_default_output(const char *notebook);

extern const char cb_run_help[];

#endif
