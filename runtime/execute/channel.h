/*
 * channel: JSON frames over SOCK_SEQPACKET (docs/protocol.md). What arrives is bounded before it is parsed.
 */
#ifndef CB_CHANNEL_H
#define CB_CHANNEL_H

#include "base/base.h"
#include <jansson.h>

#define CB_FRAME_MAX (256u << 20) /* bytes of JSON text in one frame of a cell */
#define CB_CHUNK 60000u

/* A cell's end as we hold it: one frame may come in many packets. */
struct cb_channel {
    int fd;
    struct cb_buffer partial;
};
void cb_channel_close(struct cb_channel *channel);

/* Take what has arrived. 1: *frame is a new reference to an object; 0: nothing complete yet; -EPIPE: the other side is gone;
 * -EPROTO: garbage, too much of it, or not an object. Descriptors that a cell sends are not taken. Never blocks. */
int cb_channel_receive(struct cb_channel *channel, json_t **frame);

/* Send `frame` (stolen) with at most one descriptor (-1: none), waiting at most `seconds` for a cell that does not read. */
int cb_channel_send(struct cb_channel *channel, json_t *frame, int fd, double seconds);

/* The zygote's protocol: one packet, up to 8 descriptors. Receives with a deadline; *fd is -1 or a descriptor the caller owns. */
int cb_packet_send(int socket, json_t *frame, const int *fds, size_t n_fds);
int cb_packet_receive(int socket, double seconds, json_t **frame, int *fd);

#endif
