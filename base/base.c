#include "base/base.h"

#include <stdarg.h>
#include <string.h>
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
