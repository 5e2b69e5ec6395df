#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than Debian 12's headers. */
#define FS_TRUNCATE (1ull << 14)  /* ABI 3, Linux 6.2 */
#define FS_IOCTL_DEV (1ull << 15) /* ABI 5, Linux 6.10 */
#define SCOPE_ABSTRACT_UNIX (1ull << 0)
#define SCOPE_SIGNAL (1ull << 1) /* ABI 6, Linux 6.12 */

#define FS_READ (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_MAKE                                                                                              \
    (LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |          \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |             \
     LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)
#define FS_NODES (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
#define FS_WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)

struct ruleset {
    uint64_t handled_fs, handled_net, scoped;
};

static int allow(int ruleset, uint64_t handled, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & handled};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT ? 0 : -errno;
    int code = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
    close(rule.parent_fd);
    return code;
}

static int add_rules(int ruleset, uint64_t handled, const char *home)
{
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                          "/dev/urandom"};
    const char *const trees[] = {"/work", "/tmp", home, "/dev/shm"};
    int code = allow(ruleset, handled, "/", FS_READ);
    for (size_t i = 0; code == 0 && i < sizeof trees / sizeof *trees; i++)
        code = allow(ruleset, handled, trees[i], FS_READ | FS_WRITE | FS_MAKE);
    for (size_t i = 0; code == 0 && i < sizeof devices / sizeof *devices; i++)
        code = allow(ruleset, handled, devices[i], LANDLOCK_ACCESS_FS_READ_FILE | FS_WRITE);
    /* Terminals: /dev/ptmx is a link into the devpts instance. */
    if (code == 0)
        code = allow(ruleset, handled, "/dev/pts",
                     LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | FS_WRITE | FS_IOCTL_DEV);
    return code;
}

int cb_landlock_restrict(uint32_t abi, const char *home)
{
    /* ABI 1 forbids every rename from one directory to another, which is no attack but a broken `mv`. */
    if (abi < 2)
        return 0;
    struct ruleset attr = {.handled_fs = FS_READ | FS_MAKE | FS_NODES | LANDLOCK_ACCESS_FS_WRITE_FILE};
    size_t size = sizeof attr.handled_fs;
    if (abi >= 3)
        attr.handled_fs |= FS_TRUNCATE;
    if (abi >= 5)
        attr.handled_fs |= FS_IOCTL_DEV;
    if (abi >= 6) {
        attr.scoped = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL;
        size = sizeof attr;
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (ruleset < 0)
        return -errno;
    int code = add_rules(ruleset, attr.handled_fs, home);
    if (code == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
        code = -errno;
    close(ruleset);
    return code;
}
