#include "tests/sandbox/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static const struct cb_mount image[] = {
    {CB_MOUNT_BIND, "/usr", "/usr"},
    {CB_MOUNT_SYMLINK, "/bin", "usr/bin"},
    {CB_MOUNT_SYMLINK, "/sbin", "usr/sbin"},
    {CB_MOUNT_SYMLINK, "/lib", "usr/lib"},
    {CB_MOUNT_SYMLINK, "/lib64", "usr/lib64"},
    {CB_MOUNT_FILE, "/etc/passwd", "cell:x:1000:1000::/home/cell:/bin/sh\n"},
    {CB_MOUNT_BIND, "/etc/ld.so.cache", "/etc/ld.so.cache"},
    {CB_MOUNT_DEVICE, "/dev/null", "/dev/null"},
    {CB_MOUNT_DEVICE, "/dev/zero", "/dev/zero"},
    {CB_MOUNT_DEVICE, "/dev/full", "/dev/full"},
    {CB_MOUNT_DEVICE, "/dev/random", "/dev/random"},
    {CB_MOUNT_DEVICE, "/dev/urandom", "/dev/urandom"},
    {CB_MOUNT_SYMLINK, "/dev/ptmx", "pts/ptmx"},
    {CB_MOUNT_SYMLINK, "/dev/fd", "/proc/self/fd"},
    {CB_MOUNT_DIR, "/var/empty", NULL},
};

#define assert_ok(code, err)                                                                                 \
    do {                                                                                                     \
        if ((code) < 0)                                                                                      \
            fail_msg("%s: %s [%s]", (err).phase, (err).message, (err).remedy);                               \
    } while (0)

static int make_dir(int at, const char *name, bool for_cells)
{
    assert_return_code(mkdirat(at, name, 0755), errno);
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    if (for_cells && geteuid() == 0)
        assert_return_code(fchown(fd, cb_sandbox_host_id(), cb_sandbox_host_id()), errno);
    return fd;
}

void harness_dirs(struct harness *h)
{
    memset(h, 0, sizeof *h);
    const char *tmp = getenv("TMPDIR");
    snprintf(h->dir, sizeof h->dir, "%.40s/cb-sandbox-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(h->dir));
    assert_return_code(chmod(h->dir, 0755), errno);
    h->dir_fd = open(h->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    h->run_fd = make_dir(h->dir_fd, "run", true);
    h->workspace_fd = make_dir(h->dir_fd, "workspace", false);
    h->control = h->zygote = -1;
}

void harness_open(struct harness *h, const struct cb_limits *limits)
{
    struct cb_error err = CB_ERROR_INIT;
    static const struct cb_limits generous = {.shm_bytes = 16 << 20, .processes = 64, .descriptors = 1024};
    struct cb_sandbox_config config = {.mounts = image,
                                       .n_mounts = sizeof image / sizeof *image,
                                       .workspace_fd = h->workspace_fd,
                                       .mask_fd = -1,
                                       .run_fd = h->run_fd,
                                       .home = "/home/cell",
                                       .hostname = "cellblock",
                                       .cache_fd = -1,
                                       .limits = limits ? *limits : generous};
    int code = cb_sandbox_open(&config, &h->sandbox, &err);
    assert_ok(code, err);
    int pair[2];
    assert_return_code(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), errno);
    h->control = pair[0];
    const char *inherited = getenv("CB_TEST_ZYGOTE_FD");
    int agent = inherited ? dup(atoi(inherited)) : open(CB_TEST_ZYGOTE_PATH, O_RDONLY | O_CLOEXEC);
    assert_true(agent >= 0);
    char *argv[] = {(char *)(uintptr_t) "zygote", NULL},
         *envp[] = {(char *)(uintptr_t) "HOME=/home/cell", NULL};
    h->zygote = cb_sandbox_zygote(h->sandbox, agent, argv, envp, pair[1], STDERR_FILENO, &err);
    assert_ok(h->zygote, err);
    close(agent);
    close(pair[1]);
}

void harness_close(struct harness *h)
{
    cb_sandbox_close(h->sandbox);
    int fds[] = {h->control, h->zygote, h->run_fd, h->workspace_fd, h->dir_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    assert_int_equal(cb_remove_tree(AT_FDCWD, h->dir), 0);
}

void harness_cell_dirs(struct harness *h, struct harness_cell *c, struct cb_cell_spec *spec)
{
    *c = (struct harness_cell){.pidfd = -1, .result = -1};
    *spec = (struct cb_cell_spec){.index = (int)h->n_cells};
    for (int t = 0; t < CB_TREES; t++) {
        snprintf(c->upper[t], sizeof c->upper[t], "u%u-%d", h->n_cells, t);
        snprintf(c->work[t], sizeof c->work[t], "w%u-%d", h->n_cells, t);
        close(make_dir(h->run_fd, c->upper[t], true));
        close(make_dir(h->run_fd, c->work[t], true));
        spec->upper[t] = c->upper[t];
        spec->workdir[t] = c->work[t];
    }
    h->n_cells++;
}

int harness_cell_open(struct harness *h, struct harness_cell *c, const char *const *lowers, size_t n,
                      struct cb_error *err)
{
    struct cb_cell_spec spec;
    harness_cell_dirs(h, c, &spec);
    spec.lowers[CB_TREE_WORK] = lowers;
    spec.n_lowers[CB_TREE_WORK] = n;
    return cb_cell_open(h->sandbox, &spec, &c->cell, err);
}

static void send_request(int sock, const char *probe, int64_t argument, int init)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct test_request request = {.argument = argument};
    snprintf(request.probe, sizeof request.probe, "%s", probe);
    struct iovec part = {&request, sizeof request};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof init);
    memcpy(CMSG_DATA(c), &init, sizeof init);
    assert_return_code(sendmsg(sock, &m, MSG_NOSIGNAL), errno);
}

