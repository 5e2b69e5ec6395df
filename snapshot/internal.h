/*
 * Private to snapshot: the directory walk that everything here is built on, tar headers, and the state that
 * store.c, run.c, finish.c, lowers.c and mask.c share.
 */
#ifndef CB_SNAPSHOT_INTERNAL_H
#define CB_SNAPSHOT_INTERNAL_H

#include "snapshot/snapshot.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

#define CB_SNAPSHOT_TREES 3
#define CB_OPAQUE "user.overlay.opaque"
#define CB_BLOCK 512u

/* A system error of the store; what the user can mend (space, permission) says so in exit code and remedy. */
int cb_snapshot_fail(struct cb_error *err, int code, const char *phase, const char *what);

/* ---- walk.c: visit a tree by directory descriptors, following nothing, one descriptor at any depth ---- */

struct cb_walk_entry {
    int dirfd; /* of the directory that holds it */
    const char *name;
    const char *path; /* relative to the root of the walk; "" for the root */
    size_t path_length;
    uint32_t depth; /* 0: the root */
    struct stat st; /* types_only: st_mode holds the type and nothing else is set */
};

/* Names come sorted bytewise, a directory before what it holds. A negative result ends the walk with it. */
struct cb_walk {
    void *context;
    int (*file)(void *context, const struct cb_walk_entry *e);
    int (*dir)(void *context, const struct cb_walk_entry *e);           /* NULL: descend; 1: do not */
    int (*enter)(void *context, struct cb_walk_entry *e, int fd);       /* NULL; may change st.st_mode */
    int (*leave)(void *context, const struct cb_walk_entry *e, int fd); /* NULL */
    uint64_t *budget; /* entries that may still be read, -EFBIG beyond; NULL: any number */
    mode_t access;    /* owner bits a directory is given while inside it (restored after); 0: skip unreadable
                         ones */
    bool types_only;
    bool closed; /* out: a directory had to be opened that way */
};
int cb_walk(int root_fd, struct cb_walk *walk);

bool cb_is_whiteout(const struct stat *st);
bool cb_is_opaque(int dir_fd);
/* Open a regular file for reading although its owner closed it; the mode is put back at once. */
int cb_open_content(int dirfd, const char *name, const struct stat *st);
int cb_open_dir(int dirfd, const char *name);
/* Copy `size` bytes of `in` to `out` at `offset`, leaving holes as holes. -EIO where `in` is shorter. */
int cb_copy_sparse(int in, int out, uint64_t offset, uint64_t size);
/* Path of an O_PATH descriptor, for the calls that take no descriptor. */
void cb_fd_path(int fd, char out[32]);

/* ---- pax.c ---- */

struct cb_pax_entry {
    char type; /* '0' file, '1' hard link, '2' symbolic link, '5' directory */
    const char *path;
    size_t path_length;
    const char *link; /* NUL-terminated, or NULL */
    mode_t mode;
    uint64_t size;
    struct timespec mtime;
    const struct cb_buffer *records; /* further finished records, or NULL */
};
/* Append the headers of `e`. `exact` not 0: they take exactly that many bytes (a multiple of CB_BLOCK, at
 * least CB_PAX_MIN), a comment record taking up the slack. */
#define CB_PAX_MIN 3072u
void cb_pax_header(struct cb_buffer *out, const struct cb_pax_entry *e, size_t exact);
void cb_pax_record(struct cb_buffer *out, const char *key, const void *value, size_t n);

/* ---- layer.c ---- */

/* Check the entries against the spool and write the tar headers into its gaps. *end: end of the last block.
 */
int cb_spool_seal(int fd, const struct cb_value_entry *values, size_t n, uint64_t *end, struct cb_error *err);
/* Append the trees (descriptor or -1) behind *end and the end of the archive. */
int cb_layer_append(int fd, uint64_t *end, const int trees[CB_SNAPSHOT_TREES]);
int cb_layer_finish(int fd, uint64_t *end);
int cb_layer_digest(int fd, uint64_t bytes, char out[72]);

