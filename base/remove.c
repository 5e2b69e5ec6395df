#include "base/base.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Neither our stack nor our descriptors may depend on how deep a cell's directories are: one descriptor is
 * open at any depth. The way back up is "..", which must be the directory that we came from. */
struct level {
    dev_t device;
    ino_t inode;
    size_t name; /* where its name begins in names */
};

struct removal {
    int fd;
    struct level *levels; /* from the root of the removal down to fd */
    size_t depth, capacity;
    struct cb_buffer names; /* one after the other, each with its NUL */
};

struct record { /* linux_dirent64, getdents64(2) */
    uint64_t inode, offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* Give the owner of a directory the rights that its maker took away. */
static int open_up(int dirfd, const char *name)
{
    cleanup_close int path = openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (path < 0)
        return -errno;
    char self[32];
    snprintf(self, sizeof self, "/proc/self/fd/%d", path);
    return chmod(self, 0700) < 0 ? -errno : 0;
}

static int descend(struct removal *r, int dirfd, const char *name)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(dirfd, name, flags);
    if (fd < 0 && errno == EACCES && open_up(dirfd, name) == 0)
        fd = openat(dirfd, name, flags);
    struct stat st;
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0) {
        close(fd);
        return -errno;
    }
    if (r->depth == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 16;
        r->levels = cb_realloc(r->levels, r->capacity * sizeof *r->levels);
    }
    r->levels[r->depth++] = (struct level){st.st_dev, st.st_ino, r->names.length};
    cb_buffer_add(&r->names, name, strlen(name) + 1);
    cb_cleanup_close(&r->fd);
    r->fd = fd;
    return 0;
}

/* Leave an empty directory and remove it. 1: it was the root of the removal. */
static int ascend(struct removal *r)
{
    struct level *done = &r->levels[r->depth - 1];
    if (r->depth == 1)
        return 1;
    int up = openat(r->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (up < 0)
        return -errno;
    close(r->fd);
    r->fd = up;
    struct stat st;
    if (fstat(up, &st) < 0)
        return -errno;
    if (st.st_ino != done[-1].inode || st.st_dev != done[-1].device)
        return -ESTALE;
    if (unlinkat(up, r->names.text + done->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        return -errno;
    r->names.length = done->name;
    r->depth--;
    return 0;
}

/* 1: a directory that is not empty. */
static int remove_entry(int fd, const struct record *e)
{
    for (int tries = 0;; tries++) {
        int is_dir = e->type == DT_DIR;
        if (unlinkat(fd, e->name, is_dir ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT)
            return 0;
        if (!is_dir && errno == EISDIR && unlinkat(fd, e->name, AT_REMOVEDIR) == 0)
            return 0;
        if (errno == ENOTEMPTY || errno == EEXIST)
            return 1;
        if (errno != EACCES || tries || fchmod(fd, 0700) < 0)
            return -errno;
    }
}

/* Remove what the current directory holds. 1: descended into one that is not empty, 0: nothing is left. */
static int empty_directory(struct removal *r)
{
    _Alignas(struct record) char block[8192];
    for (;;) {
        long n = syscall(SYS_getdents64, r->fd, block, sizeof block);
        if (n <= 0)
            return n < 0 && errno != ENOENT ? -errno : 0;
        for (long at = 0; at < n;) {
            const struct record *e = (const void *)(block + at);
            at += e->length;
            if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
                continue;
            int code = remove_entry(r->fd, e);
            if (code == 1 && (code = descend(r, r->fd, e->name)) == 0)
                return 1;
            if (code < 0 && code != -ENOENT) /* another process may be removing the same tree */
                return code;
        }
    }
}

int cb_remove_tree(int dirfd, const char *name)
{
    if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM && errno != EACCES)
        return -errno;
    struct removal r = {.fd = -1};
    int code = descend(&r, dirfd, name);
    while (code == 0) {
        code = empty_directory(&r);
        code = code == 1 ? 0 : code < 0 ? code : ascend(&r);
    }
    cb_cleanup_close(&r.fd);
    free(r.levels);
    cb_buffer_free(&r.names);
    if (code < 0 && code != -ENOENT)
        return code;
    return unlinkat(dirfd, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -errno;
}
