/* All suites as the user that we are, and, when that is root, once more as an ordinary user. */
#include "tests/snapshot/bed.h"

#include <grp.h>
#include <locale.h>
#include <sys/wait.h>

enum { ORDINARY = 12345 };

static int all_suites(void)
{
    return layer_tests() + harvest_tests() + lowers_tests() + store_tests() + mask_tests();
}

int main(void)
{
    umask(0022);
    setlocale(LC_CTYPE, "C.UTF-8"); /* libarchive converts names that are UTF-8 to the locale */
    int failed = all_suites();
    if (geteuid() != 0)
        return failed != 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        if (setgroups(0, NULL) < 0 || setgid(ORDINARY) < 0 || setuid(ORDINARY) < 0)
            _exit(1);
        setenv("HOME", "/nonexistent", 1);
        fprintf(stderr, "--- again as uid %d\n", ORDINARY);
        exit(all_suites() != 0);
    }
    int status;
    return waitpid(pid, &status, 0) < 0 || status != 0 || failed != 0;
}