/* ---- lowers.c ---- */

enum cb_apply_mode {
    CB_APPLY_MERGE,        /* hard links, whiteouts and opaque directories kept */
    CB_APPLY_MERGE_BOTTOM, /* hard links; nothing lies below, so nothing needs hiding */
    CB_APPLY_EXPORT,       /* copies, no whiteouts, no ownership */
};
/* Put a layer's tree on top of what `dst_fd` holds. */
int cb_apply_tree(int src_fd, int dst_fd, enum cb_apply_mode mode);

struct cb_lower {
    char *path;
    unsigned level; /* 0: the upper of one cell; n: twelve or more of level n-1 */
};
struct cb_lower_list {
    struct cb_lower *items; /* oldest first */
    size_t n, capacity;
    const char **paths; /* newest first, as handed out */
};
void cb_lower_list_add(struct cb_lower_list *list, char *path, unsigned level);
void cb_lower_list_free(struct cb_lower_list *list);

/* ---- index.c ---- */

struct cb_index_layer {
    int cell;
    const char *digest;
    uint64_t bytes;
};
int cb_index_open(const char *path, sqlite3 **out, struct cb_error *err);
int cb_index_record(sqlite3 *db, const char *run, const char *notebook, const char *status, double started,
                    const struct cb_index_layer *layers, size_t n, struct cb_error *err);

/* ---- store and run ---- */

struct cb_job {
    struct cb_job *next;
    struct cb_run *run;
    struct cb_slot *slot; /* finish the layer of this cell, or NULL: */
    char *remove;         /* remove this path of the run directory */
};

struct cb_store {
    char *path;
    int root_fd, tmp_fd, blobs_fd, lock_fd;
    sqlite3 *index;
    pthread_t thread;
    bool thread_runs;
    pthread_mutex_t mutex; /* guards what follows, and of a slot what its job writes */
    pthread_cond_t changed;
    struct cb_job *first, **last;
    struct cb_run *busy; /* whose job is being done */
    bool stop;
};

/* What one cell left. Its job alone touches it between commit and cb_store_drain. */
struct cb_slot {
    int index;
    bool committed, has_layer, files_done;
    unsigned attempts;
    int spool_fd, values_fd;
    char *spool; /* name in spool/ */
    char *dir;   /* cells/<index>.<attempt> */
    char *upper[CB_SNAPSHOT_TREES], *workdir[CB_SNAPSHOT_TREES];
    bool tree[CB_SNAPSHOT_TREES];
    uint64_t end;
    char digest[72];
};

struct cb_run {
    struct cb_store *store;
    uid_t owner;
    char id[17], name[24];
    int fd, spool_fd, lock_fd;
    double started;
    struct cb_slot **slots;
    size_t n_slots;
    struct cb_lower_list lowers[CB_SNAPSHOT_TREES];
    struct stat
        root[CB_SNAPSHOT_TREES]; /* newest metadata of the tree's own directory; st_mode 0: none yet */
    unsigned merges;
    bool finished, show_hidden;
    struct cb_error failed; /* first failure of a job; code 0: none */
    char **hidden;
    size_t n_hidden;
};

void cb_store_submit(struct cb_store *store, struct cb_run *run, struct cb_slot *slot, char *remove);
/* Wait until no job of `run` is left; `drop`: forget those not begun. */
void cb_store_drain(struct cb_store *store, struct cb_run *run, bool drop);
int cb_store_lock(struct cb_store *store, int operation);
/* Ask the file system to place each subdirectory apart (chattr +T). ext4 without a journal looks at every
 * inode deleted in the last minutes in a block group before it makes one there (recently_deleted,
 * fs/ext4/ialloc.c), and cells make and leave dozens: in one group their start would take ten times as long.
 */
void cb_store_spread(int dir_fd);
/* Carry out a job's layer: file part, digest. On the store's thread. */
void cb_slot_finish(struct cb_run *run, struct cb_slot *slot);
int cb_slot_append(struct cb_run *run, struct cb_slot *slot);

#endif
