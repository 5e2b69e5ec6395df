/*
 * snapshot: what cells leave. A layer is one pax tar, valid as an OCI image layer, that holds the files a
 * cell changed (work/…, tmp/…, home/cell/… with .wh. whiteouts) and, below .cellblock/vars/, its variables:
 * pickle streams and their page-aligned out-of-band buffers. See docs/formats.md.
 *
 * A cell writes its values into a spool: a plain file that becomes the layer without being copied. It leaves
 * a gap before each entry; the supervisor fills the gaps with tar headers (a pax `comment` record takes up
 * the slack).
 */
#ifndef CB_SNAPSHOT_H
#define CB_SNAPSHOT_H

#include "base/base.h"

#define CB_PAGE 4096u

/* ---- values in a spool ---- */

/* A range of bytes in a spool. Entries start on a page, at least one page after the end of the previous entry
 * (so the first one is at CB_PAGE), and do not overlap. */
struct cb_extent {
    uint64_t offset, length;
};

struct cb_value_entry {
    char name[128]; /* member name below .cellblock/vars/, e.g. "3.pkl", "3.0.buf"; [A-Za-z0-9._-] */
    struct cb_extent extent;
};

/* ---- harvesting files ---- */

struct cb_harvest_limits {
    uint64_t files; /* entries in all three trees, e.g. 1,000,000 */
    uint64_t bytes; /* apparent bytes in all; a sparse file counts whole */
    uint32_t depth; /* directory levels */
};
struct cb_harvest {
    uint64_t files, bytes; /* kept */
    bool closed;           /* holds files or directories that the cell closed to their owner */
    bool tree[3];          /* whether work, tmp, home hold any change (order of enum cb_tree in sandbox.h) */
    size_t n_dropped;
    struct {
        char *path;         /* as stored, e.g. "work/a"; escape before printing */
        const char *reason; /* "device", "fifo", "socket", "reserved name", "setuid bit cleared", … */
    } * dropped;
};
void cb_harvest_free(struct cb_harvest *harvest);

/* Make the three upper directories of a dead cell fit to be lowers and to be read by us, in place: walk by
 * directory descriptors without following anything; drop devices that are no whiteouts, FIFOs, sockets and
 * names that begin with
 * ".wh."; clear setuid and setgid; remove foreign xattrs (all but overlayfs' own user.overlay.opaque on
 * directories and user.* of the cell); restore owner access to files and directories that the cell closed is
 * NOT done in place: modes travel. Limits exceeded: -EFBIG, CB_EXIT_LIMIT, message says which. `upper_fds[i]`
 * may be -1. */
int cb_harvest_uppers(const int upper_fds[3], const struct cb_harvest_limits *limits, struct cb_harvest *out,
                      struct cb_error *err);

/* ---- layers and the store ---- */

struct cb_store;

/* Open (create) the store: directories 0700 blobs/sha256, layers, tmp and index.sqlite. `path` NULL:
 * $XDG_DATA_HOME/cellblock, else ~/.local/share/cellblock. Stale tmp/run-* directories of dead supervisors
 * are removed (each holds a lock file). */
int cb_store_open(const char *path, struct cb_store **out, struct cb_error *err);
void cb_store_close(struct cb_store *store);
const char *cb_store_path(const struct cb_store *store);

/* A run's working directory, <store>/tmp/run-<id>/, locked while we live; holds uppers, lowers, spools,
 * masks. owner: the host id that cells run as. *run_id is 16 hex digits, random. Removed by cb_run_close. */
struct cb_run;
int cb_run_open(struct cb_store *store, uid_t owner, struct cb_run **out, struct cb_error *err);
int cb_run_fd(const struct cb_run *run); /* directory descriptor, owned by the run */
const char *cb_run_id(const struct cb_run *run);
void cb_run_close(struct cb_run *run);

/* A new spool for cell `index`: an empty regular file in the run's directory, opened read-write. Owned by the
 * run. */
