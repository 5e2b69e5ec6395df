/* harvest.c: what a dead cell left in its uppers, made fit to be read by others. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>

/* A path longer than this is charged to the byte limit: a deep tree of long names makes headers, not content.
 */
enum { FREE_PATH = 1024, MAX_DROPPED = 1000 };

static const char *const tree_paths[CB_SNAPSHOT_TREES] = {"work", "tmp", "home/cell"};

struct harvester {
    const struct cb_harvest_limits *limits;
    struct cb_harvest *out;
    int tree;
    uint64_t charged;
    const char *exceeded;
    char *list, *value; /* for extended attributes */
};
enum { XATTR_MAX = 65536 }; /* XATTR_LIST_MAX and XATTR_SIZE_MAX, limits.h */

void cb_harvest_free(struct cb_harvest *harvest)
{
    for (size_t i = 0; i < harvest->n_dropped; i++)
        free(harvest->dropped[i].path);
    free(harvest->dropped);
    *harvest = (struct cb_harvest){0};
}

static void note(struct harvester *h, const struct cb_walk_entry *e, const char *reason)
{
    struct cb_harvest *out = h->out;
    if (out->n_dropped > MAX_DROPPED)
        return;
    bool full = out->n_dropped == MAX_DROPPED;
    if (out->n_dropped % 64 == 0)
        out->dropped = cb_realloc(out->dropped, (out->n_dropped + 64) * sizeof *out->dropped);
    out->dropped[out->n_dropped].path =
        full ? cb_strdup("")
             : cb_format("%s%s%.4096s", tree_paths[h->tree], e->path_length ? "/" : "", e->path);
    out->dropped[out->n_dropped++].reason = full ? "further entries" : reason;
}

static int drop(struct harvester *h, const struct cb_walk_entry *e, const char *reason)
{
    note(h, e, reason);
    return cb_remove_tree(e->dirfd, e->name);
}

static int exceed(struct harvester *h, const char *what)
{
    h->exceeded = what;
    return -EFBIG;
}

static int charge(struct harvester *h, uint64_t bytes)
{
    if (bytes > h->limits->bytes || h->charged > h->limits->bytes - bytes)
        return exceed(h, "bytes");
    h->charged += bytes;
    return 0;
}

/* 1: stays, 0: goes, or a failure. The kernel escapes a cell's own user.overlay.* (6.7) or refuses them
 * (before), so all but an honest opaque mark is the kernel's bookkeeping for a mount that is gone, or
 * hostile. */
static int judge_xattr(struct harvester *h, const char *path, const char *name, bool is_dir)
{
    if (!strcmp(name, CB_OPAQUE) && is_dir) {
        ssize_t n = getxattr(path, name, h->value, 2);
        return n < 0 && errno != ERANGE ? -errno : n == 1 && h->value[0] == 'y';
    }
    if (strncmp(name, "user.", 5) || !strncmp(name, "user.overlay.", 13))
        return 0;
    ssize_t n = getxattr(path, name, NULL, 0);
    if (n < 0)
        return -errno;
    int code = charge(h, (uint64_t)n + strlen(name));
    return code < 0 ? code : 1;
}

/* -EPERM: file capabilities that cannot be taken away. */
static int clean_xattrs(struct harvester *h, const char *path, bool is_dir)
{
    ssize_t n = listxattr(path, h->list, XATTR_MAX);
    if (n <= 0)
        return n == 0 || errno == ENOTSUP ? 0 : -errno;
    for (ssize_t at = 0; at < n; at += (ssize_t)strlen(h->list + at) + 1) {
        const char *name = h->list + at;
        int code = judge_xattr(h, path, name, is_dir);
        if (code < 0)
            return code;
        if (code == 1 || removexattr(path, name) == 0 || errno == ENODATA)
            continue;
        /* A label of the host's security module is the host's own. */
        if (strncmp(name, "security.", 9) || !strcmp(name, "security.capability"))
            return -errno;
    }
    return 0;
}

/* Clear what must not travel from a file or directory. Returns its new mode. */
static int clean_inode(struct harvester *h, const struct cb_walk_entry *e, int path_fd)
{
    char path[32];
    cb_fd_path(path_fd, path);
    bool is_dir = S_ISDIR(e->st.st_mode);
    mode_t mode = e->st.st_mode & 07777, kept = mode & (mode_t)~06000;
    int code = clean_xattrs(h, path, is_dir);
    bool opened = false;
    if (code == -EACCES && !is_dir &&
        chmod(path, kept | 0600) == 0) { /* closed to its owner, an ordinary user */
        opened = true;
        code = clean_xattrs(h, path, is_dir);
    }
    if (code == 0 && kept != mode)
        note(h, e, is_dir ? "setuid or setgid bit cleared" : "setuid bit cleared");
    if (code == 0 && (opened || kept != mode) && chmod(path, kept) < 0)
        code = -errno;
    return code < 0 ? code : (int)kept;
}

