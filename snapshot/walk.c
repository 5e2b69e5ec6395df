/* walk.c: visit a tree that may be hostile. Names of the open directories are held in memory (bounded by the
 * caller's budget); descriptors are not: going up is "..", checked against the inode that we came from. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>

struct frame {
    struct stat st;
    size_t path_length;
    struct cb_buffer names; /* type byte, name, NUL */
    size_t *order, n, next;
    bool closed;
};

struct stack {
    struct frame *frames;
    size_t n, capacity;
    struct cb_buffer path;
    int fd;
};

void cb_fd_path(int fd, char out[32])
{
    snprintf(out, 32, "/proc/self/fd/%d", fd);
}

bool cb_is_whiteout(const struct stat *st)
{
    return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

bool cb_is_opaque(int dir_fd)
{
    char value[2];
    return fgetxattr(dir_fd, CB_OPAQUE, value, sizeof value) == 1 && value[0] == 'y';
}

int cb_open_dir(int dirfd, const char *name)
{
    int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int cb_open_content(int dirfd, const char *name, const struct stat *st)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd = openat(dirfd, name, flags);
    if (fd >= 0 || errno != EACCES)
        return fd < 0 ? -errno : fd;
    cleanup_close int path_fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (path_fd < 0)
        return -errno;
    char self[32];
    cb_fd_path(path_fd, self);
    if (chmod(self, (st->st_mode & 07777) | 0400) < 0)
        return -errno;
    fd = openat(dirfd, name, flags);
    int code = fd < 0 ? -errno : fd;
    (void)chmod(self, st->st_mode & 07777);
    return code;
}

static int copy_range(int in, int out, uint64_t from, uint64_t to, uint64_t offset, char *buffer,
                      size_t capacity)
{
    while (from < to) {
        size_t want = to - from < capacity ? (size_t)(to - from) : capacity;
        ssize_t got = pread(in, buffer, want, (off_t)from);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EIO;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = pwrite(out, buffer + done, (size_t)(got - done), (off_t)(offset + from) + done);
            if (put < 0 && errno != EINTR)
                return -errno;
            done += put > 0 ? put : 0;
        }
        from += (uint64_t)got;
    }
    return 0;
}

int cb_copy_sparse(int in, int out, uint64_t offset, uint64_t size)
{
    enum { CAPACITY = 1 << 18 };
    cleanup_free char *buffer = size ? malloc(size < CAPACITY ? (size_t)size : CAPACITY) : NULL;
    if (size && !buffer)
        return -ENOMEM;
    for (uint64_t at = 0; at < size;) {
        off_t data = lseek(in, (off_t)at, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            return 0; /* nothing but a hole up to the end */
        if (data < 0 && errno != EINVAL)
            return -errno;
        uint64_t from = data < 0 ? at : (uint64_t)data;
        if (from >= size)
            return 0;
        off_t hole = data < 0 ? -1 : lseek(in, data, SEEK_HOLE);
        uint64_t to = hole < 0 || (uint64_t)hole > size ? size : (uint64_t)hole;
        int code = copy_range(in, out, from, to, offset, buffer, size < CAPACITY ? (size_t)size : CAPACITY);
        if (code < 0)
            return code;
        at = to;
    }
    return 0;
}

static int by_name(const void *a, const void *b, void *names)
{
    const char *base = names;
    return strcmp(base + *(const size_t *)a + 1, base + *(const size_t *)b + 1);
}

static int read_names(int fd, struct frame *f, uint64_t *budget)
{
    _Alignas(struct dirent64) char buffer[32768];
    size_t capacity = 0;
    for (;;) {
        ssize_t n = getdents64(fd, buffer, sizeof buffer);
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *d = (const struct dirent64 *)(const void *)(buffer + at);
            at += d->d_reclen;
            if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
                continue;
            if (budget && (*budget)-- == 0) {
                *budget = 0;
                return -EFBIG;
            }
            if (f->n == capacity) {
                capacity = capacity ? capacity * 2 : 16;
                f->order = cb_realloc(f->order, capacity * sizeof *f->order);
            }
            f->order[f->n++] = f->names.length;
            cb_buffer_add(&f->names, &d->d_type, 1);
            cb_buffer_add(&f->names, d->d_name, strlen(d->d_name) + 1);
        }
    }
    if (f->n > 1)
        qsort_r(f->order, f->n, sizeof *f->order, by_name, f->names.text);
    return 0;
}

/* Open a directory of ours for the walk. The owner may have closed it to himself: as an ordinary user open it
 * up for as long as we are inside. */
