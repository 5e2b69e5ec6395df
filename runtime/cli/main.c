#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "runtime/cli/cli.h"

static const char help[] =
    "Usage: cellblock COMMAND [ARGUMENT]...\n"
    "\n"
    "Run Jupyter notebooks, every code cell in a Linux sandbox of its own.\n"
    "\n"
    "  run NOTEBOOK    execute a notebook and write the executed copy\n"
    "  analyze FILE    predict what each cell reads and writes, without running any\n"
    "  survey PATH     depth against size over many notebooks\n"
    "  image list      show the root file systems that cells can be given\n"
    "  doctor          check what this machine can do, and say how to mend what is missing\n"
    "  version         print the version\n"
    "\n"
    "`cellblock COMMAND --help` says more about each.\n";

static const struct {
    const char *name;
    int (*main)(int argc, char **argv);
} commands[] = {
    {"run", cb_command_run},
    {"analyze", cb_command_analyze},
    {"survey", cb_command_survey},
    {"image", cb_command_image},
    {"doctor", cb_command_doctor},
    {"version", cb_command_version},
};

static void nothing(int signal)
{
    (void)signal;
}

/* A reader that goes away (`cellblock … 2>&1 | head`) must not end a run that has cells to clean up. A
 * handler rather than SIG_IGN, since that would be inherited by what we exec. */
static void keep_going_without_readers(void)
{
    struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    sigaction(SIGPIPE, &action, NULL);
}

/* With 0, 1 or 2 closed, the first file opened would take its number and be written messages into. */
static void fill_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int main(int argc, char **argv)
{
    fill_standard_descriptors();
    keep_going_without_readers();
    const char *name = argc > 1 ? argv[1] : "";
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
        return cb_cli_print(help, strlen(help));
    if (!strcmp(name, "--version"))
        return cb_command_version(1, argv);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(name, commands[i].name))
            return commands[i].main(argc - 1, argv + 1);
    struct cb_error err = CB_ERROR_INIT;
    cb_fail(&err, -EINVAL, CB_EXIT_USAGE, "", *name ? "there is no command \"%s\"" : "a command is needed%s",
            name);
    cb_error_remedy(&err, "`cellblock --help` lists the commands");
    return cb_cli_fail(&err, NULL);
}
