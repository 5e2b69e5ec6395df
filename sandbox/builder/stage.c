/* The stage: a private tmpfs with /image, /run, /workspace and /cache, which becomes the builder's root. */
#include "sandbox/builder/builder.h"
#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x4
#endif

#define MAX_ENTRIES 1024
#define ARENA (512 * 1024)

/* Entries wait until all have arrived, since the stage is going to cover host paths: what they bind is
 * already held as a detached mount, their texts lie in the arena. */
static struct entry {
    enum cb_mount_kind kind;
    int fd;
    const char *target, *source;
} entries[MAX_ENTRIES];
static size_t n_entries, arena_used;
static char arena[ARENA];
static int place_fds[CB_PLACES] = {-1, -1, -1};
static int image_fd = -1;

static const char *keep(const char *s)
{
    size_t n = strlen(s) + 1;
    if (n > ARENA - arena_used)
        return NULL;
    char *copy = memcpy(arena + arena_used, s, n);
    arena_used += n;
    return copy;
}

static int open_in_image(const char *path, uint64_t flags)
{
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, image_fd, path, &how, sizeof how);
}

/* Open the directory `path` of the image, making what is missing. Links inside the image are followed inside
 * it. */
static int make_dirs(const char *path)
{
    char prefix[4096];
    size_t n = 0;
    int fd = open_in_image("/", O_PATH | O_DIRECTORY);
    if (fd < 0)
        return failed("open image root", path);
    while (*path) {
        while (*path == '/')
            path++;
        size_t len = strcspn(path, "/");
        if (!len)
            break;
        if (n + len + 2 > sizeof prefix) {
            close(fd);
            errno = ENAMETOOLONG;
            return failed("make directory", path);
        }
        prefix[n++] = '/';
        memcpy(prefix + n, path, len);
        prefix[n + len] = '\0';
        int next = open_in_image(prefix, O_PATH | O_DIRECTORY);
        if (next < 0 && errno == ENOENT && mkdirat(fd, prefix + n, 0755) == 0)
            next = open_in_image(prefix, O_PATH | O_DIRECTORY);
        int saved = errno;
        close(fd);
        errno = saved;
        if (next < 0)
            return failed("make directory in image", prefix);
        fd = next;
        n += len;
        path += len;
    }
    return fd;
}

/* Split a target into its open parent directory and its last name. */
static int open_parent(const char *target, const char **name)
{
    char parent[4096];
    const char *slash = strrchr(target, '/');
    if (target[0] != '/' || !slash || !slash[1] || (size_t)(slash - target) >= sizeof parent) {
        errno = EINVAL;
        return failed("image entry", target);
    }
    memcpy(parent, target, (size_t)(slash - target));
    parent[slash - target] = '\0';
    *name = slash + 1;
    return make_dirs(parent);
}

static int attach(int mount_fd, int dir, const char *name, const char *target)
{
    struct stat st;
    if (fstat(mount_fd, &st) < 0)
        return failed("bind", target);
    if (S_ISDIR(st.st_mode)) {
        if (mkdirat(dir, name, 0755) < 0 && errno != EEXIST)
            return failed("make mount point", target);
    } else {
        int made = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (made < 0 && errno != EEXIST)
            return failed("make mount point", target);
        if (made >= 0)
            close(made);
    }
    if (syscall(SYS_move_mount, mount_fd, "", dir, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return failed("bind", target);
    return 0;
}

static int write_file(int dir, const char *name, const char *text)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    size_t n = strlen(text);
    if (fd < 0 || fchmod(fd, 0644) < 0 || write(fd, text, n) != (ssize_t)n) {
        if (fd >= 0)
            close(fd);
        return failed("write image file", name);
    }
    return close(fd);
}

static int make_entry(const struct entry *e)
{
    if (e->kind == CB_MOUNT_DIR) {
        int fd = make_dirs(e->target);
        return fd < 0 ? fd : close(fd);
    }
    const char *name = NULL;
    cleanup_close int dir = open_parent(e->target, &name);
    if (dir < 0)
        return dir;
    switch (e->kind) {
    case CB_MOUNT_SYMLINK:
        return symlinkat(e->source, dir, name) < 0 ? failed("symlink in image", e->target) : 0;
    case CB_MOUNT_FILE:
        return write_file(dir, name, e->source);
    default:
        return attach(e->fd, dir, name, e->target);
    }
}

static int clone_checked(const char *path, unsigned flags)
{
    int fd = cb_mount_clone(AT_FDCWD, path, flags, -1);
    if (fd >= 0)
        return fd;
    errno = -fd;
    return failed("bind", path);
}

int stage_take_mount(struct cb_packet *p)
{
    const char *target = cb_wire_next(p), *source = cb_wire_next(p);
    enum cb_mount_kind kind = (enum cb_mount_kind)p->head.number;
    const char *kept_target = target ? keep(target) : NULL, *kept_source = source ? keep(source) : NULL;
    if (!kept_target || !kept_source || n_entries == MAX_ENTRIES) {
        errno = E2BIG;
        return failed("image entry", target ? target : "");
    }
    int fd = -1;
    if (kind == CB_MOUNT_BIND || kind == CB_MOUNT_DEVICE) {
        fd = p->n_fds ? cb_steal_fd(&p->fds[0])
                      : clone_checked(source, kind == CB_MOUNT_DEVICE ? CB_CLONE_DEVICE : 0);
        if (fd < 0)
            return fd;
    }
    entries[n_entries++] = (struct entry){kind, fd, kept_target, kept_source};
    return 0;
}

int stage_take_place(struct cb_packet *p)
{
    const char *path = cb_wire_next(p);
    if (!path || p->head.number < 0 || p->head.number >= CB_PLACES) {
        errno = EINVAL;
        return failed("open directory", "");
    }
    unsigned flags = p->head.number == CB_PLACE_WORKSPACE ? 0 : CB_CLONE_WRITE;
    int fd = p->n_fds ? cb_steal_fd(&p->fds[0]) : clone_checked(path, flags);
    struct stat st;
    if (fd < 0)
        return fd;
    if (fstat(fd, &st) < 0)
        return failed("open directory", path);
    if (p->head.inode && (st.st_ino != p->head.inode || st.st_dev != p->head.device)) {
        errno = ESTALE; /* replaced between the caller's open and ours */
        return failed("open directory", path);
    }
    place_fds[p->head.number] = fd;
    return 0;
}

/* Mount the stage over a directory that surely exists; the process is chdir-ed into it. */
static int stage_start(void)
{
    static const char *const candidates[] = {"/tmp", "/mnt", "/var", "/usr"};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (mount("cellblock", candidates[i], "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m") == 0)
            return chdir(candidates[i]) < 0 ? failed("enter stage", candidates[i]) : 0;
        if (errno != ENOENT && errno != ENOTDIR)
            break;
    }
    return failed("mount stage", "tmpfs");
}

