/* mask.c: one lower above the workspace. It hides names that hold credentials, and, for root, brings what the
 * cells' id may not read. The workspace itself is only read. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>

enum { WALK_ENTRIES = 200000, DEEP_LEVELS = 3, MAX_COPIES = 10000, MAX_HIDDEN = 10000 };
static const uint64_t max_copied = UINT64_C(1) << 30;

static const char *const credentials[] = {
#define CREDENTIAL(name, what) name,
#include "snapshot/credentials.def"
#undef CREDENTIAL
};

struct masker {
    struct cb_run *run;
    int workspace;
    uint64_t seen;
    /* readable: */
    struct stat owner;
    uint32_t inside; /* depth of the unreadable directory that is being copied; 0: none */
    uint64_t bytes;
    size_t copied, left_out;
};

static bool is_credential(const struct cb_walk_entry *e)
{
    for (size_t i = 0; i < sizeof credentials / sizeof *credentials; i++) {
        size_t n = strlen(credentials[i]);
        if (n <= e->path_length && !strcmp(e->path + e->path_length - n, credentials[i]) &&
            (n == e->path_length || e->path[e->path_length - n - 1] == '/'))
            return true;
    }
    return false;
}

/* Past the bound only the top levels are looked through: that is where credentials lie. */
static bool too_deep(struct masker *m, const struct cb_walk_entry *e)
{
    return ++m->seen > WALK_ENTRIES && e->depth >= DEEP_LEVELS;
}

static int give(const struct masker *m, int fd)
{
    return geteuid() == 0 && fchown(fd, m->run->owner, (gid_t)m->run->owner) < 0 ? -errno : 0;
}

static int set_time(int fd, const struct stat *like)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, like->st_mtim};
    return futimens(fd, times) < 0 ? -errno : 0;
}

/* The mask's directory hides the metadata of the workspace's: it has to look the same. */
static int make_like(const struct masker *m, int parent, const char *name, const struct stat *like, int *out)
{
    bool made = mkdirat(parent, name, 0700) == 0;
    if (!made && errno != EEXIST)
        return -errno;
    int fd = cb_open_dir(parent, name);
    if (fd < 0)
        return fd;
    int code = made ? give(m, fd) : 0;
    if (code == 0 && made && fchmod(fd, (like->st_mode & 01777) | 0500) < 0)
        code = -errno;
    if (code == 0)
        code = set_time(fd, like);
    if (code < 0)
        close(fd);
    else
        *out = fd;
    return code;
}

static int open_mask(struct masker *m, int *out)
{
    struct stat st;
    if (fstat(m->workspace, &st) < 0)
        return -errno;
    return make_like(m, m->run->fd, "mask", &st, out);
}

/* The mask's directory for the entry `path`, made with all above it. *like: metadata it must have in the end.
 */
static int open_parent(struct masker *m, const char *path, int *out, struct stat *like)
{
    int dst, code = open_mask(m, &dst);
    if (code < 0)
        return code;
    int src = cb_open_dir(m->workspace, ".");
    cleanup_free char *copy = cb_strdup(path);
    code = src < 0 ? src : fstat(src, like) < 0 ? -errno : 0;
    for (char *name = copy, *slash; code == 0 && (slash = strchr(name, '/')); name = slash + 1) {
        *slash = '\0';
        struct stat above = *like;
        int next = cb_open_dir(src, name), made = -1;
        cb_cleanup_close(&src);
        src = next;
        code = src < 0 ? src : fstat(src, like) < 0 ? -errno : make_like(m, dst, name, like, &made);
        if (code == 0)
            code = set_time(dst, &above);
        cb_cleanup_close(&dst);
        dst = made;
    }
    cb_cleanup_close(&src);
    if (code < 0)
        cb_cleanup_close(&dst);
    else
        *out = dst;
    return code;
}

/* ---- hiding ---- */

static int whiteout(struct masker *m, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct stat like;
    int dst, code = open_parent(m, path, &dst, &like);
    if (code < 0)
        return code;
    if (mknodat(dst, slash ? slash + 1 : path, S_IFCHR, 0) < 0 && errno != EEXIST)
        code = -errno;
    if (code == 0)
        code = set_time(dst, &like);
    close(dst);
    return code;
}

static int hide(struct masker *m, const struct cb_walk_entry *e)
{
    struct cb_run *run = m->run;
    if (run->n_hidden == MAX_HIDDEN)
        return -EFBIG;
    int code = whiteout(m, e->path);
    run->hidden = cb_realloc(run->hidden, (run->n_hidden + 2) * sizeof *run->hidden);
    run->hidden[run->n_hidden++] = cb_strdup(e->path);
    run->hidden[run->n_hidden] = NULL;
    return code;
}

static int mask_file(void *context, const struct cb_walk_entry *e)
{
    struct masker *m = context;
    m->seen++;
    return is_credential(e) ? hide(m, e) : 0;
}

static int mask_dir(void *context, const struct cb_walk_entry *e)
{
    struct masker *m = context;
    if (is_credential(e)) {
        int code = hide(m, e);
        return code < 0 ? code : 1;
    }
    return too_deep(m, e);
}

void cb_run_show_hidden(struct cb_run *run)
{
    run->show_hidden = true;
}

int cb_run_hide(struct cb_run *run, int workspace_fd, const char *path, struct cb_error *err)
{
    struct masker m = {.run = run, .workspace = workspace_fd};
    int code = whiteout(&m, path);
    return code < 0 ? cb_snapshot_fail(err, code, "mask workspace", "cannot hide the output notebook") : 0;
}

