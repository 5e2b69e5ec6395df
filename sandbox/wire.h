/*
 * wire: what supervisor and builder say to each other over their SOCK_SEQPACKET. Private to sandbox/.
 *
 * One packet = struct cb_wire, then NUL-terminated strings, then descriptors as ancillary data. Both ends are
 * ours and of the same build, so the layout is the compiler's; lengths are checked all the same.
 */
#ifndef CB_SANDBOX_WIRE_H
#define CB_SANDBOX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum cb_wire_kind {
    CB_WIRE_MOUNT =
        1, /* number = cb_mount_kind; strings target, source; descriptor: detached mount, else by path */
    CB_WIRE_PLACE,    /* number = cb_wire_place; strings path; descriptor: detached mount, else by path */
    CB_WIRE_ASSEMBLE, /* size = bytes of /dev/shm; strings home, hostname, mask; descriptor: the zygote's
                         filter */
    CB_WIRE_ZYGOTE,   /* number = argc; strings argv…, envp…; descriptors agent, control, log, policy */
    CB_WIRE_CELL,     /* counts[t] = lowers; strings for each tree: lowers…, upper, work directory */
    CB_WIRE_REPLY, /* number = 0 or -errno; strings phase, message; descriptor: pidfd where one was asked for
                    */
};
enum cb_wire_place { CB_PLACE_RUN, CB_PLACE_WORKSPACE, CB_PLACE_CACHE, CB_PLACES };

#define CB_WIRE_TEXT (96 * 1024)
#define CB_WIRE_FDS 4

struct cb_wire {
    uint32_t kind;
    int32_t number;
    uint32_t n_strings;
    uint32_t counts[3];
    uint64_t size;
    uint64_t device, inode; /* what a path must lead to, 0: anything */
};

struct cb_packet {
    struct cb_wire head;
    char text[CB_WIRE_TEXT];
    size_t length, at; /* bytes of text; where cb_wire_next stands */
    int fds[CB_WIRE_FDS];
    size_t n_fds;
};

/* Start an empty packet; append a string (a packet that overflows is refused by cb_wire_send with -E2BIG). */
void cb_wire_start(struct cb_packet *p, enum cb_wire_kind kind, int32_t number);
void cb_wire_add(struct cb_packet *p, const char *s);
void cb_wire_add_fd(struct cb_packet *p, int fd);

/* 0 or -errno; -EPIPE when the other end is gone. Received descriptors are close-on-exec and the caller's. */
int cb_wire_send(int sock, const struct cb_packet *p);
int cb_wire_receive(int sock, struct cb_packet *p);

/* The next string, NULL past the last. */
const char *cb_wire_next(struct cb_packet *p);
void cb_wire_close(struct cb_packet *p);

/* Mounts as detached descriptors, used on both sides: by the supervisor where it is root, else by the
 * builder. */
#define CB_CLONE_DEVICE 1u /* writable, keeps device nodes alive */
#define CB_CLONE_WRITE 2u  /* writable */
int cb_mount_clone(int dirfd, const char *path, unsigned flags, int idmap_fd);

#endif
