#include "runtime/cli/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <string.h>

#include "runtime/cli/cli.h"

const char cb_run_help[] =
    "Usage: cellblock run NOTEBOOK [OPTION]...\n"
    "\n"
    "Execute a Jupyter notebook, each code cell in a Linux sandbox of its own, and write the executed copy.\n"
    "NOTEBOOK is an .ipynb file (nbformat 4); \"-\" reads it from standard input.\n"
    "\n"
    "Output\n"
    "  -o, --output OUT           where the executed notebook goes; default NAME.out.ipynb beside NOTEBOOK,\n"
    "                             \"-\" is standard output\n"
    "      --files DIR            copy the files that the cells left in /work to DIR\n"
    "      --json                 print a report of the run to standard output, one JSON object\n"
    "      --events FILE          write what happens, as it happens, one JSON object a line\n"
    "      --progress MODE        auto (default): live on a terminal, else plain; plain; none\n"
    "\n"
    "Parameters, by papermill's rules; later kinds in this list win\n"
    "  -f, --parameters-file FILE read parameters from a YAML or JSON file\n"
    "  -y, --parameters-yaml YAML parameters as YAML text\n"
    "  -p, --parameters NAME VALUE        bool, int, float or None where VALUE looks like it, else a string\n"
    "  -r, --parameters-raw NAME VALUE    always a string\n"
    "\n"
    "What cells see\n"
    "      --workspace DIR|none   the directory that cells read as /work, never written to; default: the "
    "notebook's\n"
    "                             own, refused where that is a home directory or holds one\n"
    "      --show-hidden          show files that hold credentials (.ssh, .netrc, .env, ...) in /work too\n"
    "      --env NAME[=VALUE]     set an environment variable; without VALUE, the caller's\n"
    "      --image NAME           the root directory of the cells; default \"host\" (cellblock image list)\n"
    "      --net none             the network: none (default, and all that there is)\n"
    "\n"
    "Limits\n"
    "      --memory SIZE          of one cell; default none. SIZE: bytes, or with K, M, G, T (powers of "
    "1024)\n"
    "      --disk SIZE            of what one cell writes; default 16G\n"
    "      --pids N               processes and threads of one cell; default 1024\n"
    "      --timeout S            seconds of one cell; default none\n"
    "      --total-timeout S      seconds of the run; default none\n"
    "\n"
    "How it runs\n"
    "      --allow-errors         go on after a cell that raised, as nbclient does\n"
    "      --jobs N               cells at the same time, at most (they run in notebook order for now)\n"
    "      --fresh                reuse nothing of earlier runs (nothing is, for now)\n"
    "      --strict               reuse nothing that saw time, chance or network (nothing is, for now)\n"
    "      --store DIR            where runs are kept; default $XDG_DATA_HOME/cellblock\n"
    "  -h, --help                 this text\n"
    "\n"
    "Exit status: 0 all cells ran; 1 a cell raised; 2 usage, or not a notebook; 3 a limit; 4 a cell was "
    "killed for\n"
    "what it tried; 5 this machine cannot sandbox (cellblock doctor); 70 a fault of cellblock; 130 "
    "interrupted.\n";

enum {
    OPT_FILES = 256,
    OPT_JSON,
    OPT_EVENTS,
    OPT_PROGRESS,
    OPT_WORKSPACE,
    OPT_SHOW_HIDDEN,
    OPT_ENV,
    OPT_IMAGE,
    OPT_NET,
    OPT_MEMORY,
    OPT_DISK,
    OPT_PIDS,
    OPT_TIMEOUT,
    OPT_TOTAL_TIMEOUT,
    OPT_ALLOW_ERRORS,
    OPT_KEEP_GOING,
    OPT_JOBS,
    OPT_FRESH,
    OPT_STRICT,
    OPT_STORE,
    OPT_MOUNT,
};

