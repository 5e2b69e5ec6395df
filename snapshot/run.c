/* run.c: a run's directory, and what its cells leave there until it is committed. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>

enum { MAX_INDEX = 10000000 };

static const char *const tree_names[CB_SNAPSHOT_TREES] = {"work", "tmp", "home"};
static const mode_t tree_modes[CB_SNAPSHOT_TREES] = {0755, 01777, 0755};

/* Root gives the directory to the id that its cells run as; a user's cells are the user. */
static int give(const struct cb_run *run, int fd)
{
    return geteuid() == 0 && fchown(fd, run->owner, (gid_t)run->owner) < 0 ? -errno : 0;
}

static int make_dir(int parent, const char *name, mode_t mode)
{
    if (mkdirat(parent, name, 0700) < 0)
        return -errno;
    return fchmodat(parent, name, mode, 0) < 0 ? -errno : 0;
}

/* cells/ and merged/ are only passed through by the cells' id; spool/ is ours alone. */
static int fill_run_dir(struct cb_run *run)
{
    run->lock_fd = openat(run->fd, "lock", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (run->lock_fd < 0 || flock(run->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return -errno;
    int code = make_dir(run->fd, "cells", 0711);
    if (code == 0)
        code = make_dir(run->fd, "merged", 0711);
    if (code == 0)
        code = make_dir(run->fd, "spool", 0700);
    if (code == 0) {
        cleanup_close int cells = cb_open_dir(run->fd, "cells");
        if (cells >= 0)
            cb_store_spread(cells);
        run->spool_fd = cb_open_dir(run->fd, "spool");
        code = run->spool_fd < 0 ? run->spool_fd : give(run, run->fd);
    }
    return code;
}

int cb_run_open(struct cb_store *store, uid_t owner, struct cb_run **out, struct cb_error *err)
{
    struct cb_run *run = cb_alloc(sizeof *run);
    *run = (struct cb_run){.store = store,
                           .owner = owner,
                           .fd = -1,
                           .spool_fd = -1,
                           .lock_fd = -1,
                           .started = cb_realtime(),
                           .failed = CB_ERROR_INIT};
    unsigned char id[8];
    int code = getrandom(id, sizeof id, 0) == sizeof id ? cb_store_lock(store, LOCK_SH) : -EIO;
    if (code == 0) {
        cb_hex(id, sizeof id, run->id);
        snprintf(run->name, sizeof run->name, "run-%s", run->id);
        code = mkdirat(store->tmp_fd, run->name, 0700) < 0 ? -errno : 0;
        if (code == 0)
            code = run->fd = cb_open_dir(store->tmp_fd, run->name);
        if (code >= 0)
            code = fill_run_dir(run);
        (void)cb_store_lock(store, LOCK_UN);
    }
    if (code < 0) {
        cb_run_close(run);
        return cb_snapshot_fail(err, code, "open run", "cannot make the run's directory");
    }
    *out = run;
    return 0;
}

int cb_run_fd(const struct cb_run *run)
{
    return run->fd;
}

const char *cb_run_id(const struct cb_run *run)
{
    return run->id;
}

static void free_paths(struct cb_slot *slot)
{
    for (int i = 0; i < CB_SNAPSHOT_TREES; i++) {
        free(slot->upper[i]);
        free(slot->workdir[i]);
        slot->upper[i] = slot->workdir[i] = NULL;
    }
    free(slot->dir);
    slot->dir = NULL;
}

static void slot_free(struct cb_slot *slot)
{
    if (!slot)
        return;
    cb_cleanup_close(&slot->spool_fd);
    cb_cleanup_close(&slot->values_fd);
    free_paths(slot);
    free(slot->spool);
    free(slot);
}

void cb_run_close(struct cb_run *run)
{
    if (!run)
        return;
    cb_store_drain(run->store, run, true);
    for (size_t i = 0; i < run->n_slots; i++)
        slot_free(run->slots[i]);
    free(run->slots);
    for (int i = 0; i < CB_SNAPSHOT_TREES; i++)
        cb_lower_list_free(&run->lowers[i]);
    for (size_t i = 0; i < run->n_hidden; i++)
        free(run->hidden[i]);
    free(run->hidden);
    cb_cleanup_close(&run->spool_fd);
    if (run->fd >= 0)
        (void)cb_remove_tree(run->store->tmp_fd, run->name); /* else the next cb_store_open does */
    cb_cleanup_close(&run->fd);
    cb_cleanup_close(&run->lock_fd);
    free(run);
}

static struct cb_slot *slot_of(struct cb_run *run, int index, bool create)
{
    if (index < 0 || index > MAX_INDEX)
        return NULL;
    if ((size_t)index >= run->n_slots) {
        if (!create)
            return NULL;
        size_t n = run->n_slots ? run->n_slots : 64;
        while (n <= (size_t)index)
            n *= 2;
        run->slots = cb_realloc(run->slots, n * sizeof *run->slots);
        memset(run->slots + run->n_slots, 0, (n - run->n_slots) * sizeof *run->slots);
        run->n_slots = n;
    }
    struct cb_slot **slot = &run->slots[index];
    if (!*slot && create) {
        *slot = cb_alloc(sizeof **slot);
        (*slot)->index = index;
        (*slot)->spool_fd = (*slot)->values_fd = -1;
    }
    return *slot;
}

static struct cb_slot *fresh_slot(struct cb_run *run, int index, struct cb_error *err)
{
    struct cb_slot *slot = slot_of(run, index, true);
    if (slot && !slot->committed)
        return slot;
    cb_fail(err, -EINVAL, CB_EXIT_INTERNAL, "prepare cell", "cell %d cannot leave anything (again)", index);
    return NULL;
}

static void drop_spool(struct cb_run *run, struct cb_slot *slot)
{
    if (slot->spool)
        (void)unlinkat(run->spool_fd, slot->spool, 0);
    free(slot->spool);
    slot->spool = NULL;
    cb_cleanup_close(&slot->spool_fd);
    slot->spool_fd = -1;
}

static void drop_uppers(struct cb_run *run, struct cb_slot *slot)
{
    if (slot->dir)
        cb_store_submit(run->store, run, NULL, cb_steal_ptr(&slot->dir));
    free_paths(slot);
}

int cb_run_spool(struct cb_run *run, int index, int *fd, struct cb_error *err)
{
    struct cb_slot *slot = fresh_slot(run, index, err);
    if (!slot)
        return -EINVAL;
    drop_spool(run, slot);
    slot->spool = cb_format("%d.%u", index, slot->attempts++);
    slot->spool_fd = openat(run->spool_fd, slot->spool, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (slot->spool_fd < 0)
        return cb_snapshot_fail(err, -errno, "make spool", "cannot make a spool");
    *fd = slot->spool_fd;
    return 0;
}

/* The tree's own directory looks as the newest layer left it. */
static int make_upper(struct cb_run *run, const char *path, int tree, int *fd)
{
    int code = mkdirat(run->fd, path, 0700) < 0 ? -errno : cb_open_dir(run->fd, path);
    if (code < 0)
        return code;
    *fd = code;
    const struct stat *like = &run->root[tree];
    code = give(run, *fd);
    if (code == 0 && fchmod(*fd, like->st_mode ? like->st_mode & 01777 : tree_modes[tree]) < 0)
        code = -errno;
    if (code == 0 && like->st_mode) {
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, like->st_mtim};
        code = futimens(*fd, times) < 0 ? -errno : 0;
    }
    return code;
}

static int make_tree(struct cb_run *run, struct cb_slot *slot, int tree, int *fd)
{
    slot->upper[tree] = cb_format("%s/%s", slot->dir, tree_names[tree]);
    slot->workdir[tree] = cb_format("%s/%s.overlay", slot->dir, tree_names[tree]);
    int code = make_upper(run, slot->upper[tree], tree, fd);
    if (code < 0)
        return code;
    if (mkdirat(run->fd, slot->workdir[tree], 0700) < 0)
        return -errno;
    cleanup_close int work = cb_open_dir(run->fd, slot->workdir[tree]);
    return work < 0 ? work : give(run, work);
}

int cb_run_uppers(struct cb_run *run, int index, const char *upper[3], const char *workdir[3],
                  int upper_fds[3], struct cb_error *err)
{
    struct cb_slot *slot = fresh_slot(run, index, err);
    if (!slot)
        return -EINVAL;
    drop_uppers(run, slot);
    slot->dir = cb_format("cells/%d.%u", index, slot->attempts++);
    int code = make_dir(run->fd, slot->dir, 0711);
    upper_fds[0] = upper_fds[1] = upper_fds[2] = -1;
    for (int i = 0; code == 0 && i < CB_SNAPSHOT_TREES; i++) {
        code = make_tree(run, slot, i, &upper_fds[i]);
        upper[i] = slot->upper[i];
        workdir[i] = slot->workdir[i];
    }
    if (code == 0)
        return 0;
    for (int i = 0; i < CB_SNAPSHOT_TREES; i++)
        cb_cleanup_close(&upper_fds[i]);
    return cb_snapshot_fail(err, code, "make uppers", "cannot make a cell's directories");
}

void cb_run_discard(struct cb_run *run, int index)
{
    struct cb_slot *slot = slot_of(run, index, false);
    if (!slot || slot->committed)
        return;
    drop_spool(run, slot);
    drop_uppers(run, slot);
}

/* The uppers that hold something become lowers where they are; the rest of the attempt's directories goes. */
static int keep_uppers(struct cb_run *run, struct cb_slot *slot, const struct cb_harvest *harvest)
{
    bool any = false;
    for (int i = 0; i < CB_SNAPSHOT_TREES; i++) {
        if (!slot->upper[i])
            continue;
        struct stat st;
        if (fstatat(run->fd, slot->upper[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
            return -errno;
        mode_t before = run->root[i].st_mode ? run->root[i].st_mode : tree_modes[i];
        slot->tree[i] = harvest && (harvest->tree[i] || (st.st_mode & 01777) != (before & 01777));
        if (!slot->tree[i])
            continue;
        any = true;
        run->root[i] = st;
        cb_lower_list_add(&run->lowers[i], cb_strdup(slot->upper[i]), 0);
    }
    for (int i = 0; any && i < CB_SNAPSHOT_TREES; i++) {
        cb_store_submit(run->store, run, NULL, cb_strdup(slot->workdir[i]));
        if (!slot->tree[i])
            cb_store_submit(run->store, run, NULL, cb_strdup(slot->upper[i]));
    }
    if (!any)
        drop_uppers(run, slot);
    return any;
}

int cb_run_commit(struct cb_run *run, int index, const struct cb_value_entry *values, size_t n_values,
                  const struct cb_harvest *harvest, int *values_fd, struct cb_error *err)
{
    const char *phase = "commit";
    *values_fd = -1;
    struct cb_slot *slot = fresh_slot(run, index, err);
    if (!slot)
        return -EINVAL;
    if (n_values && slot->spool_fd < 0)
        return cb_fail(err, -EPROTO, CB_EXIT_VIOLATION, phase, "cell %d has values but no spool", index);
    int code = slot->spool_fd < 0 ? 0 : cb_spool_seal(slot->spool_fd, values, n_values, &slot->end, err);
    if (code < 0)
        return code;
    if (n_values) {
        slot->values_fd = openat(run->spool_fd, slot->spool, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (slot->values_fd < 0)
            return cb_snapshot_fail(err, -errno, phase, "cannot open the layer for reading");
    }
    int files = keep_uppers(run, slot, harvest);
    if (files < 0)
        return cb_snapshot_fail(err, files, phase, "cannot keep the cell's files");
    if (!n_values && !files) {
        drop_spool(run, slot);
        slot->committed = true;
        return 0;
    }
    int spool;
    if (slot->spool_fd < 0 && (code = cb_run_spool(run, index, &spool, err)) < 0)
        return code;
    slot->committed = slot->has_layer = true;
    /* Reading what a cell closed to its owner changes modes for a moment: nobody may look on meanwhile. */
    if (files && harvest->closed && (code = cb_slot_append(run, slot)) < 0) {
        slot->has_layer = false;
        return cb_snapshot_fail(err, code, phase, "cannot write the layer's files");
    }
    *values_fd = slot->values_fd;
    cb_store_submit(run->store, run, slot, NULL);
    return 0;
}
