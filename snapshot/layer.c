/* layer.c: a spool becomes a layer. docs/formats.md has the format. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/xattr.h>

enum { MAX_VALUES = 1000000, MAX_GAP = 1 << 19, FLUSH = 1 << 18 };

static const char *const roots[CB_SNAPSHOT_TREES] = {"work", "tmp", "home/cell"};

static uint64_t align_block(uint64_t n)
{
    return (n + CB_BLOCK - 1) / CB_BLOCK * CB_BLOCK;
}

static int write_at(int fd, const void *bytes, size_t n, uint64_t offset)
{
    for (const char *p = bytes; n > 0;) {
        ssize_t put = pwrite(fd, p, n, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -errno;
        p += put;
        n -= (size_t)put;
        offset += (uint64_t)put;
    }
    return 0;
}

/* ---- values ---- */

static bool name_ok(const char name[128])
{
    size_t n = strnlen(name, 128);
    if (n == 0 || n == 128 || !strcmp(name, ".") || !strcmp(name, "..") || !strncmp(name, ".wh.", 4))
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
              c == '_' || c == '-'))
            return false;
    }
    return true;
}

static int by_entry_name(const void *a, const void *b)
{
    const struct cb_value_entry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool names_unique(const struct cb_value_entry *values, size_t n)
{
    cleanup_free const struct cb_value_entry **sorted = cb_alloc(n * sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = &values[i];
    qsort(sorted, n, sizeof *sorted, by_entry_name);
    for (size_t i = 1; i < n; i++)
        if (!strcmp(sorted[i - 1]->name, sorted[i]->name))
            return false;
    return true;
}

static int check_values(uint64_t size, const struct cb_value_entry *values, size_t n, struct cb_error *err)
{
    const char *phase = "check spool";
    if (n > MAX_VALUES)
        return cb_fail(err, -EFBIG, CB_EXIT_LIMIT, phase, "the cell left %zu values; the limit is %d", n,
                       MAX_VALUES);
    uint64_t end = 0;
    for (size_t i = 0; i < n; i++) {
        const struct cb_extent *x = &values[i].extent;
        const char *fault = NULL;
        if (!name_ok(values[i].name))
            fault = "a bad name";
        else if (x->offset % CB_PAGE)
            fault = "an unaligned start";
        else if (x->offset > size || x->length > size - x->offset)
            fault = "bytes beyond the spool";
        else if (x->offset < end || x->offset - end < CB_PAGE)
            fault = "no room for its header";
        else if (x->offset - end > MAX_GAP)
            fault = "too wide a gap before it";
        if (fault)
            return cb_fail(err, -EPROTO, CB_EXIT_VIOLATION, phase, "entry %zu of the cell's spool has %s", i,
                           fault);
        end = x->offset + x->length;
    }
    if (!names_unique(values, n))
        return cb_fail(err, -EPROTO, CB_EXIT_VIOLATION, phase,
                       "two entries of the cell's spool have one name");
    return 0;
}

int cb_spool_seal(int fd, const struct cb_value_entry *values, size_t n, uint64_t *end, struct cb_error *err)
{
    static const char zeros[CB_BLOCK];
    struct stat st;
    if (fstat(fd, &st) < 0)
        return cb_fail_errno(err, -errno, "check spool", "cannot measure the spool");
    int code = check_values((uint64_t)st.st_size, values, n, err);
    if (code < 0)
        return code;
    uint64_t last = 0;
    for (size_t i = 0; code == 0 && i < n; i++) {
        char path[160];
        int length = snprintf(path, sizeof path, ".cellblock/vars/%s", values[i].name);
        struct cb_pax_entry e = {.type = '0',
                                 .path = path,
                                 .path_length = (size_t)length,
                                 .mode = 0644,
                                 .size = values[i].extent.length};
        cleanup_buffer struct cb_buffer header = {0};
        uint64_t start = align_block(last);
        cb_buffer_add(&header, zeros, (size_t)(start - last));
        cb_pax_header(&header, &e, (size_t)(values[i].extent.offset - start));
        code = write_at(fd, header.text, header.length, last);
        last = values[i].extent.offset + values[i].extent.length;
    }
    /* What the cell wrote behind its last value goes; the new end reads as zeros. */
    *end = align_block(last);
    if (code == 0 && (ftruncate(fd, (off_t)last) < 0 || ftruncate(fd, (off_t)*end) < 0))
        code = -errno;
    return code < 0 ? cb_snapshot_fail(err, code, "seal spool", "cannot write the headers of the spool") : 0;
}

/* ---- files ---- */

struct link_slot {
    ino_t ino;
    dev_t dev;
    char *path;
};

struct writer {
    int fd;
    uint64_t at; /* where `pending` belongs */
    struct cb_buffer pending;
    const char *root;
    struct cb_buffer path;
    struct link_slot *links; /* first name of each file with several, open addressing */
    size_t n_links, capacity;
    struct cb_buffer xattrs;
};

static int flush(struct writer *w)
{
    int code = write_at(w->fd, w->pending.text, w->pending.length, w->at);
    w->at += w->pending.length;
    w->pending.length = 0;
    return code;
}

static int add_header(struct writer *w, const struct cb_pax_entry *e)
{
    cb_pax_header(&w->pending, e, 0);
    return w->pending.length >= FLUSH ? flush(w) : 0;
}

static size_t link_place(const struct writer *w, const struct stat *st)
{
    size_t i = (size_t)(st->st_ino * 0x9e3779b97f4a7c15u >> 20) & (w->capacity - 1);
    while (w->links[i].path && (w->links[i].ino != st->st_ino || w->links[i].dev != st->st_dev))
        i = (i + 1) & (w->capacity - 1);
    return i;
}

/* The name under which the file is already in this layer; otherwise remember this one and return NULL. */
static const char *first_name(struct writer *w, const struct stat *st)
{
    if (w->n_links * 2 >= w->capacity) {
        struct link_slot *old = w->links;
        size_t n = w->capacity;
        w->capacity = n ? n * 2 : 64;
        w->links = cb_alloc(w->capacity * sizeof *w->links);
        for (size_t i = 0; i < n; i++)
            if (old[i].path)
                w->links[link_place(w, &(struct stat){.st_ino = old[i].ino, .st_dev = old[i].dev})] = old[i];
        free(old);
    }
    size_t i = link_place(w, st);
    if (w->links[i].path)
        return w->links[i].path;
    w->links[i] = (struct link_slot){st->st_ino, st->st_dev, cb_strdup(w->path.text)};
    w->n_links++;
    return NULL;
}

/* The cell's own user.* attributes, as records that libarchive and GNU tar know. */
static int collect_xattrs(struct writer *w, int fd)
{
    w->xattrs.length = 0;
    ssize_t n = flistxattr(fd, NULL, 0);
    if (n <= 0)
        return n < 0 && errno != ENOTSUP ? -errno : 0;
    cleanup_free char *list = cb_alloc((size_t)n);
    cleanup_free char *value = cb_alloc(65536);
    n = flistxattr(fd, list, (size_t)n);
    for (ssize_t at = 0; at < n; at += (ssize_t)strlen(list + at) + 1) {
        const char *name = list + at;
        if (strncmp(name, "user.", 5) || !strncmp(name, "user.overlay.", 13) || strchr(name, '='))
            continue;
        ssize_t length = fgetxattr(fd, name, value, 65536);
        if (length < 0 && errno == EACCES)
            continue; /* a file that its owner closed again: attributes are checked at each call */
        if (length < 0)
            return -errno;
        char key[300];
        snprintf(key, sizeof key, "SCHILY.xattr.%s", name);
        cb_pax_record(&w->xattrs, key, value, (size_t)length);
    }
    return n < 0 ? -errno : 0;
}

static void set_path(struct writer *w, const struct cb_walk_entry *e, const char *prefix)
{
    w->path.length = 0;
    cb_buffer_adds(&w->path, w->root);
    if (e->path_length) {
        cb_buffer_adds(&w->path, "/");
        cb_buffer_add(&w->path, e->path, e->path_length - strlen(e->name));
        cb_buffer_adds(&w->path, prefix);
        cb_buffer_adds(&w->path, e->name);
    }
}

static struct cb_pax_entry entry_of(const struct writer *w, const struct cb_walk_entry *e, char type)
{
    return (struct cb_pax_entry){.type = type,
                                 .path = w->path.text,
                                 .path_length = w->path.length,
                                 .mode = e->st.st_mode & 01777,
                                 .mtime = e->st.st_mtim};
}

static int write_regular(struct writer *w, const struct cb_walk_entry *e)
{
    struct cb_pax_entry entry = entry_of(w, e, '0');
    const char *first = e->st.st_nlink > 1 ? first_name(w, &e->st) : NULL;
    if (first) {
        entry.type = '1';
        entry.link = first;
        return add_header(w, &entry);
    }
    cleanup_close int fd = cb_open_content(e->dirfd, e->name, &e->st);
    if (fd < 0)
        return fd;
    int code = collect_xattrs(w, fd);
    if (code < 0)
        return code;
    entry.records = &w->xattrs;
    entry.size = (uint64_t)e->st.st_size;
    code = add_header(w, &entry);
    if (code < 0)
        return code;
    static const char zeros[CB_BLOCK];
    if (entry.size <= FLUSH / 4) {
        cleanup_free char *bytes = cb_alloc((size_t)entry.size);
        code = cb_read_full(fd, bytes, (size_t)entry.size);
        cb_buffer_add(&w->pending, bytes, (size_t)entry.size);
        cb_buffer_add(&w->pending, zeros, (size_t)(align_block(entry.size) - entry.size));
        return code;
    }
    code = flush(w);
    if (code == 0)
        code = cb_copy_sparse(fd, w->fd, w->at, entry.size);
    w->at += align_block(entry.size);
    return code;
}

static int write_file(void *context, const struct cb_walk_entry *e)
{
    struct writer *w = context;
    bool whiteout = cb_is_whiteout(&e->st);
    set_path(w, e, whiteout ? ".wh." : "");
    if (S_ISREG(e->st.st_mode))
        return write_regular(w, e);
    if (whiteout) {
        struct cb_pax_entry entry = {
            .type = '0', .path = w->path.text, .path_length = w->path.length, .mode = 0644};
        return add_header(w, &entry);
    }
    if (!S_ISLNK(e->st.st_mode))
        return -EINVAL; /* the harvest left it in: a fault of ours */
    char target[4097];
    ssize_t n = readlinkat(e->dirfd, e->name, target, sizeof target - 1);
    if (n < 0)
        return -errno;
    target[n] = '\0';
    struct cb_pax_entry entry = entry_of(w, e, '2');
    entry.mode = 0777;
    entry.link = target;
    return add_header(w, &entry);
}

static int write_dir(void *context, struct cb_walk_entry *e, int fd)
{
    struct writer *w = context;
    int code = collect_xattrs(w, fd);
    if (code < 0)
        return code;
    set_path(w, e, "");
    cb_buffer_adds(&w->path, "/");
    struct cb_pax_entry entry = entry_of(w, e, '5');
    entry.records = &w->xattrs;
    code = add_header(w, &entry);
    if (code < 0 || !e->depth || !cb_is_opaque(fd))
        return code;
    cb_buffer_adds(&w->path, ".wh..wh..opq");
    struct cb_pax_entry opaque = {
        .type = '0', .path = w->path.text, .path_length = w->path.length, .mode = 0644};
    return add_header(w, &opaque);
}

int cb_layer_append(int fd, uint64_t *end, const int trees[CB_SNAPSHOT_TREES])
{
    struct writer w = {.fd = fd, .at = *end};
    struct cb_walk walk = {.context = &w, .file = write_file, .enter = write_dir, .access = 0500};
    int code = 0;
    for (int i = 0; code == 0 && i < CB_SNAPSHOT_TREES; i++) {
        w.root = roots[i];
        if (trees[i] >= 0)
            code = cb_walk(trees[i], &walk);
    }
    if (code == 0)
        code = flush(&w);
    *end = w.at;
    for (size_t i = 0; i < w.capacity; i++)
        free(w.links[i].path);
    free(w.links);
    cb_buffer_free(&w.pending);
    cb_buffer_free(&w.path);
    cb_buffer_free(&w.xattrs);
    return code;
}

int cb_layer_finish(int fd, uint64_t *end)
{
    *end += 2 * CB_BLOCK;
    return ftruncate(fd, (off_t)*end) < 0 ? -errno : 0;
}

int cb_layer_digest(int fd, uint64_t bytes, char out[72])
{
    enum { CHUNK = 1 << 20 };
    cleanup_free unsigned char *buffer = malloc(bytes < CHUNK ? (size_t)bytes + 1 : CHUNK);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    int code = buffer && md && EVP_DigestInit_ex(md, EVP_sha256(), NULL) ? 0 : -ENOMEM;
    for (uint64_t at = 0; code == 0 && at < bytes;) {
        ssize_t n = pread(fd, buffer, bytes - at < CHUNK ? (size_t)(bytes - at) : CHUNK, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            code = n < 0 ? -errno : -EIO;
        else
            EVP_DigestUpdate(md, buffer, (size_t)n);
        at += n > 0 ? (uint64_t)n : 0;
    }
    unsigned char digest[32];
    if (code == 0 && EVP_DigestFinal_ex(md, digest, NULL)) {
        memcpy(out, "sha256:", 7);
        cb_hex(digest, 32, out + 7);
    }
    EVP_MD_CTX_free(md);
    return code;
}