static const struct option longs[] = {
    {"output", required_argument, NULL, 'o'},
    {"files", required_argument, NULL, OPT_FILES},
    {"json", no_argument, NULL, OPT_JSON},
    {"events", required_argument, NULL, OPT_EVENTS},
    {"progress", required_argument, NULL, OPT_PROGRESS},
    {"parameters", required_argument, NULL, 'p'},
    {"parameters-raw", required_argument, NULL, 'r'},
    {"parameters_raw", required_argument, NULL, 'r'}, /* papermill's spelling */
    {"parameters-file", required_argument, NULL, 'f'},
    {"parameters_file", required_argument, NULL, 'f'},
    {"parameters-yaml", required_argument, NULL, 'y'},
    {"parameters_yaml", required_argument, NULL, 'y'},
    {"workspace", required_argument, NULL, OPT_WORKSPACE},
    {"show-hidden", no_argument, NULL, OPT_SHOW_HIDDEN},
    {"env", required_argument, NULL, OPT_ENV},
    {"image", required_argument, NULL, OPT_IMAGE},
    {"net", required_argument, NULL, OPT_NET},
    {"memory", required_argument, NULL, OPT_MEMORY},
    {"disk", required_argument, NULL, OPT_DISK},
    {"pids", required_argument, NULL, OPT_PIDS},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"total-timeout", required_argument, NULL, OPT_TOTAL_TIMEOUT},
    {"allow-errors", no_argument, NULL, OPT_ALLOW_ERRORS},
    {"keep-going", no_argument, NULL, OPT_KEEP_GOING},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"fresh", no_argument, NULL, OPT_FRESH},
    {"strict", no_argument, NULL, OPT_STRICT},
    {"store", required_argument, NULL, OPT_STORE},
    {"mount", required_argument, NULL, OPT_MOUNT},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

#define SEE_HELP "`cellblock run --help` lists the options"

__attribute__((format(printf, 3, 4))) static int usage(struct cb_error *err, const char *remedy,
                                                       const char *format, ...)
{
    char text[sizeof err->message];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    cb_fail(err, -EINVAL, CB_EXIT_USAGE, "", "%s", text);
    cb_error_remedy(err, "%s", remedy);
    return -EINVAL;
}

static int not_yet(struct cb_error *err, const char *option, const char *remedy)
{
    return usage(err, remedy, "this version does not have %s", option);
}

static int bad_value(struct cb_error *err, const char *option, const char *value, const char *wanted)
{
    return usage(err, wanted, "%s does not take \"%s\"", option, value);
}

static void add_parameter(struct cb_run_arguments *a, enum cb_parameter_kind kind, const char *name,
                          const char *value)
{
    a->parameters = cb_realloc(a->parameters, (a->n_parameters + 1) * sizeof *a->parameters);
    a->parameters[a->n_parameters++] = (struct cb_parameter_option){kind, name, value};
}

/* -p and -r take two words; getopt knows of one. The second may begin with a dash: it is a value. */
static int pair(struct cb_run_arguments *a, int option, int argc, char **argv, struct cb_error *err)
{
    if (optind >= argc)
        return usage(err, option == 'p' ? "for example: -p alpha 0.5" : "for example: -r version 007",
                     "-%c needs a name and a value", option);
    add_parameter(a, option == 'p' ? CB_PARAMETER_TYPED : CB_PARAMETER_RAW, optarg, argv[optind]);
    optind++;
    return 0;
}

static int add_env(struct cb_run_arguments *a, const char *text, struct cb_error *err)
{
    size_t n = strcspn(text, "=");
    if (n == 0)
        return usage(err, "write --env NAME=VALUE, or --env NAME for the caller's value",
                     "--env needs a name");
    const char *inherited = text[n] ? "" : getenv(text);
    if (!inherited)
        return usage(err, "set it, or write --env NAME=VALUE",
                     "--env %s: there is no such variable to pass on", text);
    a->env = cb_realloc(a->env, (a->n_env + 2) * sizeof *a->env);
    a->env[a->n_env++] = text[n] ? cb_strdup(text) : cb_format("%s=%s", text, inherited);
    a->env[a->n_env] = NULL;
    return 0;
}

