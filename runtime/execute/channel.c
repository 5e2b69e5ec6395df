#include "runtime/execute/channel.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

void cb_channel_close(struct cb_channel *channel)
{
    if (channel->fd >= 0)
        close(channel->fd);
    channel->fd = -1;
    cb_buffer_free(&channel->partial);
}

static int parse(const char *text, size_t length, json_t **frame)
{
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!json_is_object(value)) {
        json_decref(value);
        return -EPROTO;
    }
    *frame = value;
    return 1;
}

int cb_channel_receive(struct cb_channel *channel, json_t **frame)
{
    for (;;) {
        char packet[CB_CHUNK + 64];
        /* No room for control messages: the kernel throws descriptors away that a cell tries to pass (unix(7)). */
        ssize_t n = recv(channel->fd, packet, sizeof packet, MSG_DONTWAIT | MSG_TRUNC);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return 0;
        if (n <= 0)
            return -EPIPE;
        if ((size_t)n > sizeof packet || (packet[0] != 'M' && packet[0] != 'E'))
            return -EPROTO;
        if (channel->partial.length + (size_t)n > CB_FRAME_MAX)
            return -EPROTO;
        if (packet[0] == 'E' && channel->partial.length == 0)
            return parse(packet + 1, (size_t)n - 1, frame);
        cb_buffer_add(&channel->partial, packet + 1, (size_t)n - 1);
        if (packet[0] == 'M')
            continue;
        int result = parse(channel->partial.text, channel->partial.length, frame);
        cb_buffer_free(&channel->partial);
        return result;
    }
}

static int send_packet(int socket, const void *bytes, size_t n, const int *fds, size_t n_fds, int flags)
{
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = n};
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(8 * sizeof(int))];
    } control = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (n_fds > 0) {
        message.msg_control = control.space;
        message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(header), fds, n_fds * sizeof(int));
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, flags | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int cb_channel_send(struct cb_channel *channel, json_t *frame, int fd, double seconds)
{
    cleanup_free char *text = json_dumps(frame, JSON_COMPACT);
    json_decref(frame);
    if (!text)
        return -EPROTO;
    double deadline = cb_monotonic() + seconds;
    size_t length = strlen(text), at = 0;
    do {
        char packet[CB_CHUNK + 1];
        size_t n = length - at < CB_CHUNK ? length - at : CB_CHUNK;
        packet[0] = at + n == length ? 'E' : 'M';
        memcpy(packet + 1, text + at, n);
        int code = send_packet(channel->fd, packet, n + 1, &fd, at == 0 && fd >= 0 ? 1 : 0, MSG_DONTWAIT);
        if (code == -EAGAIN) {
            double left = deadline - cb_monotonic();
            struct pollfd wait = {.fd = channel->fd, .events = POLLOUT};
            if (left <= 0 || poll(&wait, 1, (int)(left * 1000) + 1) == 0)
                return -ETIMEDOUT;
            continue;
        }
        if (code < 0)
            return code;
        at += n;
    } while (at < length);
    return 0;
}

int cb_packet_send(int socket, json_t *frame, const int *fds, size_t n_fds)
{
    cleanup_free char *text = json_dumps(frame, JSON_COMPACT);
    json_decref(frame);
    if (!text)
        return -EPROTO;
    return send_packet(socket, text, strlen(text), fds, n_fds, 0);
}

int cb_packet_receive(int socket, double seconds, json_t **frame, int *fd)
{
    *fd = -1;
    struct pollfd wait = {.fd = socket, .events = POLLIN};
    int ready;
    do
        ready = poll(&wait, 1, (int)(seconds * 1000));
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return -ETIMEDOUT;
    char packet[1 << 16];
    struct iovec part = {.iov_base = packet, .iov_len = sizeof packet};
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? -ETIMEDOUT : -EPIPE;
    if (n == 0)
        return -EPIPE;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(fd, CMSG_DATA(header), sizeof(int));
    int result = message.msg_flags & MSG_TRUNC ? -EPROTO : parse(packet, (size_t)n, frame);
    if (result < 0 && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    return result;
}
