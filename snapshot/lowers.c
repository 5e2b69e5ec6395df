/* lowers.c: what the next cell sees below its uppers. Layers are merged by hard links into new directories; a
 * directory that a cell may have mounted is never changed. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>

/* With FAN layers to a merge, four levels of at most FAN each fill MAX_LOWERS, which hold 12^4 layers. */
enum { MAX_LOWERS = 48, FAN = 12, TOP_LEVEL = 3 };

/* ---- one layer on top of a directory ---- */

struct applier {
    enum cb_apply_mode mode;
    int dst; /* the directory that corresponds to the walk's */
};

static bool exists(int dirfd, const char *name, struct stat *st)
{
    return fstatat(dirfd, name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int copy_times(int dirfd, const char *name, const struct stat *st)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st->st_mtim};
    return utimensat(dirfd, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

static int copy_symlink(const struct cb_walk_entry *e, int dst)
{
    char target[4097];
    ssize_t n = readlinkat(e->dirfd, e->name, target, sizeof target - 1);
    if (n < 0)
        return -errno;
    target[n] = '\0';
    return symlinkat(target, dst, e->name) < 0 ? -errno : copy_times(dst, e->name, &e->st);
}

static int copy_regular(const struct applier *a, const struct cb_walk_entry *e)
{
    cleanup_close int in = cb_open_content(e->dirfd, e->name, &e->st);
    if (in < 0)
        return in;
    cleanup_close int out =
        openat(a->dst, e->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (out < 0)
        return -errno;
    int code = cb_copy_sparse(in, out, 0, (uint64_t)e->st.st_size);
    if (code == 0 && ftruncate(out, e->st.st_size) < 0)
        code = -errno;
    if (code == 0 && a->mode != CB_APPLY_EXPORT && geteuid() == 0 &&
        fchown(out, e->st.st_uid, e->st.st_gid) < 0)
        code = -errno;
    if (code == 0 && fchmod(out, e->st.st_mode & 01777) < 0)
        code = -errno;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, e->st.st_mtim};
    return code == 0 && futimens(out, times) < 0 ? -errno : code;
}

static int apply_file(void *context, const struct cb_walk_entry *e)
{
    const struct applier *a = context;
    int code = cb_remove_tree(a->dst, e->name);
    if (code < 0)
        return code;
    if (cb_is_whiteout(&e->st)) {
        if (a->mode != CB_APPLY_MERGE)
            return 0;
        return mknodat(a->dst, e->name, S_IFCHR, 0) < 0 ? -errno : 0;
    }
    if (a->mode != CB_APPLY_EXPORT) {
        if (linkat(e->dirfd, e->name, a->dst, e->name, 0) == 0)
            return 0;
        if (errno != EMLINK) /* 65,000 names on ext4: a cell may get there */
            return -errno;
    }
    return S_ISREG(e->st.st_mode) ? copy_regular(a, e) : S_ISLNK(e->st.st_mode) ? copy_symlink(e, a->dst) : 0;
}

/* The directory in the destination, made where it is missing or what is there does not merge. */
static int receive_dir(const struct applier *a, const struct cb_walk_entry *e, bool opaque, int *out)
{
    struct stat st;
    bool there = exists(a->dst, e->name, &st), merges = there && S_ISDIR(st.st_mode) && !opaque;
    if (there && !merges) {
        opaque = true; /* what lay below the entry that goes stays hidden */
        int code = cb_remove_tree(a->dst, e->name);
        if (code < 0)
            return code;
    }
    if (!merges && mkdirat(a->dst, e->name, 0700) < 0)
        return -errno;
    /* An earlier layer may have closed it; no link can be here, so the path call follows none. */
    if (merges && (st.st_mode & 0700) != 0700 && geteuid() != 0 && fchmodat(a->dst, e->name, 0700, 0) < 0)
        return -errno;
    *out = cb_open_dir(a->dst, e->name);
    if (*out < 0)
        return *out;
    if (!merges && opaque && a->mode == CB_APPLY_MERGE && fsetxattr(*out, CB_OPAQUE, "y", 1, 0) < 0) {
        int code = -errno;
        close(*out);
        return code;
    }
    return 0;
}

static int apply_enter(void *context, struct cb_walk_entry *e, int fd)
{
    struct applier *a = context;
    if (e->depth == 0)
        return 0;
    int dst = -1, code = receive_dir(a, e, cb_is_opaque(fd), &dst);
    if (code < 0)
        return code;
    close(a->dst);
    a->dst = dst;
    return 0;
}

/* The cell's own attributes of a directory: the newest layer's are the directory's. */
static int copy_xattrs(int src, int dst)
{
    ssize_t n = flistxattr(src, NULL, 0);
    if (n <= 0)
        return n == 0 || errno == ENOTSUP ? 0 : -errno;
    cleanup_free char *list = cb_alloc((size_t)n), *value = cb_alloc(65536);
    n = flistxattr(src, list, (size_t)n);
    for (ssize_t at = 0; at < n; at += (ssize_t)strlen(list + at) + 1) {
        if (strncmp(list + at, "user.", 5) || !strncmp(list + at, "user.overlay.", 13))
            continue;
        ssize_t length = fgetxattr(src, list + at, value, 65536);
        if (length < 0 || fsetxattr(dst, list + at, value, (size_t)length, 0) < 0)
            return -errno;
    }
    return 0;
}

static int apply_leave(void *context, const struct cb_walk_entry *e, int fd)
{
    struct applier *a = context;
    int up = -1, code = 0;
    if (e->depth > 0) {
        up = openat(a->dst, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            return -errno;
    }
    if (e->depth > 0 || a->mode != CB_APPLY_EXPORT) {
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, e->st.st_mtim};
        if (a->mode != CB_APPLY_EXPORT)
            code = copy_xattrs(fd, a->dst);
        if (a->mode != CB_APPLY_EXPORT && geteuid() == 0 && fchown(a->dst, e->st.st_uid, e->st.st_gid) < 0)
            code = -errno;
        if (fchmod(a->dst, e->st.st_mode & 01777) < 0 || futimens(a->dst, times) < 0)
            code = -errno;
    }
    if (up >= 0) {
        close(a->dst);
        a->dst = up;
    }
    return code;
}

int cb_apply_tree(int src_fd, int dst_fd, enum cb_apply_mode mode)
{
    struct stat st;
    if (fstat(dst_fd, &st) < 0)
        return -errno;
    if (geteuid() != 0 && (st.st_mode & 0700) != 0700 && fchmod(dst_fd, 0700) < 0)
        return -errno;
    struct applier a = {.mode = mode, .dst = cb_open_dir(dst_fd, ".")};
    if (a.dst < 0)
        return a.dst;
    struct cb_walk walk = {
        .context = &a, .file = apply_file, .enter = apply_enter, .leave = apply_leave, .access = 0500};
    int code = cb_walk(src_fd, &walk);
    close(a.dst);
    return code;
}

/* ---- the list ---- */

void cb_lower_list_add(struct cb_lower_list *list, char *path, unsigned level)
{
    if (list->n == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 64;
        list->items = cb_realloc(list->items, list->capacity * sizeof *list->items);
    }
    list->items[list->n++] = (struct cb_lower){path, level};
}

void cb_lower_list_free(struct cb_lower_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->items[i].path);
    free(list->items);
    free(list->paths);
    *list = (struct cb_lower_list){0};
}

static int open_lower(const struct cb_run *run, const char *path)
{
    int fd = openat(run->fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Merge items [from, from + n) into a new directory that takes their place. */
static int merge(struct cb_run *run, int tree, size_t from, size_t n)
{
    struct cb_lower_list *list = &run->lowers[tree];
    bool bottom = from == 0 && tree != 0; /* below /work lies the workspace */
    char *path = cb_format("merged/%u", run->merges++);
    int code = mkdirat(run->fd, path, 0700) < 0 ? -errno : 0;
    cleanup_close int dst = code < 0 ? -1 : cb_open_dir(run->fd, path);
    if (code == 0 && dst < 0)
        code = dst;
    for (size_t i = from; code == 0 && i < from + n; i++) {
        cleanup_close int src = open_lower(run, list->items[i].path);
        code = src < 0 ? src : cb_apply_tree(src, dst, bottom ? CB_APPLY_MERGE_BOTTOM : CB_APPLY_MERGE);
    }
    if (code < 0) {
        (void)cb_remove_tree(run->fd, path);
        free(path);
        return code;
    }
    unsigned level = list->items[from].level;
    for (size_t i = from; i < from + n; i++)
        free(list->items[i].path);
    list->items[from] = (struct cb_lower){path, level < TOP_LEVEL ? level + 1 : TOP_LEVEL};
    memmove(list->items + from + 1, list->items + from + n, (list->n - from - n) * sizeof *list->items);
    list->n -= n - 1;
    return 0;
}

/* Levels fall from the oldest item to the newest. Merge the oldest FAN of the lowest level that has so many:
 * more than MAX_LOWERS items on four levels always leave one. */
static int compact(struct cb_run *run, int tree)
{
    const struct cb_lower_list *list = &run->lowers[tree];
    while (list->n > MAX_LOWERS) {
        size_t from = list->n, count = 0;
        for (unsigned level = 0; level <= TOP_LEVEL && count < FAN; level++) {
            for (count = 0; from > 0 && list->items[from - 1].level == level; from--)
                count++;
        }
        int code = merge(run, tree, from, FAN);
        if (code < 0)
            return code;
    }
    return 0;
}

int cb_run_lowers(struct cb_run *run, int tree, const char *const **paths, size_t *n, struct cb_error *err)
{
    if (tree < 0 || tree >= CB_SNAPSHOT_TREES)
        return cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "lowers", "there is no tree %d", tree);
    struct cb_lower_list *list = &run->lowers[tree];
    int code = compact(run, tree);
    if (code < 0)
        return cb_snapshot_fail(err, code, "merge layers", "cannot merge older layers");
    list->paths = cb_realloc(list->paths, (list->n + 1) * sizeof *list->paths);
    for (size_t i = 0; i < list->n; i++)
        list->paths[i] = list->items[list->n - 1 - i].path;
    list->paths[list->n] = NULL;
    *paths = list->paths;
    *n = list->n;
    return 0;
}

/* ---- export ---- */

static int count_file(void *context, const struct cb_walk_entry *e)
{
    (void)e;
    ++*(size_t *)context;
    return 0;
}

static bool is_empty(int fd)
{
    cleanup_dir DIR *d = fdopendir(cb_open_dir(fd, "."));
    for (const struct dirent *e; d && (e = readdir(d));)
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
            return false;
    return d != NULL;
}

int cb_run_export(struct cb_run *run, const char *path, size_t *n_files, struct cb_error *err)
{
    const char *phase = "export files";
    *n_files = 0;
    int code = mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
    cleanup_close int dst = code < 0 ? -1 : cb_open_dir(AT_FDCWD, path);
    if (code == 0 && dst < 0)
        code = dst;
    /* Whiteouts of the layers must not meet files of the user. */
    if (code == 0 && !is_empty(dst))
        return cb_fail(err, -ENOTEMPTY, CB_EXIT_USAGE, phase, "%.300s is not empty", path);
    const struct cb_lower_list *list = &run->lowers[0];
    for (size_t i = 0; code == 0 && i < list->n; i++) {
        cleanup_close int src = open_lower(run, list->items[i].path);
        code = src < 0 ? src : cb_apply_tree(src, dst, CB_APPLY_EXPORT);
    }
    struct cb_walk walk = {.context = n_files, .file = count_file, .types_only = true};
    if (code == 0)
        code = cb_walk(dst, &walk);
    return code < 0 ? cb_snapshot_fail(err, code, phase, "cannot export the files of /work") : 0;
}