static int count(struct harvester *h, const struct cb_walk_entry *e, uint64_t bytes)
{
    h->out->tree[h->tree] = true;
    h->out->files++;
    h->out->bytes += bytes;
    int code = e->path_length > FREE_PATH ? charge(h, e->path_length) : 0;
    return code < 0 ? code : charge(h, bytes);
}

static const char *unfit(const struct cb_walk_entry *e)
{
    if (!strncmp(e->name, ".wh.", 4))
        return "reserved name";
    switch (e->st.st_mode & S_IFMT) {
    case S_IFREG:
    case S_IFLNK:
    case S_IFDIR:
        return NULL;
    case S_IFCHR:
        return cb_is_whiteout(&e->st) ? NULL : "device";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return "device";
    }
}

static int harvest_file(void *context, const struct cb_walk_entry *e)
{
    struct harvester *h = context;
    const char *reason = unfit(e);
    if (reason)
        return drop(h, e, reason);
    if (!S_ISREG(e->st.st_mode))
        return count(h, e, 0);
    cleanup_close int fd = openat(e->dirfd, e->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int mode = clean_inode(h, e, fd);
    if (mode == -EPERM)
        return drop(h, e, "file capabilities");
    if (mode < 0)
        return mode;
    if (geteuid() != 0 && !(mode & S_IRUSR))
        h->out->closed = true;
    return count(h, e, (uint64_t)e->st.st_size);
}

static int harvest_dir(void *context, const struct cb_walk_entry *e)
{
    struct harvester *h = context;
    const char *reason = unfit(e);
    if (reason) {
        int code = drop(h, e, reason);
        return code < 0 ? code : 1;
    }
    if (e->depth > h->limits->depth)
        return exceed(h, "directory levels");
    return count(h, e, 0);
}

static int harvest_enter(void *context, struct cb_walk_entry *e, int fd)
{
    int mode = clean_inode(context, e, fd);
    if (mode < 0)
        return mode;
    if ((e->st.st_mode & 07777) != (mode_t)mode)
        e->st.st_mode = (e->st.st_mode & S_IFMT) | (mode_t)mode;
    return 0;
}

/* Dropping an entry must not show in its directory's time. */
static int harvest_leave(void *context, const struct cb_walk_entry *e, int fd)
{
    const struct harvester *h = context;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, e->st.st_mtim};
    return h->out->n_dropped && futimens(fd, times) < 0 ? -errno : 0;
}

static int fail(struct harvester *h, int code, struct cb_error *err)
{
    const struct cb_harvest_limits *l = h->limits;
    if (code == -EFBIG && !h->exceeded)
        h->exceeded = "files";
    if (code != -EFBIG)
        return cb_snapshot_fail(err, code, "harvest files", "cannot read the files that the cell left");
    uint64_t limit = h->exceeded[0] == 'b' ? l->bytes : h->exceeded[0] == 'f' ? l->files : l->depth;
    return cb_fail(err, code, CB_EXIT_LIMIT, "harvest files", "the cell left more than %llu %s below /%s",
                   (unsigned long long)limit, h->exceeded, tree_paths[h->tree]);
}

int cb_harvest_uppers(const int upper_fds[3], const struct cb_harvest_limits *limits, struct cb_harvest *out,
                      struct cb_error *err)
{
    *out = (struct cb_harvest){0};
    cleanup_free char *list = cb_alloc(XATTR_MAX);
    char value[2];
    struct harvester h = {.limits = limits, .out = out, .list = list, .value = value};
    uint64_t budget = limits->files;
    struct cb_walk walk = {.context = &h,
                           .file = harvest_file,
                           .dir = harvest_dir,
                           .enter = harvest_enter,
                           .leave = harvest_leave,
                           .budget = &budget,
                           .access = 0700};
    for (int i = 0; i < CB_SNAPSHOT_TREES; i++) {
        h.tree = i;
        int code = upper_fds[i] < 0 ? 0 : cb_walk(upper_fds[i], &walk);
        out->closed |= upper_fds[i] >= 0 && walk.closed;
        if (code < 0) {
            cb_harvest_free(out);
            return fail(&h, code, err);
        }
    }
    return 0;
}
