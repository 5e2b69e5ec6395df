/* The builder's loop: init of the run's pid namespace, servant of the supervisor. */
#include "sandbox/builder/builder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct stage stage;
static struct cb_packet packet, answer;
static struct cell spare = {.pid = -1};
static struct {
    char phase[32], what[200];
} report;

int failed(const char *phase, const char *what)
{
    int code = errno ? -errno : -EIO;
    strncpy(report.phase, phase, sizeof report.phase - 1);
    strncpy(report.what, what, sizeof report.what - 1);
    return code;
}

int reply(int sock, int code, int fd)
{
    cb_wire_start(&answer, CB_WIRE_REPLY, code < 0 ? code : 0);
    if (code < 0) {
        cb_wire_add(&answer, report.phase);
        cb_wire_add(&answer, report.what);
    } else if (fd >= 0) {
        cb_wire_add_fd(&answer, fd);
    }
    return cb_wire_send(sock, &answer);
}

static void drop_spare(void)
{
    if (spare.pid < 0)
        return;
    close(spare.sock);
    close(spare.pidfd);
    spare.pid = -1;
}

/* Hand the spec to the spare init and wait for its word; it says itself what failed. */
static int open_cell(int *pidfd)
{
    int code = spare.pid < 0 ? cell_spawn(&spare) : 0;
    if (code < 0)
        return code;
    code = cb_wire_send(spare.sock, &packet);
    if (code == 0)
        code = cb_wire_receive(spare.sock, &answer);
    if (code < 0) {
        errno = code == -EPIPE ? ECHILD : -code;
        code = failed("start cell", "init died");
    } else if (answer.head.number < 0) {
        const char *phase = cb_wire_next(&answer), *what = cb_wire_next(&answer);
        errno = -answer.head.number;
        code = failed(phase ? phase : "", what ? what : "");
    }
    if (code == 0) {
        *pidfd = spare.pidfd;
        spare.pidfd = -1;
        close(spare.sock);
        spare.pid = -1;
        return 0;
    }
    drop_spare();
    return code;
}

static void serve(void)
{
    int pidfd = -1, code = -1;
    switch (packet.head.kind) {
    case CB_WIRE_MOUNT:
        code = stage_take_mount(&packet);
        break;
    case CB_WIRE_PLACE:
        code = stage_take_place(&packet);
        break;
    case CB_WIRE_ASSEMBLE:
        code = stage_assemble(&packet);
        break;
    case CB_WIRE_ZYGOTE:
        code = zygote_spawn(&packet, &pidfd);
        break;
    case CB_WIRE_CELL:
        code = open_cell(&pidfd);
        break;
    default:
        errno = EBADMSG;
        code = failed("request", "unknown");
    }
    /* Entries of the image are only answered when they fail: the answer to ASSEMBLE covers them. */
    bool quiet = packet.head.kind == CB_WIRE_MOUNT || packet.head.kind == CB_WIRE_PLACE;
    if ((!quiet || code < 0) && reply(CB_CONTROL_FD, code, pidfd) < 0)
        _exit(1);
    if (quiet && code < 0)
        _exit(1);
    cb_wire_close(&packet);
    if (pidfd >= 0)
        close(pidfd);
}

static void reap(int signals)
{
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) > 0)
        ;
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;)
        if (pid == spare.pid)
            drop_spare();
}

int main(void)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return 1;
    prctl(PR_SET_NAME, "cellblock-build", 0, 0, 0);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0)
        for (int i = 0; i < 3; i++)
            dup2(null, i);
    if (null > 3)
        close(null);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_SETMASK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0)
        return 1;
    /* The supervisor's end closes with it: should it have died before PDEATHSIG was set, the read below says
     * so. */
    for (;;) {
        struct pollfd ready[2] = {{CB_CONTROL_FD, POLLIN, 0}, {signals, POLLIN, 0}};
        if (poll(ready, 2, -1) < 0 && errno != EINTR)
            return 1;
        if (ready[1].revents)
            reap(signals);
        if (!ready[0].revents)
            continue;
        if (cb_wire_receive(CB_CONTROL_FD, &packet) < 0)
            return 0;
        serve();
        /* The next cell's namespaces are made while nobody waits for them. */
        if (packet.head.kind == CB_WIRE_CELL || packet.head.kind == CB_WIRE_ZYGOTE)
            if (spare.pid < 0 && cell_spawn(&spare) < 0)
                spare.pid = -1;
    }
}
