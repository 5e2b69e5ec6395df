/* The tests' zygote: linked with cb_enter as the agent is. */
#include "sandbox/enter.h"
#include "tests/sandbox/zygote.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static int receive(struct test_request *request, int *init)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {request, sizeof *request};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    if (recvmsg(3, &m, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof *request)
        return -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    *init = -1;
    if (c)
        memcpy(init, CMSG_DATA(c), sizeof *init);
    return 0;
}

static void answer(const struct test_reply *reply, int pidfd, int result)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)reply, sizeof *reply};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    int fds[2] = {pidfd, result};
    if (pidfd >= 0) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof fds);
        memcpy(CMSG_DATA(c), fds, sizeof fds);
    }
    if (sendmsg(3, &m, MSG_NOSIGNAL) < 0)
        _exit(1);
}

/* In the child: enter, tell how it went, wait until the supervisor has verified, run the probe. */
static _Noreturn void cell(const struct cb_policy *policy, int init, const struct test_request *request,
                           int result)
{
    struct cb_error err = CB_ERROR_INIT;
    struct test_reply reply = {0};
    signal(SIGCHLD, SIG_DFL);
    if (dup2(result, 3) < 0)
        _exit(9);
    /* "outside" never enters and must be refused. */
    int code = strcmp(request->probe, "outside") != 0 ? cb_enter_cell(policy, init, 4, &err) : 0;
    if (code < 0) {
        reply.code = code;
        memcpy(reply.phase, err.phase, sizeof reply.phase);
        memcpy(reply.message, err.message, sizeof reply.message - 1);
    }
    char go;
    if (write(3, &reply, sizeof reply) != sizeof reply || code < 0 || read(3, &go, 1) != 1)
        _exit(9);
    test_probe_run(request->probe, request->argument, 3);
    _exit(0);
}

static void serve(const struct cb_policy *policy, const struct test_request *request, int init)
{
    struct test_reply reply = {0};
    struct cb_error err = CB_ERROR_INIT;
    int pair[2], pidfd = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        _exit(1);
    int code = cb_enter_prepare(init, &err);
    pid_t child = code < 0 ? -1 : fork();
    if (child == 0)
        cell(policy, init, request, pair[1]);
    if (code == 0)
        code = cb_enter_restore(&err);
    close(pair[1]);
    if (child > 0)
        pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    if (code == 0 && cb_read_full(pair[0], &reply, sizeof reply) < 0)
        code = cb_fail(&err, -EIO, CB_EXIT_INTERNAL, "start", "the child died on its way in");
    if (code < 0) {
        reply.code = code;
        memcpy(reply.phase, err.phase, sizeof reply.phase);
        memcpy(reply.message, err.message, sizeof reply.message - 1);
    }
    answer(&reply, pidfd, pair[0]);
    if (pidfd >= 0)
        close(pidfd);
    close(pair[0]);
    close(init);
}

int main(void)
{
    struct cb_error err = CB_ERROR_INIT;
    const struct cb_policy *policy = cb_policy_map(4, &err);
    if (!policy)
        return 3;
    signal(SIGCHLD, SIG_IGN); /* children are reaped at once: their pid namespace waits for it */
    struct test_request request;
    int init;
    while (receive(&request, &init) == 0)
        serve(policy, &request, init);
    return 0;
}
