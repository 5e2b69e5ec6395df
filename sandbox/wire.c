#include "sandbox/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

void cb_wire_start(struct cb_packet *p, enum cb_wire_kind kind, int32_t number)
{
    memset(&p->head, 0, sizeof p->head);
    p->head.kind = kind;
    p->head.number = number;
    p->length = p->at = p->n_fds = 0;
}

void cb_wire_add(struct cb_packet *p, const char *s)
{
    size_t n = strlen(s) + 1;
    if (p->length > CB_WIRE_TEXT || n > CB_WIRE_TEXT - p->length) {
        p->length = CB_WIRE_TEXT + 1;
        return;
    }
    memcpy(p->text + p->length, s, n);
    p->length += n;
    p->head.n_strings++;
}

void cb_wire_add_fd(struct cb_packet *p, int fd)
{
    p->fds[p->n_fds++] = fd;
}

int cb_wire_send(int sock, const struct cb_packet *p)
{
    if (p->length > CB_WIRE_TEXT)
        return -E2BIG;
    union {
        char bytes[CMSG_SPACE(sizeof(int) * CB_WIRE_FDS)];
        struct cmsghdr align;
    } control = {0};
    struct iovec parts[2] = {{(void *)(uintptr_t)&p->head, sizeof p->head},
                             {(void *)(uintptr_t)p->text, p->length}};
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
    if (p->n_fds) {
        m.msg_control = control.bytes;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * p->n_fds);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * p->n_fds);
        memcpy(CMSG_DATA(c), p->fds, sizeof(int) * p->n_fds);
    }
    ssize_t sent;
    do
        sent = sendmsg(sock, &m, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? (errno == ECONNRESET ? -EPIPE : -errno) : 0;
}

static void take_fds(struct cb_packet *p, struct msghdr *m)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n && p->n_fds < CB_WIRE_FDS; i++)
            memcpy(&p->fds[p->n_fds++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
    }
}

int cb_wire_receive(int sock, struct cb_packet *p)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int) * CB_WIRE_FDS)];
        struct cmsghdr align;
    } control;
    struct iovec parts[2] = {{&p->head, sizeof p->head}, {p->text, sizeof p->text}};
    struct msghdr m = {.msg_iov = parts,
                       .msg_iovlen = 2,
                       .msg_control = control.bytes,
                       .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do
        got = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    p->length = p->at = p->n_fds = 0;
    if (got < 0)
        return errno == ECONNRESET ? -EPIPE : -errno;
    if (got == 0)
        return -EPIPE;
    take_fds(p, &m);
    if ((size_t)got < sizeof p->head || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
        cb_wire_close(p);
        return -EBADMSG;
    }
    p->length = (size_t)got - sizeof p->head;
    if (p->length && p->text[p->length - 1] != '\0') {
        cb_wire_close(p);
        return -EBADMSG;
    }
    return 0;
}

const char *cb_wire_next(struct cb_packet *p)
{
    if (p->at >= p->length)
        return NULL;
    const char *s = p->text + p->at;
    p->at += strlen(s) + 1;
    return s;
}

void cb_wire_close(struct cb_packet *p)
{
    for (size_t i = 0; i < p->n_fds; i++)
        if (p->fds[i] >= 0)
            close(p->fds[i]);
    p->n_fds = 0;
}

int cb_mount_clone(int dirfd, const char *path, unsigned flags, int idmap_fd)
{
    unsigned base = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
    int recursive = 0;
    int fd = (int)syscall(SYS_open_tree, dirfd, path, base);
    if (fd < 0 && errno == EINVAL) {
        /* In a user namespace a directory that others mounted something below can only be taken with what
         * lies on it (has_locked_children in fs/namespace.c). */
        recursive = AT_RECURSIVE;
        fd = (int)syscall(SYS_open_tree, dirfd, path, base | AT_RECURSIVE);
    }
    if (fd < 0)
        return -errno;
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY};
    if (flags & CB_CLONE_DEVICE)
        attr.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    if (flags & CB_CLONE_WRITE)
        attr.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    if (idmap_fd >= 0) {
        attr.attr_set |= MOUNT_ATTR_IDMAP;
        attr.userns_fd = (unsigned)idmap_fd;
    }
    attr.propagation = 1u << 18; /* MS_PRIVATE */
    if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | recursive, &attr, sizeof attr) < 0) {
        int code = -errno;
        close(fd);
        return code;
    }
    return fd;
}
