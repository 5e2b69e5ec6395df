/* store.c: the store's directories, its lock, and the thread that finishes layers. */
#include "snapshot/internal.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

int cb_snapshot_fail(struct cb_error *err, int code, const char *phase, const char *what)
{
    cb_fail_errno(err, code, phase, "%s", what);
    if (!err)
        return code;
    if (code == -ENOSPC || code == -EDQUOT) {
        err->exit = CB_EXIT_LIMIT;
        cb_error_remedy(err, "make room on the store's file system, or use another --store");
    } else if (code == -EACCES || code == -EPERM || code == -EROFS) {
        err->exit = CB_EXIT_HOST;
        cb_error_remedy(err, "use --store with a directory that you may write");
    }
    return code;
}

/* ---- the thread ---- */

static void job_free(struct cb_job *job)
{
    free(job->remove);
    free(job);
}

static void do_job(struct cb_job *job)
{
    if (job->slot)
        cb_slot_finish(job->run, job->slot);
    if (job->remove)
        (void)cb_remove_tree(job->run->fd, job->remove); /* what stays goes with the run's directory */
}

static void *serve(void *context)
{
    struct cb_store *store = context;
    pthread_mutex_lock(&store->mutex);
    for (;;) {
        struct cb_job *job = store->first;
        if (!job) {
            if (store->stop)
                break;
            pthread_cond_wait(&store->changed, &store->mutex);
            continue;
        }
        store->first = job->next;
        if (!store->first)
            store->last = &store->first;
        store->busy = job->run;
        pthread_mutex_unlock(&store->mutex);
        do_job(job);
        job_free(job);
        pthread_mutex_lock(&store->mutex);
        store->busy = NULL;
        pthread_cond_broadcast(&store->changed);
    }
    pthread_mutex_unlock(&store->mutex);
    return NULL;
}

/* Started with the first job: the program forks sandboxes before, and a fork copies one thread only. */
static bool start_thread(struct cb_store *store)
{
    if (store->thread_runs)
        return true;
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old); /* signals belong to the program's own loop */
    store->thread_runs = pthread_create(&store->thread, NULL, serve, store) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return store->thread_runs;
}

void cb_store_submit(struct cb_store *store, struct cb_run *run, struct cb_slot *slot, char *remove)
{
    struct cb_job *job = cb_alloc(sizeof *job);
    *job = (struct cb_job){.run = run, .slot = slot, .remove = remove};
    if (!start_thread(store)) { /* no thread to be had: do it here */
        do_job(job);
        job_free(job);
        return;
    }
    pthread_mutex_lock(&store->mutex);
    *store->last = job;
    store->last = &job->next;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->mutex);
}

static bool has_jobs(const struct cb_store *store, const struct cb_run *run)
{
    for (const struct cb_job *job = store->first; job; job = job->next)
        if (job->run == run)
            return true;
    return store->busy == run;
}

void cb_store_drain(struct cb_store *store, struct cb_run *run, bool drop)
{
    pthread_mutex_lock(&store->mutex);
    for (struct cb_job **p = &store->first; drop && *p;) {
        struct cb_job *job = *p;
        if (job->run == run) {
            *p = job->next;
            job_free(job);
        } else {
            p = &job->next;
        }
    }
    store->last = &store->first;
    while (*store->last)
        store->last = &(*store->last)->next;
    while (has_jobs(store, run))
        pthread_cond_wait(&store->changed, &store->mutex);
    pthread_mutex_unlock(&store->mutex);
}

/* ---- opening ---- */

