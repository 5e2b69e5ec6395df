#include "sandbox/policy.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3 */
#endif
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

enum action { ALLOW, EPERM_, ENOSYS_, CONDITIONAL };

#define ACTION_ALLOW "allow"
#define ACTION_EPERM "EPERM"
#define ACTION_ENOSYS "ENOSYS"
#define ACTION_CONDITIONAL "conditional"
static const struct cb_syscall_rule rules[] = {
#define CB_SYSCALL(name, action, why) {#name, ACTION_##action, why},
#include "sandbox/syscalls.def"
#undef CB_SYSCALL
};

const struct cb_syscall_rule *cb_sandbox_syscalls(size_t *n)
{
    *n = sizeof rules / sizeof *rules;
    return rules;
}

/* What the zygote may do beyond a cell: join namespaces, and take the steps of cb_enter_cell. */
static const char *const zygote_extra[] = {"setns", "capset", "seccomp", "prctl", "pidfd_getfd"};

static uint32_t denied(int number)
{
    return SCMP_ACT_ERRNO((uint32_t)number);
}

static int add(scmp_filter_ctx ctx, uint32_t action, int nr, unsigned arg, uint32_t mask, uint32_t value)
{
    /* Comparisons look at the low 32 bits only: that is what the kernel reads of these arguments, and a
     * 64-bit comparison is passed by with a high bit set (CVE-2019-10063). */
    struct scmp_arg_cmp compare = {arg, SCMP_CMP_MASKED_EQ, mask, value};
    return seccomp_rule_add_array(ctx, action, nr, mask ? 1 : 0, &compare);
}

/*
 * Give every 32-bit value of an argument an action: `special` for the n listed, `other` for the rest. A rule
 * can only say "these bits are so", so the rest is cut into the blocks of the binary tree that hold no listed
 * value.
 */
struct split {
    scmp_filter_ctx ctx;
    int nr;
    unsigned arg;
    const uint32_t *values;
    size_t n;
    uint32_t special, other;
};

static int split_add(const struct split *s, uint32_t prefix, unsigned depth)
{
    uint32_t mask = depth ? ~0u << (32 - depth) : 0;
    bool holds = false;
    for (size_t i = 0; i < s->n; i++)
        holds = holds || (s->values[i] & mask) == prefix;
    if (!holds || depth == 32)
        return add(s->ctx, holds ? s->special : s->other, s->nr, s->arg, mask, prefix);
    int code = split_add(s, prefix, depth + 1);
    return code < 0 ? code : split_add(s, prefix | 1u << (31 - depth), depth + 1);
}

#define SPLIT(ctx, nr, arg, special, other, ...)                                                             \
    split_add(&(struct split){ctx, nr, arg, (const uint32_t[]){__VA_ARGS__},                                 \
                              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), special, other},   \
              0, 0)

static int add_clone(scmp_filter_ctx ctx, int nr)
{
    static const uint32_t namespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                          CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
    uint32_t all = 0;
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        all |= namespaces[i];
        int code = add(ctx, denied(EPERM), nr, 0, namespaces[i], namespaces[i]);
        if (code < 0)
            return code;
    }
    return add(ctx, SCMP_ACT_ALLOW, nr, 0, all, 0);
}

static int add_mknod(scmp_filter_ctx ctx, int nr, unsigned arg)
{
    static const uint32_t allowed[] = {0, S_IFREG, S_IFIFO, S_IFSOCK};
    for (uint32_t type = 0; type < 16; type++) {
        bool ok = false;
        for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
            ok = ok || allowed[i] == type << 12;
        int code = add(ctx, ok ? SCMP_ACT_ALLOW : denied(EPERM), nr, arg, S_IFMT, type << 12);
        if (code < 0)
            return code;
    }
    return 0;
}

static int add_conditional(scmp_filter_ctx ctx, const char *name, int nr)
{
    if (!strcmp(name, "clone"))
        return add_clone(ctx, nr);
    if (!strcmp(name, "ioctl"))
        return SPLIT(ctx, nr, 1, denied(EPERM), SCMP_ACT_ALLOW, TIOCSTI, TIOCLINUX);
    if (!strcmp(name, "personality"))
        return SPLIT(ctx, nr, 0, SCMP_ACT_ALLOW, denied(EPERM), 0, 0xffffffff);
    if (!strcmp(name, "socket") || !strcmp(name, "socketpair"))
        return SPLIT(ctx, nr, 0, SCMP_ACT_ALLOW, denied(EAFNOSUPPORT), AF_UNIX, AF_INET, AF_INET6);
    if (!strcmp(name, "sched_setscheduler"))
        return SPLIT(ctx, nr, 1, SCMP_ACT_ALLOW, denied(EPERM), SCHED_OTHER, SCHED_BATCH, SCHED_IDLE);
    if (!strcmp(name, "mknod"))
        return add_mknod(ctx, nr, 1);
    if (!strcmp(name, "mknodat"))
        return add_mknod(ctx, nr, 2);
    if (!strcmp(name, "prctl"))
        return SPLIT(ctx, nr, 0, SCMP_ACT_ALLOW, denied(EPERM), PR_SET_PDEATHSIG, PR_GET_PDEATHSIG,
                     PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP, PR_CAPBSET_READ,
                     PR_GET_SECUREBITS, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_SET_CHILD_SUBREAPER,
                     PR_GET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_TID_ADDRESS,
                     PR_SET_THP_DISABLE, PR_GET_THP_DISABLE, PR_GET_SPECULATION_CTRL, PR_SET_VMA,
                     PR_GET_AUXV);
    return -EINVAL; /* a line of syscalls.def without its code here */
}