int cb_run_mask(struct cb_run *run, int workspace_fd, int *mask_fd, const char *const **hidden,
                struct cb_error *err)
{
    struct masker m = {.run = run, .workspace = workspace_fd};
    struct cb_walk walk = {.context = &m, .file = mask_file, .dir = mask_dir, .types_only = true};
    *mask_fd = -1;
    if (!run->hidden)
        run->hidden = cb_alloc(sizeof *run->hidden);
    *hidden = (const char *const *)run->hidden;
    int code = run->show_hidden ? 0 : cb_walk(workspace_fd, &walk);
    *hidden = (const char *const *)run->hidden;
    if (code == -EFBIG)
        return cb_fail(err, code, CB_EXIT_LIMIT, "mask workspace",
                       "more than %d names in the workspace look like credentials", MAX_HIDDEN);
    if (code < 0)
        return cb_snapshot_fail(err, code, "mask workspace", "cannot hide credentials of the workspace");
    int fd = cb_open_dir(run->fd, "mask");
    if (fd < 0 && fd != -ENOENT)
        return cb_snapshot_fail(err, fd, "mask workspace", "cannot open the mask");
    *mask_fd = fd < 0 ? -1 : fd;
    return 0;
}

/* ---- what the owner of the workspace may not read ---- */

static bool may(const struct stat *owner, const struct stat *st, mode_t bits)
{
    unsigned shift = st->st_uid == owner->st_uid ? 6 : st->st_gid == owner->st_gid ? 3 : 0;
    return (st->st_mode >> shift & bits) == bits;
}

static int copy_file(struct masker *m, const struct cb_walk_entry *e)
{
    uint64_t size = S_ISREG(e->st.st_mode) ? (uint64_t)e->st.st_size : 0;
    if (m->copied >= MAX_COPIES || size > max_copied - m->bytes) {
        m->left_out++;
        return 0;
    }
    cleanup_close int in = S_ISREG(e->st.st_mode)
                               ? openat(e->dirfd, e->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                               : -1;
    if (S_ISREG(e->st.st_mode) && in < 0) {
        m->left_out++; /* root may be refused too, as on NFS */
        return 0;
    }
    struct stat like;
    cleanup_close int dst = -1;
    int code = open_parent(m, e->path, &dst, &like);
    if (code < 0)
        return code;
    if (S_ISLNK(e->st.st_mode)) {
        char target[4097];
        ssize_t n = readlinkat(e->dirfd, e->name, target, sizeof target - 1);
        target[n < 0 ? 0 : n] = '\0';
        if (n < 0 || symlinkat(target, dst, e->name) < 0 ||
            fchownat(dst, e->name, m->run->owner, (gid_t)m->run->owner, AT_SYMLINK_NOFOLLOW) < 0)
            return -errno;
    } else {
        cleanup_close int out =
            openat(dst, e->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        code = out < 0 ? -errno : cb_copy_sparse(in, out, 0, size);
        if (code == 0 &&
            (ftruncate(out, e->st.st_size) < 0 || fchmod(out, (e->st.st_mode & 0777) | 0400) < 0))
            code = -errno;
        if (code == 0)
            code = give(m, out);
        if (code == 0)
            code = set_time(out, &e->st);
    }
    m->bytes += size;
    m->copied += code == 0;
    return code < 0 ? code : set_time(dst, &like);
}

static int readable_file(void *context, const struct cb_walk_entry *e)
{
    struct masker *m = context;
    m->seen++;
    bool wanted = S_ISREG(e->st.st_mode) || (m->inside && S_ISLNK(e->st.st_mode));
    if (!wanted || (!m->run->show_hidden && is_credential(e)) || (!m->inside && may(&m->owner, &e->st, 4)))
        return 0;
    return copy_file(m, e);
}

/* Whoever lists a merged directory lists all of its layers: an unreadable one has to be replaced as a whole.
 */
static int readable_dir(void *context, const struct cb_walk_entry *e)
{
    struct masker *m = context;
    if ((!m->run->show_hidden && is_credential(e)) || too_deep(m, e))
        return 1;
    if (!m->inside && may(&m->owner, &e->st, 5))
        return 0;
    if (m->copied >= MAX_COPIES) {
        m->left_out++;
        return 1;
    }
    struct stat like;
    cleanup_close int dst = -1, made = -1;
    int code = open_parent(m, e->path, &dst, &like);
    if (code == 0)
        code = make_like(m, dst, e->name, &e->st, &made);
    if (code == 0 && !m->inside && fsetxattr(made, CB_OPAQUE, "y", 1, 0) < 0)
        code = -errno;
    if (!m->inside)
        m->inside = e->depth;
    m->copied += code == 0;
    return code < 0 ? code : set_time(dst, &like);
}

static int readable_leave(void *context, const struct cb_walk_entry *e, int fd)
{
    struct masker *m = context;
    (void)fd;
    if (m->inside == e->depth)
        m->inside = 0;
    return 0;
}

int cb_run_readable(struct cb_run *run, int workspace_fd, size_t *n_copied, size_t *n_left_out,
                    struct cb_error *err)
{
    struct masker m = {.run = run, .workspace = workspace_fd};
    struct cb_walk walk = {
        .context = &m, .file = readable_file, .dir = readable_dir, .leave = readable_leave};
    *n_copied = *n_left_out = 0;
    if (geteuid() != 0)
        return 0;
    int code = fstat(workspace_fd, &m.owner) < 0 ? -errno : cb_walk(workspace_fd, &walk);
    *n_copied = m.copied;
    *n_left_out = m.left_out;
    return code < 0
               ? cb_snapshot_fail(err, code, "copy unreadable files", "cannot copy files of the workspace")
               : 0;
}