static int open_for_walk(struct cb_walk *w, int dirfd, const char *name, const struct stat *st, bool *closed)
{
    *closed = false;
    if (w->access && geteuid() != 0 && (st->st_mode & w->access) != w->access) {
        cleanup_close int path_fd =
            name ? openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : dup(dirfd);
        if (path_fd < 0)
            return -errno;
        char self[32];
        cb_fd_path(path_fd, self);
        if (chmod(self, (st->st_mode & 07777) | w->access) < 0)
            return -errno;
        *closed = w->closed = true;
    }
    return cb_open_dir(dirfd, name ? name : ".");
}

static void pop(struct stack *s)
{
    struct frame *f = &s->frames[--s->n];
    cb_buffer_free(&f->names);
    free(f->order);
}

/* Make `fd` (taken over) the current directory. */
static int push(struct stack *s, struct cb_walk *w, int fd, struct cb_walk_entry *e, bool closed)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = fd;
    if (s->n == s->capacity) {
        s->capacity = s->capacity ? s->capacity * 2 : 16;
        s->frames = cb_realloc(s->frames, s->capacity * sizeof *s->frames);
    }
    struct frame *f = &s->frames[s->n++];
    *f = (struct frame){.path_length = s->path.length, .closed = closed};
    int code = w->types_only ? (fstat(fd, &e->st) < 0 ? -errno : 0) : 0;
    if (code == 0 && w->enter)
        code = w->enter(w->context, e, fd);
    f->st = e->st;
    return code < 0 ? code : read_names(fd, f, w->budget);
}

static void set_path(struct stack *s, size_t length)
{
    s->path.length = length;
    if (s->path.text)
        s->path.text[length] = '\0';
}

static int leave(struct stack *s, struct cb_walk *w)
{
    struct frame *f = &s->frames[s->n - 1];
    set_path(s, f->path_length);
    const char *slash = s->path.text ? strrchr(s->path.text, '/') : NULL;
    struct cb_walk_entry e = {.dirfd = -1,
                              .path = s->path.text ? s->path.text : "",
                              .path_length = s->path.length,
                              .depth = (uint32_t)(s->n - 1),
                              .st = f->st};
    e.name = slash ? slash + 1 : e.path;
    int code = w->leave ? w->leave(w->context, &e, s->fd) : 0;
    if (code < 0)
        return code;
    int up = -1;
    if (s->n > 1) {
        up = openat(s->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            return -errno;
        struct stat st;
        const struct frame *parent = f - 1;
        if (fstat(up, &st) < 0 || st.st_ino != parent->st.st_ino || st.st_dev != parent->st.st_dev) {
            close(up);
            return -ESTALE;
        }
    }
    if (f->closed && fchmod(s->fd, f->st.st_mode & 07777) < 0)
        code = -errno;
    close(s->fd);
    s->fd = up;
    pop(s);
    return code;
}

static int visit_dir(struct stack *s, struct cb_walk *w, struct cb_walk_entry *e)
{
    int code = w->dir ? w->dir(w->context, e) : 0;
    if (code != 0)
        return code < 0 ? code : 0;
    bool closed;
    int fd = open_for_walk(w, s->fd, e->name, &e->st, &closed);
    if (fd == -EACCES && !w->access)
        return 0;
    return fd < 0 ? fd : push(s, w, fd, e, closed);
}

static int visit(struct stack *s, struct cb_walk *w)
{
    struct frame *f = &s->frames[s->n - 1];
    const char *name = f->names.text + f->order[f->next++];
    unsigned char type = (unsigned char)*name++;
    set_path(s, f->path_length);
    if (f->path_length)
        cb_buffer_adds(&s->path, "/");
    size_t at = s->path.length;
    cb_buffer_adds(&s->path, name);
    struct cb_walk_entry e = {.dirfd = s->fd,
                              .name = s->path.text + at,
                              .path = s->path.text,
                              .path_length = s->path.length,
                              .depth = (uint32_t)s->n};
    if (w->types_only && type != DT_UNKNOWN)
        e.st.st_mode = (mode_t)DTTOIF(type);
    else if (fstatat(s->fd, name, &e.st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : -errno;
    return S_ISDIR(e.st.st_mode) ? visit_dir(s, w, &e) : w->file(w->context, &e);
}

int cb_walk(int root_fd, struct cb_walk *walk)
{
    struct stack s = {.fd = -1};
    struct cb_walk_entry root = {.dirfd = root_fd, .name = "", .path = ""};
    walk->closed = false;
    if (fstat(root_fd, &root.st) < 0)
        return -errno;
    bool closed;
    int fd = open_for_walk(walk, root_fd, NULL, &root.st, &closed);
    int code = fd < 0 ? fd : push(&s, walk, fd, &root, closed);
    while (code >= 0 && s.n > 0) {
        const struct frame *f = &s.frames[s.n - 1];
        code = f->next < f->n ? visit(&s, walk) : leave(&s, walk);
    }
    while (s.n > 0)
        pop(&s);
    if (s.fd >= 0)
        close(s.fd);
    free(s.frames);
    cb_buffer_free(&s.path);
    return code < 0 ? code : 0;
}