static bool zygote_may(const char *name)
{
    for (size_t i = 0; i < sizeof zygote_extra / sizeof *zygote_extra; i++)
        if (!strcmp(name, zygote_extra[i]))
            return true;
    return false;
}

static int add_rule(scmp_filter_ctx ctx, enum cb_filter which, const struct cb_syscall_rule *rule)
{
    int nr = seccomp_syscall_resolve_name(rule->name);
    if (nr < 0)
        return 0; /* not on this architecture, or unknown to this libseccomp: gets the default, ENOSYS */
    if (which == CB_FILTER_ZYGOTE && zygote_may(rule->name))
        return add(ctx, SCMP_ACT_ALLOW, nr, 0, 0, 0);
    if (!strcmp(rule->action, ACTION_ALLOW))
        return add(ctx, SCMP_ACT_ALLOW, nr, 0, 0, 0);
    if (!strcmp(rule->action, ACTION_EPERM))
        return add(ctx, denied(EPERM), nr, 0, 0, 0);
    if (!strcmp(rule->action, ACTION_CONDITIONAL))
        return add_conditional(ctx, rule->name, nr);
    return 0; /* ENOSYS is the default */
}

int cb_policy_compile(enum cb_filter which, struct cb_error *err)
{
    scmp_filter_ctx ctx = seccomp_init(denied(ENOSYS));
    if (!ctx)
        return cb_fail(err, -ENOMEM, CB_EXIT_INTERNAL, "compile filter", "libseccomp cannot start a filter");
    int code = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    (void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE,
                           2); /* binary tree over the numbers; libseccomp 2.5 */
    size_t i = 0;
    for (; code == 0 && i < sizeof rules / sizeof *rules; i++)
        code = add_rule(ctx, which, &rules[i]);
    if (code < 0) {
        seccomp_release(ctx);
        return cb_fail_errno(err, code, "compile filter", "libseccomp refuses the rule for %s",
                             rules[i ? i - 1 : 0].name);
    }
    cleanup_close int fd = memfd_create("cellblock-filter", MFD_CLOEXEC);
    code = fd < 0 ? -errno : seccomp_export_bpf(ctx, fd);
    seccomp_release(ctx);
    if (code < 0)
        return cb_fail_errno(err, code, "compile filter", "cannot export the filter");
    return cb_steal_fd(&fd);
}

int cb_memfd_sealed(const char *name, const void *bytes, size_t n, bool executable, struct cb_error *err)
{
    unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    cleanup_close int fd = memfd_create(name, flags | (executable ? MFD_EXEC : 0));
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create(name, flags);
    int code = fd < 0 ? -errno : cb_write_full(fd, bytes, n);
    if (code == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
        code = -errno;
    if (code < 0)
        return cb_fail_errno(err, code, "seal memfd", "cannot make the sealed file %s", name);
    return cb_steal_fd(&fd);
}

static uint32_t landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (uint32_t)abi : 0;
}

int cb_policy_seal(const struct cb_limits *limits, uint64_t memory_bytes, const char *home, uint32_t flags,
                   struct cb_error *err)
{
    struct cb_policy policy = {.magic = CB_POLICY_MAGIC,
                               .memory_bytes = memory_bytes,
                               .file_bytes = limits->file_bytes,
                               .processes = limits->processes,
                               .descriptors = limits->descriptors,
                               .landlock_abi = landlock_abi(),
                               .flags = flags};
    snprintf(policy.home, sizeof policy.home, "%s", home);
    cleanup_close int filter = cb_policy_compile(CB_FILTER_CELL, err);
    if (filter < 0)
        return filter;
    struct stat st;
    if (fstat(filter, &st) < 0)
        return cb_fail_errno(err, -errno, "compile filter", "cannot read the filter");
    size_t bytes = (size_t)st.st_size;
    policy.n_filter = (uint32_t)(bytes / sizeof(struct sock_filter));
    cleanup_free char *image = cb_alloc(sizeof policy + bytes);
    memcpy(image, &policy, sizeof policy);
    if (pread(filter, image + sizeof policy, bytes, 0) != (ssize_t)bytes)
        return cb_fail_errno(err, -EIO, "compile filter", "cannot read the filter");
    return cb_memfd_sealed("cellblock-policy", image, sizeof policy + bytes, false, err);
}