void harness_enter(struct harness *h, struct harness_cell *c, const char *probe, int64_t argument)
{
    send_request(h->control, probe, argument, c->cell.init_pidfd);
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct test_reply reply;
    struct iovec part = {&reply, sizeof reply};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    assert_int_equal(recvmsg(h->control, &m, MSG_CMSG_CLOEXEC), sizeof reply);
    if (reply.code < 0)
        fail_msg("enter: %s: %s", reply.phase, reply.message);
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&m);
    assert_non_null(cmsg);
    int fds[2];
    memcpy(fds, CMSG_DATA(cmsg), sizeof fds);
    c->pidfd = fds[0];
    c->result = fds[1];
}

char *harness_result(struct harness_cell *c)
{
    struct cb_buffer text = {0};
    char part[4096];
    cb_buffer_adds(&text, "");
    (void)!write(c->result, "g", 1); /* it waits for our verdict before it runs the probe */
    for (ssize_t n; (n = read(c->result, part, sizeof part)) > 0;)
        cb_buffer_add(&text, part, (size_t)n);
    return text.text;
}

void harness_cell_close(struct harness *h, struct harness_cell *c, struct cb_cell_usage *usage)
{
    struct cb_error err = CB_ERROR_INIT;
    int code = cb_cell_close(h->sandbox, &c->cell, 10, usage, &err);
    assert_ok(code, err);
    if (c->pidfd >= 0)
        close(c->pidfd);
    if (c->result >= 0)
        close(c->result);
}

char *harness_run(struct harness *h, const char *probe, int64_t argument)
{
    struct harness_cell c;
    struct cb_error err = CB_ERROR_INIT;
    int code = harness_cell_open(h, &c, NULL, 0, &err);
    assert_ok(code, err);
    harness_enter(h, &c, probe, argument);
    code = cb_cell_verify(h->sandbox, &c.cell, c.pidfd, &err);
    assert_ok(code, err);
    char *text = harness_result(&c);
    harness_cell_close(h, &c, NULL);
    return text;
}