static int set_progress(struct cb_run_arguments *a, const char *text, struct cb_error *err)
{
    static const char *const modes[] = {"auto", "plain", "none"};
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(text, modes[i])) {
            a->progress = (enum cb_progress_mode)i;
            return 0;
        }
    return bad_value(err, "--progress", text, "use auto, plain or none");
}

static int set_net(const char *text, struct cb_error *err)
{
    if (!strcmp(text, "none"))
        return 0;
    if (!strcmp(text, "host"))
        return not_yet(err, "--net host", "run without it: cells have no network");
    return bad_value(err, "--net", text, "use none");
}

static int set_size(uint64_t *out, const char *option, const char *text, struct cb_error *err)
{
    if (cb_parse_size(text, out) == 0 && *out > 0)
        return 0;
    return bad_value(err, option, text, "give a size above 0, such as 512M, 1.5G or 4096");
}

static int set_seconds(double *out, const char *option, const char *text, struct cb_error *err)
{
    if (cb_parse_seconds(text, out) == 0)
        return 0;
    return bad_value(err, option, text, "give seconds above 0, such as 90 or 2.5");
}

static int set_count(uint32_t *out, uint32_t high, const char *option, const char *text, struct cb_error *err)
{
    if (cb_parse_count(text, 1, high, out) == 0)
        return 0;
    char wanted[64];
    snprintf(wanted, sizeof wanted, "give a whole number from 1 to %u", high);
    return bad_value(err, option, text, wanted);
}

static int set_limit(struct cb_run_arguments *a, int option, struct cb_error *err)
{
    switch (option) {
    case OPT_MEMORY:
        return set_size(&a->memory_bytes, "--memory", optarg, err);
    case OPT_DISK:
        return set_size(&a->disk_bytes, "--disk", optarg, err);
    case OPT_PIDS:
        return set_count(&a->processes, 1u << 22, "--pids", optarg, err);
    case OPT_TIMEOUT:
        return set_seconds(&a->timeout, "--timeout", optarg, err);
    case OPT_TOTAL_TIMEOUT:
        return set_seconds(&a->total_timeout, "--total-timeout", optarg, err);
    default:
        return set_count(&a->jobs, 4096, "--jobs", optarg, err);
    }
}

static int set_notebook(struct cb_run_arguments *a, const char *path, struct cb_error *err)
{
    if (a->notebook)
        return usage(err, "run them one after the other", "run takes one notebook, \"%s\" would be a second",
                     path);
    if (!*path)
        return usage(err, SEE_HELP, "the notebook's path is empty");
    a->notebook = path;
    return 0;
}

static int set_text(const char **out, const char *option, struct cb_error *err)
{
    if (!*optarg)
        return usage(err, SEE_HELP, "%s needs a value that is not empty", option);
    *out = optarg;
    return 0;
}

static int set_flag(bool *flag)
{
    *flag = true;
    return 0;
}

static int set_workspace(struct cb_run_arguments *a, struct cb_error *err)
{
    a->workspace_none = !strcmp(optarg, "none");
    return set_text(&a->workspace, "--workspace", err);
}

