/*
 * The init of a cell. It is forked ahead of its cell with namespaces, proc, devpts and shm, waits for the
 * spec, mounts the overlays, pivots, enters a user namespace of its own and gives everything up.
 *
 * The user namespace comes last on purpose: mount, net, ipc, uts, pid and cgroup namespaces then belong to
 * the builder's user namespace, so that no capability that a cell might win in its own says anything about
 * them.
 */
#include "sandbox/builder/builder.h"
#include "sandbox/enter.h"
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static struct cb_packet packet; /* the init's own copy after fork */

static int loopback_up(void)
{
    cleanup_close int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (sock < 0 || ioctl(sock, SIOCSIFFLAGS, &lo) < 0)
        return failed("bring up loopback", "lo");
    return 0;
}

/* What needs no spec. */
static int prepare(void)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
        return failed("prctl", "");
    prctl(PR_SET_NAME, "cellblock-init", 0, 0, 0);
    if (sethostname(stage.hostname, strlen(stage.hostname)) < 0)
        return failed("sethostname", stage.hostname);
    int code = loopback_up();
    if (code < 0 || (code = step_cell_proc("/image/proc")) < 0)
        return code;
    if (mount("devpts", "/image/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
              "newinstance,ptmxmode=0666,mode=0620") < 0)
        return failed("mount /dev/pts", "");
    char options[64];
    snprintf(options, sizeof options, "mode=1777,size=%llu", (unsigned long long)stage.shm_bytes);
    if (mount("shm", "/image/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
        return failed("mount /dev/shm", options);
    return 0;
}

/* The list of lowers of one tree, newest first. */
struct overlay {
    const char *lowers[CB_MAX_LOWERS + 3];
    size_t n_lowers;
    const char *upper, *workdir, *target;
};

/* mount(2) takes one page of options. */
static bool page_options(const struct overlay *o, const char *volatility, char page[4096])
{
    size_t n = (size_t)snprintf(page, 4096, "userxattr%s,upperdir=%s,workdir=%s,lowerdir=", volatility,
                                o->upper, o->workdir);
    for (size_t i = 0; i < o->n_lowers && n < 4096; i++)
        n += (size_t)snprintf(page + n, 4096 - n, "%s%s", i ? ":" : "", o->lowers[i]);
    return n < 4095;
}

enum { FS_SET_FLAG = 0, FS_SET_STRING = 1, FS_CREATE = 6 };

/* One option at a time ("lowerdir+", Linux 6.8), for lists longer than a page. */
static int mount_by_steps(const struct overlay *o)
{
    cleanup_close int fs = (int)syscall(SYS_fsopen, "overlay", 1);
    if (fs < 0)
        return -1;
    bool ok = syscall(SYS_fsconfig, fs, FS_SET_FLAG, "userxattr", NULL, 0) == 0;
    (void)syscall(SYS_fsconfig, fs, FS_SET_FLAG, "volatile", NULL, 0);
    ok = ok && syscall(SYS_fsconfig, fs, FS_SET_STRING, "upperdir", o->upper, 0) == 0 &&
         syscall(SYS_fsconfig, fs, FS_SET_STRING, "workdir", o->workdir, 0) == 0;
    for (size_t i = 0; ok && i < o->n_lowers; i++)
        ok = syscall(SYS_fsconfig, fs, FS_SET_STRING, "lowerdir+", o->lowers[i], 0) == 0;
    if (!ok || syscall(SYS_fsconfig, fs, FS_CREATE, NULL, NULL, 0) < 0)
        return -1;
    cleanup_close int m = (int)syscall(SYS_fsmount, fs, 1, 2 | 4 /* NOSUID|NODEV */);
    return m < 0 ? -1 : (int)syscall(SYS_move_mount, m, "", AT_FDCWD, o->target, 4 /* F_EMPTY_PATH */);
}

/* `volatile` (Linux 5.10): without it unmounting syncs the whole file system that the upper lies on. */
static int mount_overlay(const struct overlay *o)
{
    char page[4096];
    if (page_options(o, ",volatile", page)) {
        if (mount("overlay", o->target, "overlay", MS_NOSUID | MS_NODEV, page) == 0)
            return 0;
        if (errno == EINVAL && page_options(o, "", page) &&
            mount("overlay", o->target, "overlay", MS_NOSUID | MS_NODEV, page) == 0)
            return 0;
        return failed("mount overlay", o->target);
    }
    return mount_by_steps(o) < 0 ? failed("mount overlay", o->target) : 0;
}

static int mount_tree(int tree, const char *target)
{
    struct overlay o = {.target = target};
    if (packet.head.counts[tree] > CB_MAX_LOWERS) {
        errno = E2BIG;
        return failed("mount overlay", target);
    }
    for (uint32_t i = 0; i < packet.head.counts[tree]; i++)
        o.lowers[o.n_lowers++] = cb_wire_next(&packet);
    if (tree == CB_TREE_WORK && stage.mask[0])
        o.lowers[o.n_lowers++] = stage.mask;
    if (tree == CB_TREE_WORK && stage.has_workspace)
        o.lowers[o.n_lowers++] = "/workspace";
    if (!o.n_lowers)
        o.lowers[o.n_lowers++] = "/empty";
    o.upper = cb_wire_next(&packet);
    o.workdir = cb_wire_next(&packet);
    if (!o.workdir) {
        errno = EINVAL;
        return failed("mount overlay", target);
    }
    return mount_overlay(&o);
}

static int write_map(const char *path, const char *text)
{
    cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        return failed("write id map", path);
    return 0;
}

static int enter_user_namespace(void)
{
    if (unshare(CLONE_NEWUSER) < 0)
        return failed("user namespace", "");
    char map[32];
    snprintf(map, sizeof map, "%u 0 1", CB_CELL_ID);
    int code = write_map("/proc/self/setgroups", "deny");
    if (code == 0)
        code = write_map("/proc/self/uid_map", map);
    return code < 0 ? code : write_map("/proc/self/gid_map", map);
}

static int mount_trees(void)
{
    char home[300];
    snprintf(home, sizeof home, "/image%s", stage.home);
    if (chdir("/run") < 0)
        return failed("enter run directory", "");
    int code = mount_tree(CB_TREE_WORK, "/image/work");
    if (code == 0)
        code = mount_tree(CB_TREE_TMP, "/image/tmp");
    return code < 0 ? code : mount_tree(CB_TREE_HOME, home);
}

/* From here on init only waits to be killed. Its filter leaves it nothing else. */
static int lock_down(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigsuspend, 6, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_restart_syscall, 5, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendmsg, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 2, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
        return failed("load filter of init", "");
    return 0;
}

static int become(void)
{
    int code = mount_trees();
    if (code < 0 || (code = step_pivot("/image")) < 0 || (code = enter_user_namespace()) < 0)
        return code;
    /* One capability that is worth nothing in a user namespace stays, so that init's set is no subset of a
     * cell's: the cell may then not trace it nor open its /proc files (cap_ptrace_access_check,
     * security/commoncap.c). */
    if ((code = step_drop(1ull << CAP_BLOCK_SUSPEND)) < 0)
        return code;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return failed("prctl", "");
    for (size_t i = 0; i < packet.n_fds; i++)
        if (dup3(packet.fds[i], CB_TASKS_FD + (int)i, O_CLOEXEC) < 0)
            return failed("keep cgroup", "");
    return lock_down();
}

static _Noreturn void init_main(int sock)
{
    signal(SIGCHLD, SIG_IGN); /* orphans of the cell are reaped by the kernel */
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    if (dup2(sock, CB_CONTROL_FD) < 0 || syscall(SYS_close_range, CB_CONTROL_FD + 1, ~0u, 0) < 0)
        _exit(1);
    int code = prepare(), received = cb_wire_receive(CB_CONTROL_FD, &packet);
    if (received < 0)
        _exit(0);
    if (code == 0)
        code = become();
    reply(CB_CONTROL_FD, code, -1);
    if (code < 0)
        _exit(1);
    syscall(SYS_close_range, 0, CB_TASKS_FD - 1, 0);
    syscall(SYS_close_range, CB_TASKS_FD + packet.n_fds, ~0u, 0);
    for (;;)
        sigsuspend(&all);
}

int cell_spawn(struct cell *out)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return failed("socketpair", "");
    uint64_t flags =
        CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    out->pid = step_clone(flags, &out->pidfd);
    if (out->pid == 0)
        init_main(pair[1]);
    int code = out->pid < 0 ? failed("clone namespaces of a cell", "") : 0;
    close(pair[1]);
    if (code < 0) {
        close(pair[0]);
        return code;
    }
    out->sock = pair[0];
    return 0;
}
