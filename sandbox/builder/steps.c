#include "base/base.h"
#include "sandbox/builder/builder.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t step_clone(uint64_t flags, int *pidfd)
{
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = SIGCHLD};
    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

int step_pivot(const char *new_root)
{
    /* pivot_root(".", "."): the old root ends up mounted over the new one and is taken off (pivot_root(2),
     * NOTES). */
    if (chdir(new_root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
        chdir("/") < 0)
        return failed("pivot_root", new_root);
    return 0;
}

int step_proc(const char *target, const char *options)
{
    if (mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) < 0)
        return failed("mount /proc", target);
    return 0;
}

/* What of /proc a cell sees besides its own processes: what libraries read to size their thread pools and
 * report memory. Everything else is covered by a directory or file without any permission; a name that a
 * future kernel adds, too. */
static bool shown(const char *name)
{
    static const char *const names[] = {"self",    "thread-self", "mounts",  "net",    "stat",
                                        "meminfo", "cpuinfo",     "loadavg", "uptime", "filesystems",
                                        "vmstat",  "version",     "swaps",   "sys"};
    if (name[0] >= '0' && name[0] <= '9')
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return name[0] == '.';
}

static int cover(int proc, const char *name, bool directory)
{
    /* By descriptors of the mount just made: nothing in there can be swapped under us. */
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, directory ? "/masked/dir" : "/masked/file",
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree < 0)
        return failed("cover /proc entry", name);
    int moved = (int)syscall(SYS_move_mount, tree, "", proc, name, MOVE_MOUNT_F_EMPTY_PATH);
    close(tree);
    return moved < 0 ? failed("cover /proc entry", name) : 0;
}

static int cover_rest(int proc)
{
    int copy = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char block[8192];
    for (long n; copy >= 0 && (n = syscall(SYS_getdents64, copy, block, sizeof block)) > 0;) {
        for (long at = 0; at < n;) {
            struct {
                uint64_t inode, offset;
                unsigned short length;
                unsigned char type;
                char name[];
            } *entry = (void *)(block + at);
            at += entry->length;
            /* Links cannot be mounted over, and those of /proc lead into /proc. */
            if (shown(entry->name) || entry->type == 10 /* DT_LNK */)
                continue;
            int code = cover(proc, entry->name, entry->type == 4 /* DT_DIR */);
            if (code < 0) {
                close(copy);
                return code;
            }
        }
    }
    if (copy < 0)
        return failed("read /proc", "");
    close(copy);
    return 0;
}

int step_cell_proc(const char *target)
{
    /* subset=pid would be smaller still, but psutil, which half of the scientific stack imports, prints a
     * traceback where /proc/stat is missing. Where the host's own /proc is partly covered (containers), the
     * kernel allows only that. */
    if (mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=invisible") < 0)
        return step_proc(target, "subset=pid,hidepid=invisible");
    cleanup_close int proc = open(target, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        return failed("open /proc", target);
    int code = cover_rest(proc);
    if (code < 0 || (code = cover(proc, "sys/kernel/random/boot_id", false)) < 0)
        return code;
    char path[320];
    snprintf(path, sizeof path, "%s/sys", target);
    if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0 ||
        mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) <
            0)
        return failed("make /proc/sys read-only", target);
    return 0;
}

int step_drop(uint64_t keep)
{
    for (int cap = 0; cap <= 63; cap++)
        if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
            if (errno == EINVAL)
                break; /* past the kernel's last capability */
            return failed("drop bounding set", "");
        }
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2] = {{.effective = (uint32_t)keep, .permitted = (uint32_t)keep},
                                             {(uint32_t)(keep >> 32), (uint32_t)(keep >> 32), 0}};
    if (syscall(SYS_capset, &header, sets) < 0)
        return failed("drop capabilities", "");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return failed("no_new_privs", "");
    return 0;
}