static int set_option(struct cb_run_arguments *a, int option, int argc, char **argv, struct cb_error *err)
{
    switch (option) {
    case 1: /* not an option */
        return set_notebook(a, optarg, err);
    case 'h':
        return set_flag(&a->help);
    case 'o':
        return set_text(&a->output, "--output", err);
    case 'p':
    case 'r':
        return pair(a, option, argc, argv, err);
    case 'f':
    case 'y':
        add_parameter(a, option == 'f' ? CB_PARAMETER_FILE : CB_PARAMETER_YAML, NULL, optarg);
        return 0;
    case OPT_FILES:
        return set_text(&a->files, "--files", err);
    case OPT_JSON:
        return set_flag(&a->json);
    case OPT_EVENTS:
        return set_text(&a->events, "--events", err);
    case OPT_PROGRESS:
        return set_progress(a, optarg, err);
    case OPT_WORKSPACE:
        return set_workspace(a, err);
    case OPT_SHOW_HIDDEN:
        return set_flag(&a->show_hidden);
    case OPT_ENV:
        return add_env(a, optarg, err);
    case OPT_IMAGE:
        return set_text(&a->image, "--image", err);
    case OPT_NET:
        return set_net(optarg, err);
    case OPT_ALLOW_ERRORS:
        return set_flag(&a->allow_errors);
    case OPT_KEEP_GOING:
        return not_yet(err, "--keep-going", "--allow-errors goes on after a cell that raised");
    case OPT_FRESH:
        return set_flag(&a->fresh);
    case OPT_STRICT:
        return set_flag(&a->strict);
    case OPT_STORE:
        return set_text(&a->store, "--store", err);
    case OPT_MOUNT:
        return not_yet(err, "--mount",
                       "put what the notebook needs into its workspace, or name that with --workspace DIR");
    default:
        return set_limit(a, option, err);
    }
}

static int unknown(int code, char **argv, int at, struct cb_error *err)
{
    /* A wrong letter is in optopt; a wrong word is the argument just left behind. */
    const char *word = at > 0 && argv[at] ? argv[at] : "";
    bool is_long = !strncmp(word, "--", 2);
    if (code == ':')
        return is_long ? usage(err, SEE_HELP, "%s needs a value", word)
                       : usage(err, SEE_HELP, "-%c needs a value", optopt);
    if (is_long && optopt)
        return usage(err, SEE_HELP, "%.*s takes no value", (int)strcspn(word, "="), word);
    return is_long ? usage(err, SEE_HELP, "there is no option %s (or more than one begins so)", word)
                   : usage(err, SEE_HELP, "there is no option -%c", optopt);
}

/* What only shows once all is read. */
static int check_together(const struct cb_run_arguments *a, struct cb_error *err)
{
    if (!a->notebook)
        return usage(err, "cellblock run NOTEBOOK.ipynb", "run needs a notebook");
    bool to_stdout = a->output ? !strcmp(a->output, "-") : !strcmp(a->notebook, "-");
    bool events = a->events && !strcmp(a->events, "-");
    if (to_stdout + a->json + events > 1)
        return usage(err, "write the notebook with -o FILE, or the events with --events FILE",
                     "the notebook, --json and --events cannot share standard output");
    return 0;
}

int cb_run_arguments_parse(int argc, char **argv, struct cb_run_arguments *out, struct cb_error *err)
{
    *out = (struct cb_run_arguments){.jobs = 1};
    optind = 0; /* start over (glibc) */
    for (;;) {
        int at = optind ? optind : 1;
        /* "-": words come in their order, whatever POSIXLY_CORRECT says; ":": our messages, not getopt's. */
        int option = getopt_long(argc, argv, "-:ho:p:r:f:y:", longs, NULL);
        if (option == -1)
            break;
        int code = option == '?' || option == ':' ? unknown(option, argv, at, err)
                                                  : set_option(out, option, argc, argv, err);
        if (code < 0)
            return code;
        if (out->help)
            return 0;
    }
    for (; optind < argc; optind++) {
        int code = set_notebook(out, argv[optind], err);
        if (code < 0)
            return code;
    }
    return check_together(out, err);
}

void cb_run_arguments_free(struct cb_run_arguments *a)
{
    for (size_t i = 0; i < a->n_env; i++)
        free(a->env[i]);
    free(a->env);
    free(a->parameters);
    *a = (struct cb_run_arguments){.notebook = NULL};
}

char *cb_default_output(const char *notebook)
{
    static const char suffix[] = ".ipynb";
    size_t n = strlen(notebook), k = sizeof suffix - 1;
    if (!strcmp(notebook, "-"))
        return cb_strdup("-");
    if (n > k && !strcmp(notebook + n - k, suffix))
        n -= k;
    return cb_format("%.*s.out.ipynb", (int)n, notebook);
}
