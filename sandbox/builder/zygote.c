/* The zygote: the sealed agent, exec-ed inside the image root with what setns needs and nothing else. */
#include "sandbox/builder/builder.h"
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MAX_STRINGS 1024

static int mount_zygote_root(void)
{
    char home[300];
    snprintf(home, sizeof home, "/image%s", stage.home);
    int code = step_cell_proc("/image/proc");
    if (code < 0)
        return code;
    if (mount("tmp", "/image/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0 ||
        mount("shm", "/image/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=64m") < 0)
        return failed("mount zygote's tmp", "");
    /* Only ~/.cache outlives the run: a library that greets its user once, and notes that in a dotfile, must greet again. */
    char cache[320];
    snprintf(cache, sizeof cache, "%s/.cache", home);
    if (mount("home", home, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700") < 0 ||
        (stage.has_cache && (mkdir(cache, 0700) < 0 || mount("/cache", cache, NULL, MS_BIND, NULL) < 0)))
        return failed("mount zygote's home", home);
    return step_pivot("/image");
}

#define AGENT_FD 5
#define STATUS_FD 6

/* 0 null, 1 and 2 log, 3 control, 4 policy, 5 agent, 6 status; the last two go away with the exec. */
static int place_descriptors(const struct cb_packet *p, int null, int status)
{
    int source[] = {null, p->fds[2], p->fds[2], p->fds[1], p->fds[3], p->fds[0], status};
    enum { N = sizeof source / sizeof *source };
    for (int i = 0; i < N; i++)
        if ((source[i] = fcntl(source[i], F_DUPFD_CLOEXEC, 64)) < 0)
            return failed("descriptors", "");
    for (int i = 0; i < N; i++)
        if (dup3(source[i], i, i >= AGENT_FD ? O_CLOEXEC : 0) < 0)
            return failed("descriptors", "");
    if (syscall(SYS_close_range, N, ~0u, 0) < 0)
        return failed("descriptors", "");
    return 0;
}

static int restrict_zygote(void)
{
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0)
        return failed("setrlimit", "core");
    /* setns(pidfd, CLONE_NEWPID) asks for CAP_SYS_ADMIN here; over a cell's user namespace the zygote has
     * every capability anyway, because its uid owns it (user_namespaces(7)). */
    int code = step_drop(1ull << CAP_SYS_ADMIN);
    if (code < 0)
        return code;
    struct sock_fprog program = {stage.n_zygote_filter, stage.zygote_filter};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) < 0)
        return failed("load filter of zygote", "");
    return 0;
}

static int become_agent(struct cb_packet *p, int status, char **argv, char **envp)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return failed("prctl", "");
    cleanup_close int null = open("/image/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return failed("open /dev/null", "image");
    int code = mount_zygote_root();
    if (code < 0 || (code = place_descriptors(p, null, status)) < 0)
        return code;
    null = -1; /* closed with the rest */
    setsid();
    if ((code = restrict_zygote()) < 0)
        return code;
    syscall(SYS_execveat, AGENT_FD, "", argv, envp, AT_EMPTY_PATH);
    return failed("exec agent", argv[0] ? argv[0] : "");
}

static _Noreturn void zygote_main(struct cb_packet *p, int status, char **argv, char **envp)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int code = become_agent(p, status, argv, envp);
    /* Where the descriptors were already in place, the status socket has moved. */
    if (reply(status, code, -1) < 0)
        reply(STATUS_FD, code, -1);
    _exit(127);
}

/* Wait for the end of the status socket, which the exec closes; a packet on it is a failure. */
static int wait_for_exec(int status)
{
    static struct cb_packet answer;
    int code = cb_wire_receive(status, &answer);
    if (code == -EPIPE)
        return 0;
    if (code < 0) {
        errno = -code;
        return failed("start zygote", "");
    }
    const char *phase = cb_wire_next(&answer), *what = cb_wire_next(&answer);
    errno = -answer.head.number;
    return failed(phase ? phase : "start zygote", what ? what : "");
}

int zygote_spawn(struct cb_packet *p, int *pidfd)
{
    static char *strings[MAX_STRINGS + 2];
    uint32_t argc = (uint32_t)p->head.number, n = p->head.n_strings;
    if (n > MAX_STRINGS || argc > n || p->n_fds != 4) {
        errno = E2BIG;
        return failed("start zygote", "arguments");
    }
    for (uint32_t i = 0; i < n; i++) /* argv, NULL, envp, NULL */
        strings[i < argc ? i : i + 1] = (char *)(uintptr_t)cb_wire_next(p);
    strings[argc] = strings[n + 1] = NULL;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return failed("socketpair", "");
    pid_t pid = step_clone(CLONE_NEWNS, pidfd);
    if (pid == 0)
        zygote_main(p, pair[1], strings, strings + argc + 1);
    int code = pid < 0 ? failed("clone zygote", "") : 0;
    close(pair[1]);
    if (code == 0 && (code = wait_for_exec(pair[0])) < 0)
        close(*pidfd);
    close(pair[0]);
    return code;
}
