#include "sandbox/builder/builder.h"

#include <errno.h>
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
    /* pivot_root(".", "."): the old root ends up mounted over the new one and is taken off (pivot_root(2), NOTES). */
    if (chdir(new_root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        return failed("pivot_root", new_root);
    return 0;
}

int step_proc(const char *target)
{
    /* subset=pid and hidepid=invisible need Linux 5.8. Without subset=pid a cell that is mapped to a privileged host id
     * could write sysctls, so there is no falling back. */
    if (mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "subset=pid,hidepid=invisible") < 0)
        return failed("mount /proc", target);
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
