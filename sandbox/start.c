/* Starting the builder: ids, namespaces, and what to tell a user whose host forbids them. */
#include "sandbox/private.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern const char cb_builder_image[], cb_builder_image_end[];

bool cb_sandbox_is_root(void)
{
    return geteuid() == 0;
}

/* In a user namespace of the host's (rootless containers) CB_HOST_ID need not be mapped: then the last id
 * that is. */
uid_t cb_sandbox_host_id(void)
{
    if (!cb_sandbox_is_root())
        return geteuid();
    cleanup_file FILE *f = fopen("/proc/self/uid_map", "re");
    unsigned long long inside, outside, count, last = 0;
    while (f && fscanf(f, "%llu %llu %llu", &inside, &outside, &count) == 3) {
        if (inside <= CB_HOST_ID && CB_HOST_ID - inside < count)
            return CB_HOST_ID;
        if (count && inside + count - 1 > last)
            last = inside + count - 1;
    }
    return last ? (uid_t)last : CB_HOST_ID;
}

static long read_number(const char *path)
{
    char text[32] = "";
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return -1;
    return strtol(text, NULL, 10);
}

void cb_host_remedy(struct cb_error *err)
{
    if (read_number("/proc/sys/user/max_user_namespaces") == 0)
        cb_error_remedy(err, "Allow user namespaces: sysctl -w user.max_user_namespaces=15000");
    else if (read_number("/proc/sys/kernel/unprivileged_userns_clone") == 0)
        cb_error_remedy(err, "Allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1");
    else if (read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
        cb_error_remedy(err,
                        "Allow user namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
    else
        cb_error_remedy(err, "Run cellblock doctor; in a container, allow it to make namespaces and mounts "
                             "(docker: --security-opt seccomp=unconfined --cap-add SYS_ADMIN, "
                             "--security-opt systempaths=unconfined).");
}

static pid_t clone_process(uint64_t flags, int *pidfd)
{
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = SIGCHLD};
    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

static int write_proc(pid_t pid, const char *file, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int write_maps(pid_t pid, unsigned inside_uid, unsigned outside_uid, unsigned inside_gid,
                      unsigned outside_gid, bool deny_setgroups)
{
    char map[48];
    int code = deny_setgroups ? write_proc(pid, "setgroups", "deny") : 0;
    snprintf(map, sizeof map, "%u %u 1", inside_uid, outside_uid);
    if (code == 0)
        code = write_proc(pid, "uid_map", map);
    snprintf(map, sizeof map, "%u %u 1", inside_gid, outside_gid);
    return code < 0 ? code : write_proc(pid, "gid_map", map);
}

int cb_idmap_open(uid_t uid, gid_t gid)
{
    int pidfd = -1;
    pid_t pid = clone_process(CLONE_NEWUSER, &pidfd);
    if (pid < 0)
        return -errno;
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        for (;;)
            pause();
    }
    uid_t host = cb_sandbox_host_id();
    int code = write_maps(pid, uid, host, gid, host, false), fd = -1;
    if (code == 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        code = fd < 0 ? -errno : 0;
    }
    cb_pidfd_kill(pidfd);
    waitid(P_PIDFD, (id_t)pidfd, &(siginfo_t){0}, WEXITED);
    close(pidfd);
    return code < 0 ? code : fd;
}

/* Between clone and exec: system calls only, because another thread may have held any lock. */
static _Noreturn void builder_exec(int image, int control, int go, bool root)
{
    char word;
    static char *const argv[] = {(char *)(uintptr_t) "cellblock-builder", NULL}, *const envp[] = {NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int code = 0;
    if (read(go, &word, 1) != 1) /* the supervisor died, or could not write the maps */
        _exit(1);
    if (root && syscall(SYS_setgroups, 0, NULL) < 0)
        code = -errno;
    if (code == 0 && (syscall(SYS_setresgid, 0, 0, 0) < 0 || syscall(SYS_setresuid, 0, 0, 0) < 0))
        code = -errno;
    if (code == 0 && dup2(control, 3) < 0)
        code = -errno;
    if (code == 0 && syscall(SYS_close_range, 4, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
        code = -errno;
    if (code == 0)
        syscall(SYS_execveat, image, "", argv, envp, AT_EMPTY_PATH);
    _exit(2);
}

static int host_failure(struct cb_error *err, int code, const char *phase, const char *what)
{
    cb_fail_errno(err, code, phase, "This host does not let cellblock %s", what);
    if (err)
        err->exit = CB_EXIT_HOST;
    cb_host_remedy(err);
    return code;
}

int cb_builder_start(struct cb_sandbox *s, struct cb_error *err)
{
    size_t size = (size_t)(cb_builder_image_end - cb_builder_image);
    cleanup_close int image = cb_memfd_sealed("cellblock-builder", cb_builder_image, size, true, err);
    if (image < 0)
        return image;
    /* Duplicated above 3, where the builder expects its control socket. */
    cleanup_close int high = fcntl(image, F_DUPFD_CLOEXEC, 16);
    int pair[2], go[2];
    if (high < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return cb_fail_errno(err, -errno, "start builder", "cannot make a socket");
    s->control = pair[0];
    cleanup_close int theirs = pair[1];
    if (pipe2(go, O_CLOEXEC) < 0)
        return cb_fail_errno(err, -errno, "start builder", "cannot make a pipe");
    cleanup_close int go_read = go[0], go_write = go[1];
    uint64_t flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    s->builder = clone_process(flags, &s->builder_pidfd);
    if (s->builder < 0) {
        int code = -errno;
        s->builder = 0;
        return host_failure(err, code, "user namespace", "make user namespaces");
    }
    if (s->builder == 0) {
        close(go_write);
        builder_exec(high, theirs, go_read, s->root);
    }
    uid_t host = cb_sandbox_host_id();
    int code = write_maps(s->builder, 0, host, 0, s->root ? host : getegid(), !s->root);
    if (code < 0)
        return host_failure(err, code, "id map", "map user ids into a namespace");
    if (write(go_write, "g", 1) != 1)
        return cb_fail_errno(err, -errno, "start builder", "cannot start the builder");
    return 0;
}