int cb_store_lock(struct cb_store *store, int operation)
{
    while (flock(store->lock_fd, operation) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

static char *default_path(void)
{
    const char *data = getenv("XDG_DATA_HOME");
    if (data && data[0] == '/')
        return cb_format("%s/cellblock", data);
    const char *home = getenv("HOME");
    if (home && home[0] == '/')
        return cb_format("%s/.local/share/cellblock", home);
    const struct passwd *user = getpwuid(geteuid());
    return user && user->pw_dir ? cb_format("%s/.local/share/cellblock", user->pw_dir) : NULL;
}

static int make_parents(const char *path)
{
    cleanup_free char *copy = cb_strdup(path);
    for (char *p = copy + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (mkdir(copy, 0700) < 0 && errno != EEXIST && errno != EISDIR && errno != EROFS)
            return -errno;
        *p = '/';
    }
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int open_sub(int parent, const char *name, int *fd)
{
    if (mkdirat(parent, name, 0700) < 0 && errno != EEXIST)
        return -errno;
    *fd = cb_open_dir(parent, name);
    return *fd < 0 ? *fd : 0;
}

void cb_store_spread(int dir_fd)
{
    unsigned flags = 0;
    if (ioctl(dir_fd, FS_IOC_GETFLAGS, &flags) == 0 && !(flags & FS_TOPDIR_FL)) {
        flags |= FS_TOPDIR_FL;
        (void)ioctl(dir_fd, FS_IOC_SETFLAGS, &flags);
    }
}

static int open_dirs(struct cb_store *store, struct cb_error *err)
{
    int code = make_parents(store->path);
    if (code == 0) {
        store->root_fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        code = store->root_fd < 0 ? -errno : 0;
    }
    struct stat st;
    if (code == 0 && fstat(store->root_fd, &st) == 0 && (st.st_uid != geteuid() || (st.st_mode & 022))) {
        cb_fail(err, -EPERM, CB_EXIT_HOST, "open store", "the store %s can be written by others",
                store->path);
        cb_error_remedy(err, "use --store with a directory that is yours alone");
        return -EPERM;
    }
    int blobs = -1, layers = -1;
    if (code == 0)
        code = open_sub(store->root_fd, "blobs", &blobs);
    if (code == 0)
        code = open_sub(blobs, "sha256", &store->blobs_fd);
    if (code == 0)
        code = open_sub(store->root_fd, "layers", &layers);
    if (code == 0)
        code = open_sub(store->root_fd, "tmp", &store->tmp_fd);
    if (code == 0) {
        cb_store_spread(store->tmp_fd);
        store->lock_fd = openat(store->root_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        code = store->lock_fd < 0 ? -errno : 0;
    }
    cb_cleanup_close(&blobs);
    cb_cleanup_close(&layers);
    char what[300];
    snprintf(what, sizeof what, "cannot open the store %.250s", store->path);
    return code < 0 ? cb_snapshot_fail(err, code, "open store", what) : 0;
}

/* Whether no process holds the run's lock. A directory without a lock file died while it was made. */
static bool is_stale(int tmp_fd, const char *name)
{
    cleanup_free char *path = cb_format("%s/lock", name);
    cleanup_close int fd = openat(tmp_fd, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? errno == ENOENT : flock(fd, LOCK_EX | LOCK_NB) == 0;
}

/* Under the lock dead directories only get another name; removing them may take long. */
static void remove_stale(struct cb_store *store)
{
    int copy = cb_open_dir(store->tmp_fd, ".");
    cleanup_dir DIR *d = copy < 0 ? NULL : fdopendir(copy);
    if (!d || cb_store_lock(store, LOCK_EX) < 0)
        return;
    for (const struct dirent *e; (e = readdir(d));) {
        if (strncmp(e->d_name, "run-", 4) || !is_stale(store->tmp_fd, e->d_name))
            continue;
        cleanup_free char *dead = cb_format("dead-%s", e->d_name + 4);
        (void)renameat(store->tmp_fd, e->d_name, store->tmp_fd, dead);
    }
    (void)cb_store_lock(store, LOCK_UN);
    rewinddir(d);
    for (const struct dirent *e; (e = readdir(d));)
        if (!strncmp(e->d_name, "dead-", 5))
            (void)cb_remove_tree(store->tmp_fd, e->d_name);
}

int cb_store_open(const char *path, struct cb_store **out, struct cb_error *err)
{
    struct cb_store *store = cb_alloc(sizeof *store);
    store->root_fd = store->tmp_fd = store->blobs_fd = store->lock_fd = -1;
    store->last = &store->first;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->changed, NULL);
    store->path = path ? cb_strdup(path) : default_path();
    int code = store->path && store->path[0]
                   ? open_dirs(store, err)
                   : cb_fail(err, -ENOENT, CB_EXIT_USAGE, "open store", "no home directory: use --store");
    if (code == 0) {
        remove_stale(store);
        /* Under the lock: two processes must not both create the schema. */
        cleanup_free char *index = cb_format("%s/index.sqlite", store->path);
        cleanup_free char *real =
            realpath(store->path, NULL); /* SQLite's NOFOLLOW forbids links in any component */
        if (real) {
            free(index);
            index = cb_format("%s/index.sqlite", real);
        }
        code = cb_store_lock(store, LOCK_EX);
        code = code < 0 ? cb_snapshot_fail(err, code, "open store", "cannot lock the store")
                        : cb_index_open(index, &store->index, err);
        (void)cb_store_lock(store, LOCK_UN);
    }
    if (code < 0) {
        cb_store_close(store);
        return code;
    }
    *out = store;
    return 0;
}

void cb_store_close(struct cb_store *store)
{
    if (!store)
        return;
    if (store->thread_runs) {
        pthread_mutex_lock(&store->mutex);
        store->stop = true;
        pthread_cond_broadcast(&store->changed);
        pthread_mutex_unlock(&store->mutex);
        pthread_join(store->thread, NULL);
    }
    sqlite3_close(store->index);
    cb_cleanup_close(&store->root_fd);
    cb_cleanup_close(&store->tmp_fd);
    cb_cleanup_close(&store->blobs_fd);
    cb_cleanup_close(&store->lock_fd);
    pthread_mutex_destroy(&store->mutex);
    pthread_cond_destroy(&store->changed);
    free(store->path);
    free(store);
}

const char *cb_store_path(const struct cb_store *store)
{
    return store->path;
}
