/*
 * base: what every module shares. Errors, ownership attributes, descriptors.
 *
 * Contract of every fallible function in cellblock: it returns 0 (or a value >= 0) on success and -errno on
 * failure, and its last parameter is a `struct cb_error *` that it fills on failure. `err` may be NULL.
 * Filling it allocates nothing, so it works after fork.
 */
#ifndef CB_BASE_H
#define CB_BASE_H

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

/* Exit codes of the program (docs/interfaces.md). */
enum cb_exit {
    CB_EXIT_OK = 0,
    CB_EXIT_RAISED = 1,
    CB_EXIT_USAGE = 2,
    CB_EXIT_LIMIT = 3,
    CB_EXIT_VIOLATION = 4,
    CB_EXIT_HOST = 5,
    CB_EXIT_INTERNAL = 70,
    CB_EXIT_INTERRUPTED = 130,
};

/* What went wrong: where, to which cell, in which phase. `code` is -errno; `exit` says how the program should
 * end. */
struct cb_error {
    int code;
    enum cb_exit exit;
    int cell;          /* index of the code cell, -1 where none is concerned */
    char phase[32];    /* e.g. "mount /work", "load bpf"; "" where the message says it all */
    char message[512]; /* one sentence, no trailing newline */
    char remedy[256];  /* what the user can do; may be "" */
};

#define CB_ERROR_INIT                                                                                        \
    {                                                                                                        \
        .cell = -1, .exit = CB_EXIT_INTERNAL                                                                 \
    }

/* Fill `err` (which may be NULL) and return `code`, which must be negative. strerror(-code) is appended to
 * the message where `code` is a system error that the message does not explain itself (pass via
 * cb_fail_errno). */
int cb_fail(struct cb_error *err, int code, enum cb_exit exit, const char *phase, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
int cb_fail_errno(struct cb_error *err, int code, const char *phase, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Set the remedy of an error already filled. */
void cb_error_remedy(struct cb_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ownership attributes: released when the variable leaves its scope. cb_steal_* hands the value over. */
#define cleanup_free __attribute__((cleanup(cb_cleanup_free)))
#define cleanup_close __attribute__((cleanup(cb_cleanup_close)))
#define cleanup_file __attribute__((cleanup(cb_cleanup_file)))
#define cleanup_dir __attribute__((cleanup(cb_cleanup_dir)))

static inline void cb_cleanup_free(void *p)
{
    free(*(void **)p);
}
static inline void cb_cleanup_close(const int *fd)
{
    if (*fd >= 0) {
        int saved = errno;
        close(*fd);
        errno = saved;
    }
}
static inline void cb_cleanup_file(FILE **f)
{
    if (*f)
        fclose(*f);
}
static inline void cb_cleanup_dir(DIR **d)
{
    if (*d)
        closedir(*d);
}
static inline int cb_steal_fd(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}
static inline void *cb_steal_ptr(void *pp)
{
    void *taken = *(void **)pp;
    *(void **)pp = NULL;
    return taken;
}

/* Read or write exactly `n` bytes, restarting on EINTR. 0, -EPIPE at an early end of file, or -errno. */
int cb_read_full(int fd, void *buffer, size_t n);
int cb_write_full(int fd, const void *buffer, size_t n);

/* Allocation that ends the program (exit 70) when memory is gone: the supervisor has nothing better to do. */
void *cb_alloc(size_t n); /* zeroed */
void *cb_realloc(void *p, size_t n);
char *cb_strdup(const char *s);
char *cb_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A growing byte buffer; `text` is always NUL-terminated once something was added. cb_buffer_free releases
 * it. */
struct cb_buffer {
    char *text;
    size_t length, capacity;
};
void cb_buffer_add(struct cb_buffer *b, const void *bytes, size_t n);
void cb_buffer_adds(struct cb_buffer *b, const char *s);
void cb_buffer_addf(struct cb_buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cb_buffer_free(struct cb_buffer *b);
#define cleanup_buffer __attribute__((cleanup(cb_buffer_free)))

/* CLOCK_MONOTONIC and CLOCK_REALTIME in seconds. */
double cb_monotonic(void);
double cb_realtime(void);

/* Remove a tree below `dirfd`/`name` without following links or crossing mounts; directories that the cell
 * made unreadable are chmod-ed first. 0 when nothing is left. */
int cb_remove_tree(int dirfd, const char *name);

/* Lower-case hex of `n` bytes into out[2n+1]. SHA-256 of a buffer as "sha256:<hex>" into out[72]. */
void cb_hex(const void *bytes, size_t n, char *out);
void cb_sha256(const void *bytes, size_t n, char out[72]);

#endif
