#include "runtime/cli/cli.h"
#include "runtime/cli/survey.h"
#include "runtime/notebook/notebook.h"

#include <archive.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDERS_MAX 64 /* nested: each holds a descriptor */
#define PIECE (64u << 10)

/* ---- files, compressed or not ---- */

struct cb_survey_stream {
    int fd;
    struct archive *archive; /* NULL: not compressed */
    bool begun;
};

struct cb_survey_stream *cb_survey_stream_open(int fd, bool gzip)
{
    struct cb_survey_stream *stream = cb_alloc(sizeof *stream);
    stream->fd = fd;
    if (gzip) {
        stream->archive = archive_read_new();
        archive_read_support_filter_gzip(stream->archive);
        archive_read_support_format_raw(stream->archive);
    }
    return stream;
}

ssize_t cb_survey_stream_read(struct cb_survey_stream *stream, void *buffer, size_t n)
{
    if (!stream->archive) {
        ssize_t got;
        do
            got = read(stream->fd, buffer, n);
        while (got < 0 && errno == EINTR);
        return got < 0 ? -errno : got;
    }
    struct archive_entry *entry;
    if (!stream->begun && (archive_read_open_fd(stream->archive, stream->fd, PIECE) != ARCHIVE_OK ||
                           archive_read_next_header(stream->archive, &entry) != ARCHIVE_OK ||
                           archive_filter_code(stream->archive, 0) != ARCHIVE_FILTER_GZIP))
        return -EILSEQ;
    stream->begun = true;
    ssize_t got = archive_read_data(stream->archive, buffer, n);
    return got < 0 ? -EILSEQ : got;
}

void cb_survey_stream_close(struct cb_survey_stream *stream)
{
    if (stream->archive)
        archive_read_free(stream->archive);
    close(stream->fd);
    free(stream);
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0;
}

/* ---- one notebook a line ---- */

struct lines {
    struct cb_survey_pool *pool;
    const char *path;
    struct cb_buffer line;
    size_t number;
    bool too_long; /* the rest of the line is passed over */
};

static void end_line(struct lines *l)
{
    l->number++;
    cleanup_free char *name = cb_format("%s:%zu", l->path, l->number);
    size_t blank = l->line.length ? strspn(l->line.text, " \t\r") : 0;
    if (l->too_long) {
        cleanup_free char *message = cb_format("%s is longer than %u MiB", name, CB_NOTEBOOK_MAX_BYTES >> 20);
        cb_survey_pool_skip(l->pool, CB_SKIP_LARGE, message);
        l->line.length = 0;
    } else if (blank < l->line.length) {
        struct cb_survey_item item = {.name = cb_steal_ptr(&name), .fd = -1, .text = l->line.text, .length = l->line.length, .record = true};
        cb_survey_pool_add(l->pool, &item);
        l->line = (struct cb_buffer){0};
    } else {
        l->line.length = 0;
    }
    l->too_long = false;
}

static void add_piece(struct lines *l, const char *piece, size_t n)
{
    while (n > 0) {
        const char *newline = memchr(piece, '\n', n);
        size_t part = newline ? (size_t)(newline - piece) : n;
        if (l->line.length + part > CB_NOTEBOOK_MAX_BYTES)
            l->too_long = true;
        if (l->too_long)
            l->line.length = 0;
        else
            cb_buffer_add(&l->line, piece, part);
        if (!newline)
            return;
        end_line(l);
        piece = newline + 1;
        n -= part + 1;
    }
}

static void read_lines(struct cb_survey_pool *pool, const char *path, int fd)
{
    struct lines l = {.pool = pool, .path = path};
    struct cb_survey_stream *stream = cb_survey_stream_open(fd, ends_with(path, ".gz"));
    cleanup_free char *piece = cb_alloc(PIECE);
    ssize_t got;
    while ((got = cb_survey_stream_read(stream, piece, PIECE)) > 0)
        add_piece(&l, piece, (size_t)got);
    if (l.line.length || l.too_long)
        end_line(&l);
    cb_survey_stream_close(stream);
    cb_buffer_free(&l.line);
    if (got < 0) {
        cleanup_free char *message = cb_format("%s cannot be read to its end", path);
        cb_survey_pool_skip(pool, CB_SKIP_UNREADABLE, message);
    }
}

/* ---- folders ---- */

static void skip_path(struct cb_survey_pool *pool, const char *path, int code)
{
    cleanup_free char *message = cb_format("%s cannot be read: %s", path, strerror(-code));
    cb_survey_pool_skip(pool, CB_SKIP_UNREADABLE, message);
}

static void add_file(struct cb_survey_pool *pool, const char *path, int fd)
{
    if (ends_with(path, ".jsonl") || ends_with(path, ".jsonl.gz")) {
        read_lines(pool, path, fd);
        return;
    }
    struct cb_survey_item item = {.name = cb_strdup(path), .fd = fd, .gzip = ends_with(path, ".gz")};
    cb_survey_pool_add(pool, &item);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int wanted(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, ".ipynb_checkpoints") != 0;
}

/* Links are not followed: a folder may link to one above itself. A path is only opened below `dir`, so that nothing that is
 * renamed meanwhile leads elsewhere. Takes `dir` over. */
static void walk_folder(struct cb_survey_pool *pool, const char *path, int dir, int depth)
{
    struct dirent **entries = NULL;
    int n = scandirat(dir, ".", &entries, wanted, by_name);
    if (n < 0)
        skip_path(pool, path, -errno);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        bool notebook = ends_with(name, ".ipynb") || ends_with(name, ".ipynb.gz");
        struct stat st;
        cleanup_free char *below = cb_format("%s%s%s", path, ends_with(path, "/") ? "" : "/", name);
        if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (S_ISDIR(st.st_mode) || (notebook && S_ISREG(st.st_mode)))) {
            int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (S_ISDIR(st.st_mode) ? O_DIRECTORY : 0));
            if (fd < 0)
                skip_path(pool, below, -errno);
            else if (!S_ISDIR(st.st_mode))
                add_file(pool, below, fd);
            else if (depth < FOLDERS_MAX)
                walk_folder(pool, below, fd, depth + 1);
            else
                close(fd);
        }
        free(entries[i]);
    }
    free(entries);
    close(dir);
}

void cb_survey_find(struct cb_survey_pool *pool, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0) {
        skip_path(pool, path, -errno);
        if (fd >= 0)
            close(fd);
    } else if (S_ISDIR(st.st_mode)) {
        walk_folder(pool, path, fd, 0);
    } else if (S_ISREG(st.st_mode)) {
        add_file(pool, path, fd);
    } else {
        cleanup_free char *message = cb_format("%s is not a regular file", path);
        cb_survey_pool_skip(pool, CB_SKIP_UNREADABLE, message);
        close(fd);
    }
}
