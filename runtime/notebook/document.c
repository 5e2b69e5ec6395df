/*
 * The notebook as a file: read whole, checked, written beside its place and renamed into it.
 */
#include "runtime/notebook/internal.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

static int fail_open(struct cb_error *err, int code, const char *path)
{
    const char *what = code == -ENOENT || code == -ENOTDIR ? "does not exist"
                       : code == -EACCES || code == -EPERM ? "may not be read by this user"
                       : code == -EISDIR                   ? "is a directory, not a file"
                                                           : NULL;
    if (what)
        cb_fail(err, code, CB_EXIT_USAGE, "", "%.300s %s", path, what);
    else
        cb_fail(err, code, CB_EXIT_USAGE, "", "%.300s cannot be read: %s", path, strerror(-code));
    cb_error_remedy(err, code == -EACCES || code == -EPERM ? "change its permissions, or run as its owner"
                                                           : "name a file that can be read");
    return code;
}

int cb_notebook_slurp(const char *path, size_t max, struct cb_buffer *out, struct cb_error *err)
{
    bool standard = !strcmp(path, "-");
    cleanup_close int opened = standard ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int fd = standard ? STDIN_FILENO : opened;
    const char *name = standard ? "standard input" : path;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return fail_open(err, -errno, name);
    if (S_ISDIR(st.st_mode))
        return fail_open(err, -EISDIR, name);
    if (!standard && !S_ISREG(st.st_mode)) {
        cb_fail(err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is not a regular file", name);
        cb_error_remedy(err, "name a notebook file, or - to read from standard input");
        return -EINVAL;
    }
    size_t chunk = 1 << 16;
    cleanup_free char *buffer = cb_alloc(chunk);
    while (!S_ISREG(st.st_mode) || (uint64_t)st.st_size <= max) {
        ssize_t got = read(fd, buffer, chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_open(err, -errno, name);
        if (got == 0)
            return 0;
        if (out->length + (size_t)got > max)
            break;
        cb_buffer_add(out, buffer, (size_t)got);
    }
    cb_fail(err, -EFBIG, CB_EXIT_USAGE, "", "%.300s is larger than %zu MiB", name, max >> 20);
    cb_error_remedy(err, "make it smaller, e.g. clear the outputs of the notebook");
    return -EFBIG;
}

int cb_notebook_parse(const char *text, size_t length, const char *name, struct cb_notebook **out,
                      struct cb_error *err)
{
    *out = NULL;
    if (length > CB_NOTEBOOK_MAX_BYTES) {
        cb_fail(err, -EFBIG, CB_EXIT_USAGE, "", "%.300s is larger than %u MiB", name,
                CB_NOTEBOOK_MAX_BYTES >> 20);
        cb_error_remedy(err, "make it smaller, e.g. clear the outputs of the notebook");
        return -EFBIG;
    }
    json_t *root = NULL;
    int code = cb_json_parse(text, length, name, &root, err);
    if (code)
        return code;
    struct cb_notebook *nb = cb_alloc(sizeof *nb);
    nb->root = root;
    nb->displays = json_object();
    code = cb_notebook_check(nb, name, err);
    if (code) {
        cb_notebook_free(nb);
        return code;
    }
    cb_notebook_index(nb);
    *out = nb;
    return 0;
}

int cb_notebook_read(const char *path, struct cb_notebook **out, struct cb_error *err)
{
    *out = NULL;
    cleanup_buffer struct cb_buffer text = {0};
    int code = cb_notebook_slurp(path, CB_NOTEBOOK_MAX_BYTES, &text, err);
    if (code)
        return code;
    return cb_notebook_parse(text.text ? text.text : "", text.length,
                             strcmp(path, "-") ? path : "standard input", out, err);
}

void cb_notebook_free(struct cb_notebook *nb)
{
    if (!nb)
        return;
    for (size_t i = 0; i < nb->n_code; i++)
        cb_buffer_free(&nb->code[i].text);
    free(nb->code);
    json_decref(nb->displays);
    json_decref(nb->root);
    free(nb);
}

static int fail_write(struct cb_error *err, int code, const char *path)
{
    const char *what = code == -ENOENT || code == -ENOTDIR ? "its directory does not exist"
                       : code == -EISDIR                   ? "it is a directory"
                                                           : strerror(-code);
    /* A name that cannot be written to is the caller's mistake; a disk that is full or broken is not. */
    bool host = code == -ENOSPC || code == -EDQUOT || code == -EIO;
    cb_fail(err, code, host ? CB_EXIT_INTERNAL : CB_EXIT_USAGE, "", "cannot write the notebook to %.300s: %s",
            path, what);
    cb_error_remedy(err, host ? "make room there, or name another output file with -o"
                              : "name another output file with -o");
    return code;
}

static int write_into(int fd, const struct cb_buffer *text)
{
    return fd < 0 ? -errno : cb_write_full(fd, text->text, text->length);
}

/* A reader sees the old file or the new one, never a part. An existing file's permissions are kept. */
static int replace_file(const char *target, const struct cb_buffer *text)
{
    struct stat old;
    bool existed = stat(target, &old) == 0;
    if (existed && S_ISDIR(old.st_mode))
        return -EISDIR;
    if (existed && !S_ISREG(old.st_mode)) { /* a device or a pipe, e.g. /dev/stdout */
        cleanup_close int fd = open(target, O_WRONLY | O_CLOEXEC);
        return write_into(fd, text);
    }
    const char *slash = strrchr(target, '/');
    int directory = slash ? (int)(slash - target) + 1 : 0;
    cleanup_free char *temporary = cb_format("%.*s.cellblock-%d-%lld.tmp", directory, target, (int)getpid(),
                                             (long long)(cb_monotonic() * 1e9));
    cleanup_close int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    int code = write_into(fd, text);
    if (fd < 0)
        return code;
    if (!code && existed && fchmod(fd, old.st_mode & 0777) < 0)
        code = -errno;
    if (!code && rename(temporary, target) < 0)
        code = -errno;
    if (code)
        unlink(temporary);
    return code;
}

int cb_notebook_write(struct cb_notebook *nb, const char *path, struct cb_error *err)
{
    cleanup_buffer struct cb_buffer text = {0};
    cb_notebook_dump(nb, &text);
    if (!strcmp(path, "-")) {
        int code = cb_write_full(STDOUT_FILENO, text.text, text.length);
        return code ? fail_write(err, code, "standard output") : 0;
    }
    if (!*path || path[strlen(path) - 1] == '/')
        return fail_write(err, -EISDIR, path);
    /* A link is followed, as writing in place would: the rename must not replace the link itself. */
    cleanup_free char *target = realpath(path, NULL);
    int code = replace_file(target ? target : path, &text);
    return code ? fail_write(err, code, path) : 0;
}
