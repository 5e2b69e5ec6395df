#include "sandbox/private.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

pid_t cb_pidfd_pid(int pidfd)
{
    char path[48], line[128];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    cleanup_file FILE *f = fopen(path, "re");
    int pid = -1;
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Pid: %d", &pid) == 1)
            break;
    return pid > 0 ? pid : -ESRCH;
}

bool cb_pidfd_alive(int pidfd)
{
    return syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0;
}

int cb_pidfd_kill(int pidfd)
{
    return syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) < 0 ? -errno : 0;
}

int cb_pidfd_wait(int pidfd, double seconds)
{
    double end = cb_monotonic() + seconds;
    for (;;) {
        double left = end - cb_monotonic();
        struct pollfd p = {pidfd, POLLIN, 0};
        int n = poll(&p, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return -errno;
        if (left <= 0)
            return -ETIMEDOUT;
    }
}

/* Failures of the builder are the host's: it does nothing but ask the kernel for namespaces and mounts. */
static int read_answer(struct cb_sandbox *s, int *fd, struct cb_error *err)
{
    struct cb_packet *p = &s->packet;
    int code = cb_wire_receive(s->control, p);
    if (code < 0)
        return cb_fail(err, code, CB_EXIT_INTERNAL, "builder", "The sandbox's builder is gone.");
    if (p->head.number < 0) {
        const char *phase = cb_wire_next(p), *what = cb_wire_next(p);
        code = p->head.number;
        cb_wire_close(p);
        return cb_fail_errno(err, code, phase, "The sandbox cannot be built at \"%s%s%s\"",
                             phase ? phase : "", what && *what ? " " : "", what ? what : "");
    }
    if (fd && p->n_fds == 1)
        *fd = cb_steal_fd(&p->fds[0]);
    cb_wire_close(p);
    return 0;
}

static int send_only(struct cb_sandbox *s, struct cb_error *err)
{
    int code = cb_wire_send(s->control, &s->packet);
    s->packet.n_fds = 0; /* borrowed */
    if (code == -EPIPE)  /* it died of an earlier request; its last words are still in the socket */
        return read_answer(s, NULL, err);
    return code < 0 ? cb_fail_errno(err, code, "builder", "The sandbox's builder cannot be reached") : 0;
}

int cb_builder_ask(struct cb_sandbox *s, int *fd, struct cb_error *err)
{
    int code = send_only(s, err);
    return code < 0 ? code : read_answer(s, fd, err);
}

static int send_mount(struct cb_sandbox *s, const struct cb_mount *m, struct cb_error *err)
{
    bool binds = m->kind == CB_MOUNT_BIND || m->kind == CB_MOUNT_DEVICE;
    cleanup_close int fd = -1;
    cb_wire_start(&s->packet, CB_WIRE_MOUNT, (int32_t)m->kind);
    cb_wire_add(&s->packet, m->target);
    cb_wire_add(&s->packet, m->source ? m->source : "");
    if (s->root && binds) {
        fd = cb_mount_clone(AT_FDCWD, m->source, m->kind == CB_MOUNT_DEVICE ? CB_CLONE_DEVICE : 0, -1);
        if (fd < 0) {
            int code = fd;
            cb_fail_errno(err, code, "bind", "%s cannot be made part of the image", m->source);
            cb_host_remedy(err);
            return code;
        }
        cb_wire_add_fd(&s->packet, fd);
    }
    return send_only(s, err);
}

static int path_of(int fd, char *path, size_t size, struct cb_error *err)
{
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(self, path, size - 1);
    if (n < 0)
        return cb_fail_errno(err, -errno, "open directory", "descriptor %d has no path", fd);
    path[n] = '\0';
    return 0;
}

/* As root the workspace's owner becomes the cell's id by an idmapped mount. Where the file system has none
 * (or the kernel is older than 5.12) a plain bind shows what others may read. */
static int clone_place(enum cb_wire_place place, int fd, const struct stat *st)
{
    if (place != CB_PLACE_WORKSPACE)
        return cb_mount_clone(fd, "", CB_CLONE_WRITE, -1);
    if (st->st_uid != cb_sandbox_host_id()) {
        cleanup_close int map = cb_idmap_open(st->st_uid, st->st_gid);
        int mapped = map < 0 ? map : cb_mount_clone(fd, "", 0, map);
        if (mapped >= 0)
            return mapped;
    }
    return cb_mount_clone(fd, "", 0, -1);
}

static int send_place(struct cb_sandbox *s, enum cb_wire_place place, int fd, struct cb_error *err)
{
    if (fd < 0)
        return 0;
    char path[4096];
    struct stat st;
    int code = path_of(fd, path, sizeof path, err);
    if (code < 0)
        return code;
    if (fstat(fd, &st) < 0)
        return cb_fail_errno(err, -errno, "open directory", "cannot read %s", path);
    cb_wire_start(&s->packet, CB_WIRE_PLACE, (int32_t)place);
    cb_wire_add(&s->packet, path);
    s->packet.head.device = st.st_dev;
    s->packet.head.inode = st.st_ino;
    cleanup_close int mount_fd = -1;
    if (s->root) {
        mount_fd = clone_place(place, fd, &st);
        if (mount_fd < 0)
            return cb_fail_errno(err, mount_fd, "bind", "%s cannot be mounted for the sandbox", path);
        cb_wire_add_fd(&s->packet, mount_fd);
    }
    return send_only(s, err);
}

/* The mask as a path below the run directory. */
static int mask_path(const struct cb_sandbox_config *c, char out[4096], struct cb_error *err)
{
    char run[4096], mask[4096];
    out[0] = '\0';
    if (c->mask_fd < 0)
        return 0;
    int code = path_of(c->run_fd, run, sizeof run, err);
    if (code < 0 || (code = path_of(c->mask_fd, mask, sizeof mask, err)) < 0)
        return code;
    size_t n = strlen(run);
    if (strncmp(mask, run, n) != 0 || mask[n] != '/')
        return cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "mask", "The mask does not lie in the run directory.");
    strcpy(out, mask + n + 1);
    return 0;
}