static int place(const char *name, int fd)
{
    if (mkdir(name, 0755) < 0)
        return failed("make directory in stage", name);
    if (fd >= 0 && syscall(SYS_move_mount, fd, "", AT_FDCWD, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
        return failed("bind", name);
    return 0;
}

/* The image root is a tmpfs, or, where an entry's target is "/", that bind itself. */
static int start_image(void)
{
    size_t root = 0;
    while (root < n_entries && !(entries[root].kind == CB_MOUNT_BIND && !strcmp(entries[root].target, "/")))
        root++;
    int code = place("image", root < n_entries ? entries[root].fd : -1);
    if (code < 0)
        return code;
    if (root == n_entries &&
        mount("cellblock", "image", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m") < 0)
        return failed("mount tmpfs", "image");
    image_fd = open("image", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return image_fd < 0 ? failed("open image root", "image") : 0;
}

static int fill_image(void)
{
    for (size_t i = 0; i < n_entries; i++) {
        int code = strcmp(entries[i].target, "/") != 0 ? make_entry(&entries[i]) : 0;
        if (code < 0)
            return code;
        if (entries[i].fd >= 0)
            close(entries[i].fd);
    }
    const char *const points[] = {"/work", "/tmp", stage.home, "/proc", "/dev/pts", "/dev/shm"};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        int fd = make_dirs(points[i]);
        if (fd < 0)
            return fd;
        close(fd);
    }
    if (mount(NULL, "image", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
        return failed("make image read-only", "");
    close(image_fd);
    return 0;
}

static int take_filter(int fd)
{
    ssize_t n = pread(fd, stage.zygote_filter, sizeof stage.zygote_filter, 0);
    if (n <= 0 || n % (ssize_t)sizeof *stage.zygote_filter)
        return failed("read filter", "");
    stage.n_zygote_filter = (uint16_t)((size_t)n / sizeof *stage.zygote_filter);
    return 0;
}

static int take_settings(struct cb_packet *p)
{
    const char *home = cb_wire_next(p), *hostname = cb_wire_next(p), *mask = cb_wire_next(p);
    if (!home || !hostname || !mask || p->n_fds != 1 || strlen(home) >= sizeof stage.home ||
        strlen(hostname) >= sizeof stage.hostname || strlen(mask) >= sizeof stage.mask) {
        errno = EINVAL;
        return failed("settings", "");
    }
    strcpy(stage.home, home);
    strcpy(stage.hostname, hostname);
    strcpy(stage.mask, mask);
    stage.shm_bytes = p->head.size;
    stage.has_workspace = place_fds[CB_PLACE_WORKSPACE] >= 0;
    stage.has_cache = place_fds[CB_PLACE_CACHE] >= 0;
    return take_filter(p->fds[0]);
}

/* Covers for what a cell must not see: no permission for anybody, on a mount of its own that is read-only, so
 * that their owner, who is the cell's user, cannot give himself any. */
static int make_masks(void)
{
    int code = place("masked", -1);
    if (code < 0)
        return code;
    if (mount("cellblock", "masked", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755,size=64k") < 0 ||
        mkdir("masked/dir", 0) < 0 || mknod("masked/file", S_IFREG, 0) < 0 ||
        mount(NULL, "masked", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) < 0)
        return failed("make covers", "masked");
    return 0;
}

int stage_assemble(struct cb_packet *p)
{
    int code = take_settings(p);
    if (code < 0)
        return code;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return failed("make mounts private", "/");
    if ((code = stage_start()) < 0 || (code = start_image()) < 0 || (code = fill_image()) < 0 ||
        (code = place("run", place_fds[CB_PLACE_RUN])) < 0 ||
        (code = place("workspace", place_fds[CB_PLACE_WORKSPACE])) < 0 ||
        (code = place("cache", place_fds[CB_PLACE_CACHE])) < 0 || (code = place("empty", -1)) < 0 ||
        (code = place("proc", -1)) < 0 || (code = make_masks()) < 0)
        return code;
    /* Later proc mounts are only allowed where one is already visible in full (mnt_already_visible,
     * fs/namespace.c), and the host's goes away with its root. */
    if (((code = step_proc("proc", "hidepid=invisible")) < 0 &&
         (code = step_proc("proc", "subset=pid,hidepid=invisible")) < 0) ||
        (code = step_pivot(".")) < 0)
        return code;
    for (int i = 0; i < CB_PLACES; i++)
        if (place_fds[i] >= 0)
            close(place_fds[i]);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return failed("undumpable", "");
    return 0;
}