int cb_run_spool(struct cb_run *run, int index, int *fd, struct cb_error *err);

/* Fresh, empty upper and work directories for the three trees of cell `index` (attempt is unique per try);
 * the relative paths are written to upper[i], workdir[i] (owned by the run), and directory descriptors to
 * upper_fds[i] (caller closes). */
int cb_run_uppers(struct cb_run *run, int index, const char *upper[3], const char *workdir[3],
                  int upper_fds[3], struct cb_error *err);

/* Commit what cell `index` left: its values (validated against the spool's size, the header gaps are filled
 * now) and its harvested uppers become layer number `index`. The spool is complete as soon as this returns
 * and *values_fd is a read-only descriptor of it (owned by the run; -1 when there are no values). Writing the
 * file part, hashing, syncing and naming the blob happen on the store's own thread. Uppers that hold nothing
 * are discarded. Order of commits = order of layers. */
int cb_run_commit(struct cb_run *run, int index, const struct cb_value_entry *values, size_t n_values,
                  const struct cb_harvest *harvest, int *values_fd, struct cb_error *err);

/* Drop the uppers and the spool of a cell that is not committed (failed infrastructure, aborted). */
void cb_run_discard(struct cb_run *run, int index);

/* The lowers that a cell after the latest commit must see, newest first, paths relative to the run directory,
 * owned by the run until the next commit. Never more than 48 for a tree: older layers are merged into one by
 * hard links (whiteouts and opaque directories applied), log-structured, so 10,000 cells that write files
 * work. */
int cb_run_lowers(struct cb_run *run, int tree, const char *const **paths, size_t *n, struct cb_error *err);

/* Wait for the store's thread, sync, rename blobs, and record run and layers in the index in one transaction.
 * Digests of layers, "sha256:…", are available afterwards (NULL: the cell left no layer). */
int cb_run_finish(struct cb_run *run, const char *notebook, const char *status, struct cb_error *err);
const char *cb_run_layer_digest(const struct cb_run *run, int index);

/* Copy the final files of tree /work that cells produced (not the workspace's own) into directory `path`
 * (created), following nothing. */
int cb_run_export(struct cb_run *run, const char *path, size_t *n_files, struct cb_error *err);

/* Before cb_run_mask: hide `path` (relative to the workspace, no ".."), which need not exist yet: the output
 * notebook, which we write next to the notebook while cells run and which no cell of a Jupyter run would see.
 */
int cb_run_hide(struct cb_run *run, int workspace_fd, const char *path, struct cb_error *err);

/* Build a directory of whiteouts below the run directory that hides credential names (one commented table:
 * .ssh .gnupg .aws .kube .docker .netrc .git-credentials .env …) found in the workspace, at any depth
 * (bounded walk: 200,000 entries, then only the top three levels). *mask_fd (caller closes) is -1 when the
 * directory was not needed. hidden: NULL-terminated list of relative paths, owned by the run. */
int cb_run_mask(struct cb_run *run, int workspace_fd, int *mask_fd, const char *const **hidden,
                struct cb_error *err);

/* Before cb_run_readable and cb_run_mask, where the user wants it: hide nothing. cb_run_mask then returns
 * what cb_run_readable copied. */
void cb_run_show_hidden(struct cb_run *run);

/* As root only, before cb_run_mask: cells reach the workspace through a mount that maps its owner `uid`:`gid`
 * (fstat of workspace_fd) to them. Regular files and directories that this owner may not read but the caller
 * (root) may are copied, readable, into the same directory that cb_run_mask returns, so that one extra lower
 * serves both. At most 1 GiB and 10,000 files; *n_left_out counts what did not fit, and the run must say so.
 */
int cb_run_readable(struct cb_run *run, int workspace_fd, size_t *n_copied, size_t *n_left_out,
                    struct cb_error *err);

#endif
