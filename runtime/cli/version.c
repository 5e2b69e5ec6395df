#include "runtime/cli/cli.h"

#include <string.h>

int cb_command_version(int argc, char **argv)
{
    static const char help[] = "Usage: cellblock version\n\nPrint the version.\n";
    static const char version[] = "cellblock " CB_VERSION "\n";
    if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
        return cb_cli_print(help, strlen(help));
    if (argc > 1) {
        struct cb_error err = CB_ERROR_INIT;
        cb_fail(&err, -EINVAL, CB_EXIT_USAGE, "", "version takes no arguments, not even \"%s\"", argv[1]);
        cb_error_remedy(&err, "cellblock version");
        return cb_cli_fail(&err, NULL);
    }
    return cb_cli_print(version, strlen(version));
}
