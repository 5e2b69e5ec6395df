#include "base/base.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void copy_phase(struct cb_error *err, const char *phase)
{
    snprintf(err->phase, sizeof err->phase, "%s", phase ? phase : "");
    err->remedy[0] = '\0';
}

int cb_fail(struct cb_error *err, int code, enum cb_exit exit, const char *phase, const char *format, ...)
{
    if (!err)
        return code;
    err->code = code;
    err->exit = exit;
    copy_phase(err, phase);
    va_list ap;
    va_start(ap, format);
    vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    return code;
}

int cb_fail_errno(struct cb_error *err, int code, const char *phase, const char *format, ...)
{
    if (!err)
        return code;
    err->code = code;
    err->exit = CB_EXIT_INTERNAL;
    copy_phase(err, phase);
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(err->message, sizeof err->message, format, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->message)
        snprintf(err->message + n, sizeof err->message - (size_t)n, ": %s", strerror(-code));
    return code;
}

void cb_error_remedy(struct cb_error *err, const char *format, ...)
{
    if (!err)
        return;
    va_list ap;
    va_start(ap, format);
    vsnprintf(err->remedy, sizeof err->remedy, format, ap);
    va_end(ap);
}

int cb_read_full(int fd, void *buffer, size_t n)
{
    char *p = buffer;
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            return -EPIPE;
        p += got;
        n -= (size_t)got;
    }
    return 0;
}

int cb_write_full(int fd, const void *buffer, size_t n)
{
    const char *p = buffer;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -errno;
        p += put;
        n -= (size_t)put;
    }
    return 0;
}

static void *checked(void *p)
{
    if (!p) {
        static const char text[] = "cellblock: out of memory\n";
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        _exit(CB_EXIT_INTERNAL);
    }
    return p;
}

void *cb_alloc(size_t n)
{
    return checked(calloc(1, n ? n : 1));
}

void *cb_realloc(void *p, size_t n)
{
    return checked(realloc(p, n ? n : 1));
}

char *cb_strdup(const char *s)
{
    return checked(strdup(s));
}

char *cb_format(const char *format, ...)
{
    char *out = NULL;
    va_list ap;
    va_start(ap, format);
    int n = vasprintf(&out, format, ap);
    va_end(ap);
    return checked(n < 0 ? NULL : out);
}

static void reserve(struct cb_buffer *b, size_t more)
{
    size_t need = b->length + more + 1;
    if (need <= b->capacity)
        return;
    size_t capacity = b->capacity ? b->capacity : 64;
    while (capacity < need)
        capacity *= 2;
    b->text = cb_realloc(b->text, capacity);
    b->capacity = capacity;
}

void cb_buffer_add(struct cb_buffer *b, const void *bytes, size_t n)
{
    reserve(b, n);
    if (n)
        memcpy(b->text + b->length, bytes, n);
    b->length += n;
    b->text[b->length] = '\0';
}

void cb_buffer_adds(struct cb_buffer *b, const char *s)
{
    cb_buffer_add(b, s, strlen(s));
}

void cb_buffer_addf(struct cb_buffer *b, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    if (n > 0) {
        reserve(b, (size_t)n);
        vsnprintf(b->text + b->length, (size_t)n + 1, format, again);
        b->length += (size_t)n;
    }
    va_end(again);
}

void cb_buffer_free(struct cb_buffer *b)
{
    free(b->text);
    *b = (struct cb_buffer){0};
}

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double cb_monotonic(void)
{
    return seconds(CLOCK_MONOTONIC);
}

double cb_realtime(void)
{
    return seconds(CLOCK_REALTIME);
}

/* Open a directory that its maker may have closed to everybody, its owner included. */
static int open_to_remove(int dirfd, const char *name)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(dirfd, name, flags);
    if (fd >= 0 || errno != EACCES)
        return fd;
    cleanup_close int path = openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (path < 0)
        return -1;
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", path);
    if (chmod(self, 0700) < 0)
        return -1;
    return openat(dirfd, name, flags);
}

/* Iterative on purpose: a cell may leave a directory 10,000 levels deep, and neither our stack nor our descriptors
 * may depend on it. Descends into the first directory found, comes back up by "..", and starts over. */
int cb_remove_tree(int dirfd, const char *name)
{
    if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM && errno != EACCES)
        return -errno;
    int fd = open_to_remove(dirfd, name);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    struct stat root;
    if (fstat(fd, &root) < 0) {
        close(fd);
        return -errno;
    }
    for (;;) {
        /* One pass over the current directory: unlink what is no directory, stop at the first that is not empty. */
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        DIR *d = copy < 0 ? NULL : fdopendir(copy);
        if (!d) {
            int code = -errno;
            if (copy >= 0)
                close(copy);
            close(fd);
            return code;
        }
        rewinddir(d);
        (void)fchmod(fd, 0700);
        int deeper = -1, failed = 0;
        for (struct dirent *e; !failed && deeper < 0 && (e = readdir(d));) {
            if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
                continue;
            if (unlinkat(fd, e->d_name, 0) == 0 || unlinkat(fd, e->d_name, AT_REMOVEDIR) == 0)
                continue;
            if (errno == ENOTEMPTY || errno == EEXIST || errno == EACCES || errno == EPERM) {
                deeper = open_to_remove(fd, e->d_name);
                if (deeper < 0)
                    failed = -errno;
            } else if (errno != ENOENT) {
                failed = -errno;
            }
        }
        closedir(d);
        if (failed) {
            close(fd);
            return failed;
        }
        if (deeper >= 0) {
            close(fd);
            fd = deeper;
            continue;
        }
        struct stat here;
        if (fstat(fd, &here) < 0 || (here.st_ino == root.st_ino && here.st_dev == root.st_dev))
            break;
        int up = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            break;
        close(fd);
        fd = up;
    }
    close(fd);
    return unlinkat(dirfd, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
}

void cb_hex(const void *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = '\0';
}
