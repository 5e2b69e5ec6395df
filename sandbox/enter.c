#include "sandbox/enter.h"
#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MAX_FILTER 4096u /* BPF_MAXINSNS */

static int own_pid_namespace = -1;

const struct cb_policy *cb_policy_map(int memfd, struct cb_error *err)
{
    int needed = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, seals = fcntl(memfd, F_GET_SEALS);
    struct stat st;
    if (seals < 0 || (seals & needed) != needed || fstat(memfd, &st) < 0) {
        cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "map policy", "The policy is no sealed memfd.");
        return NULL;
    }
    size_t size = (size_t)st.st_size;
    const struct cb_policy *p = MAP_FAILED;
    if (size >= sizeof *p)
        p = mmap(NULL, size, PROT_READ, MAP_SHARED, memfd, 0);
    if (p == MAP_FAILED) {
        cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "map policy", "The policy cannot be mapped.");
        return NULL;
    }
    if (p->magic != CB_POLICY_MAGIC || !p->n_filter || p->n_filter > MAX_FILTER ||
        size != sizeof *p + p->n_filter * sizeof(struct sock_filter) || !memchr(p->home, 0, sizeof p->home)) {
        munmap((void *)(uintptr_t)p, size);
        cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "map policy", "The policy is of another version or damaged.");
        return NULL;
    }
    return p;
}

int cb_enter_prepare(int init_pidfd, struct cb_error *err)
{
    if (own_pid_namespace < 0 && (own_pid_namespace = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC)) < 0)
        return cb_fail_errno(err, -errno, "open pid namespace",
                             "The zygote cannot open its own pid namespace");
    if (setns(init_pidfd, CLONE_NEWPID) < 0)
        return cb_fail_errno(err, -errno, "join pid namespace",
                             "The zygote cannot enter the cell's pid namespace");
    return 0;
}

int cb_enter_restore(struct cb_error *err)
{
    if (setns(own_pid_namespace, CLONE_NEWPID) < 0)
        return cb_fail_errno(err, -errno, "leave pid namespace",
                             "The zygote cannot return to its own pid namespace");
    return 0;
}

static int join(int init_pidfd, struct cb_error *err)
{
    /* All at once: atomic, and the capabilities of both user namespaces count (nsproxy.c, Linux 5.8). */
    int all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    if (setns(init_pidfd, all) < 0)
        return cb_fail_errno(err, -errno, "join namespaces", "The cell cannot enter its namespaces");
    if (chdir("/work") < 0)
        return cb_fail_errno(err, -errno, "chdir /work", "The cell cannot enter /work");
    if (setsid() < 0 && errno != EPERM)
        return cb_fail_errno(err, -errno, "setsid", "The cell cannot start a session");
    return 0;
}

static int limit(int resource, uint64_t value, struct cb_error *err)
{
    struct rlimit now, wanted = {value, value};
    if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < value)
        wanted.rlim_cur = wanted.rlim_max = now.rlim_max; /* the host's own limit is the lower one */
    if (setrlimit((__rlimit_resource_t)resource, &wanted) < 0)
        return cb_fail_errno(err, -errno, "setrlimit", "Limit %d cannot be set", resource);
    return 0;
}

static int limits(const struct cb_policy *p, struct cb_error *err)
{
    const struct {
        int resource;
        bool wanted;
        uint64_t value;
    } table[] = {
        {RLIMIT_CORE, true, 0}, /* cores would land in the upper directory */
        {RLIMIT_RTPRIO, true, 0},
        {RLIMIT_DATA, p->memory_bytes > 0, p->memory_bytes},
        {RLIMIT_FSIZE, p->file_bytes > 0, p->file_bytes},
        {RLIMIT_NPROC, p->processes > 0, p->processes},
        {RLIMIT_NOFILE, p->descriptors > 0, p->descriptors},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int code = table[i].wanted ? limit(table[i].resource, table[i].value, err) : 0;
        if (code < 0)
            return code;
    }
    return 0;
}

/* No capability in any set, and no way back to one: uid 0 means nothing (it is not mapped either). */
static int drop_capabilities(struct cb_error *err)
{
    for (int cap = 0; cap <= 63; cap++)
        if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0) {
            if (errno == EINVAL)
                break; /* past the kernel's last capability */
            return cb_fail_errno(err, -errno, "drop bounding set", "Capability %d cannot be dropped", cap);
        }
    unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
                         SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                         SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
        return cb_fail_errno(err, -errno, "securebits", "Securebits cannot be set");
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 ||
        syscall(SYS_capset, &header, none) < 0)
        return cb_fail_errno(err, -errno, "drop capabilities", "Capabilities cannot be dropped");
    /* Readable to itself (/proc/self is its own) and to a supervisor without capabilities. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
        return cb_fail_errno(err, -errno, "no_new_privs", "no_new_privs cannot be set");
    return 0;
}

/* The tracer's place: with CB_POLICY_NOTIFY the filter brings a listener, whose number is the result. The
 * supervisor takes it with pidfd_getfd and the cell closes it before it runs anything of the notebook's. */
static int load_filter(const struct cb_policy *p, struct cb_error *err)
{
    struct sock_fprog program = {(unsigned short)p->n_filter, (struct sock_filter *)(uintptr_t)(p + 1)};
    unsigned flags = 0;
    if (p->flags & CB_POLICY_NOTIFY)
        flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (listener < 0)
        return cb_fail_errno(err, -errno, "load bpf", "The system call filter cannot be loaded");
    return (int)listener;
}

/* Best effort: cb_cell_verify looks, and moves who did not move. */
static void join_cgroups(int init_pidfd)
{
    for (int i = 0; i < CB_MAX_TASKS_FDS; i++) {
        int fd = (int)syscall(SYS_pidfd_getfd, init_pidfd, CB_TASKS_FD + i, 0);
        if (fd < 0)
            return;
        (void)!write(fd, "0", 1);
        close(fd);
    }
}

int cb_enter_cell(const struct cb_policy *policy, int init_pidfd, int first_closed, struct cb_error *err)
{
    join_cgroups(init_pidfd);
    int code = join(init_pidfd, err);
    if (code < 0 || (code = limits(policy, err)) < 0 || (code = drop_capabilities(err)) < 0)
        return code;
    code = cb_landlock_restrict(policy->landlock_abi, policy->home);
    if (code < 0)
        return cb_fail_errno(err, code, "landlock", "Landlock cannot be set up");
    if (syscall(SYS_close_range, (unsigned)first_closed, ~0u, 0) < 0)
        return cb_fail_errno(err, -errno, "close descriptors", "Descriptors cannot be closed");
    own_pid_namespace = -1;
    return load_filter(policy, err);
}
