/* finish.c: layers become blobs. The file part and the digest are done on the store's thread as cells commit;
 * syncing is done for all together, so that the file system commits its journal once and not once for each
 * layer. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <string.h>

/* Write the cell's trees behind its values. */
int cb_slot_append(struct cb_run *run, struct cb_slot *slot)
{
    int trees[CB_SNAPSHOT_TREES] = {-1, -1, -1}, code = 0;
    for (int i = 0; code >= 0 && i < CB_SNAPSHOT_TREES; i++)
        if (slot->tree[i])
            code = trees[i] = openat(run->fd, slot->upper[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    code = code < 0 ? -errno : cb_layer_append(slot->spool_fd, &slot->end, trees);
    for (int i = 0; i < CB_SNAPSHOT_TREES; i++)
        cb_cleanup_close(&trees[i]);
    slot->files_done = true;
    return code;
}

void cb_slot_finish(struct cb_run *run, struct cb_slot *slot)
{
    int code = slot->files_done ? 0 : cb_slot_append(run, slot);
    if (code == 0)
        code = cb_layer_finish(slot->spool_fd, &slot->end);
    if (code == 0)
        code = cb_layer_digest(slot->spool_fd, slot->end, slot->digest);
    if (code == 0) /* start writing now; cb_run_finish waits for it */
        (void)sync_file_range(slot->spool_fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    if (code < 0 && run->failed.code == 0) {
        cb_snapshot_fail(&run->failed, code, "write layer", "cannot write a layer");
        run->failed.cell = slot->index;
    }
}

static int sync_layers(struct cb_run *run)
{
    for (size_t i = 0; i < run->n_slots; i++) {
        struct cb_slot *slot = run->slots[i];
        if (slot && slot->has_layer && (fchmod(slot->spool_fd, 0400) < 0 || fdatasync(slot->spool_fd) < 0))
            return -errno;
    }
    return 0;
}

static int name_blobs(struct cb_run *run)
{
    for (size_t i = 0; i < run->n_slots; i++) {
        struct cb_slot *slot = run->slots[i];
        /* Equal bytes have one name: replacing a blob by its equal harms nobody who has it open. */
        if (slot && slot->has_layer &&
            renameat(run->spool_fd, slot->spool, run->store->blobs_fd, slot->digest + strlen("sha256:")) < 0)
            return -errno;
    }
    return fsync(run->store->blobs_fd) < 0 ? -errno : 0;
}

int cb_run_finish(struct cb_run *run, const char *notebook, const char *status, struct cb_error *err)
{
    if (run->finished)
        return cb_fail(err, -EALREADY, CB_EXIT_INTERNAL, "finish run", "the run is already recorded");
    cb_store_drain(run->store, run, false);
    if (run->failed.code < 0) {
        if (err)
            *err = run->failed;
        return run->failed.code;
    }
    int code = sync_layers(run);
    if (code == 0)
        code = name_blobs(run);
    if (code < 0)
        return cb_snapshot_fail(err, code, "finish run", "cannot make the layers durable");
    cleanup_free struct cb_index_layer *layers = cb_alloc(run->n_slots * sizeof *layers);
    size_t n = 0;
    for (size_t i = 0; i < run->n_slots; i++)
        if (run->slots[i] && run->slots[i]->has_layer)
            layers[n++] = (struct cb_index_layer){(int)i, run->slots[i]->digest, run->slots[i]->end};
    run->finished = true;
    return cb_index_record(run->store->index, run->id, notebook, status, run->started, layers, n, err);
}

const char *cb_run_layer_digest(const struct cb_run *run, int index)
{
    if (!run->finished || index < 0 || (size_t)index >= run->n_slots || !run->slots[index] ||
        !run->slots[index]->has_layer)
        return NULL;
    return run->slots[index]->digest;
}