static int assemble(struct cb_sandbox *s, const struct cb_sandbox_config *c, struct cb_error *err)
{
    char mask[4096];
    int code = mask_path(c, mask, err);
    for (size_t i = 0; code == 0 && i < c->n_mounts; i++)
        code = send_mount(s, &c->mounts[i], err);
    if (code < 0 || (code = send_place(s, CB_PLACE_RUN, c->run_fd, err)) < 0 ||
        (code = send_place(s, CB_PLACE_WORKSPACE, c->workspace_fd, err)) < 0 ||
        (code = send_place(s, CB_PLACE_CACHE, c->cache_fd, err)) < 0)
        return code;
    cleanup_close int filter = cb_policy_compile(CB_FILTER_ZYGOTE, err);
    if (filter < 0)
        return filter;
    cb_wire_start(&s->packet, CB_WIRE_ASSEMBLE, 0);
    cb_wire_add(&s->packet, c->home);
    cb_wire_add(&s->packet, c->hostname);
    cb_wire_add(&s->packet, mask);
    cb_wire_add_fd(&s->packet, filter);
    s->packet.head.size = c->limits.shm_bytes ? c->limits.shm_bytes : 64ull << 20;
    code = cb_builder_ask(s, NULL, err);
    if (code < 0 && err && err->code == code) {
        err->exit = CB_EXIT_HOST;
        cb_host_remedy(err);
    }
    return code;
}

int cb_sandbox_open(const struct cb_sandbox_config *config, struct cb_sandbox **out, struct cb_error *err)
{
    struct cb_sandbox *s = cb_alloc(sizeof *s);
    s->control = s->policy_fd = s->builder_pidfd = -1;
    s->root = cb_sandbox_is_root();
    s->limits = config->limits;
    int code = cb_builder_start(s, err);
    if (code == 0)
        code = assemble(s, config, err);
    if (code == 0) {
        s->cgroups = cb_cgroups_open(&config->limits);
        uint64_t memory = cb_cgroups_memory(s->cgroups) ? 0 : config->limits.memory_bytes;
        s->policy_fd = cb_policy_seal(&config->limits, memory, config->home, 0, err);
        code = s->policy_fd < 0 ? s->policy_fd : 0;
    }
    if (code < 0) {
        cb_sandbox_close(s);
        return code;
    }
    *out = s;
    return 0;
}

void cb_sandbox_close(struct cb_sandbox *s)
{
    if (!s)
        return;
    if (s->builder > 0) {
        cb_pidfd_kill(s->builder_pidfd);
        /* The builder is the init of the run's pid namespace: it is gone when all below it is gone. */
        while (waitid(P_PIDFD, (id_t)s->builder_pidfd, &(siginfo_t){0}, WEXITED) < 0 && errno == EINTR)
            ;
    }
    cb_cgroups_close(s->cgroups);
    int fds[] = {s->builder_pidfd, s->control, s->policy_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(s);
}

/* Copy an executable into a sealed memfd, so that what runs cannot be overwritten from inside
 * (CVE-2019-5736). */
static int seal_copy(int fd, struct cb_error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || st.st_size <= 0 || st.st_size > 256 << 20)
        return cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "seal agent",
                       "The agent is no file of a sensible size.");
    size_t n = (size_t)st.st_size, at = 0;
    cleanup_free char *bytes = cb_alloc(n);
    while (at < n) {
        ssize_t got = pread(fd, bytes + at, n - at, (off_t)at);
        if (got <= 0)
            return cb_fail_errno(err, got < 0 ? -errno : -EIO, "seal agent", "The agent cannot be read");
        at += (size_t)got;
    }
    return cb_memfd_sealed("cellblock-agent", bytes, n, true, err);
}

int cb_sandbox_zygote(struct cb_sandbox *s, int agent_fd, char *const argv[], char *const envp[],
                      int control_fd, int log_fd, struct cb_error *err)
{
    cleanup_close int agent = seal_copy(agent_fd, err);
    if (agent < 0)
        return agent;
    int argc = 0, pidfd = -1;
    while (argv[argc])
        argc++;
    cb_wire_start(&s->packet, CB_WIRE_ZYGOTE, argc);
    for (int i = 0; argv[i]; i++)
        cb_wire_add(&s->packet, argv[i]);
    for (int i = 0; envp[i]; i++)
        cb_wire_add(&s->packet, envp[i]);
    const int fds[] = {agent, control_fd, log_fd, s->policy_fd};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        cb_wire_add_fd(&s->packet, fds[i]);
    int code = cb_builder_ask(s, &pidfd, err);
    return code < 0 ? code : pidfd;
}
