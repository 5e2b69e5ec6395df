#include "tests/snapshot/bed.h"

#include <sys/wait.h>
#include <sys/xattr.h>

const struct cb_harvest_limits roomy = {.files = 1000000, .bytes = UINT64_C(1) << 32, .depth = 1000};

uid_t bed_owner(void)
{
    return geteuid() == 0 ? 1892352000u : geteuid();
}

int bed_setup(void **state)
{
    struct bed *bed = cb_alloc(sizeof *bed);
    bed->err = (struct cb_error)CB_ERROR_INIT;
    snprintf(bed->dir, sizeof bed->dir, "/tmp/cb-snapshot-XXXXXX");
    assert_non_null(mkdtemp(bed->dir));
    snprintf(bed->store_path, sizeof bed->store_path, "%s/store", bed->dir);
    assert_ok(cb_store_open(bed->store_path, &bed->store, &bed->err), bed->err);
    assert_ok(cb_run_open(bed->store, bed_owner(), &bed->run, &bed->err), bed->err);
    *state = bed;
    return 0;
}

int bed_teardown(void **state)
{
    struct bed *bed = *state;
    cb_run_close(bed->run);
    cb_store_close(bed->store);
    int code = cb_remove_tree(AT_FDCWD, bed->dir);
    free(bed);
    return code;
}

void put_file(int dirfd, const char *path, const char *text)
{
    int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(cb_write_full(fd, text, strlen(text)), 0);
    close(fd);
}

void put_dir(int dirfd, const char *path)
{
    assert_int_equal(mkdirat(dirfd, path, 0755), 0);
}

void put_whiteout(int dirfd, const char *path)
{
    assert_int_equal(mknodat(dirfd, path, S_IFCHR, 0), 0);
}

void set_opaque(int dirfd, const char *path)
{
    int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fsetxattr(fd, "user.overlay.opaque", "y", 1, 0), 0);
    close(fd);
}

char *get_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct stat st;
    fstat(fd, &st);
    char *text = cb_alloc((size_t)st.st_size + 1);
    assert_int_equal(cb_read_full(fd, text, (size_t)st.st_size), 0);
    close(fd);
    return text;
}

void begin_cell(struct bed *bed, int index, struct cell *cell)
{
    cell->index = index;
    assert_ok(cb_run_uppers(bed->run, index, cell->upper, cell->workdir, cell->fds, &bed->err), bed->err);
}

void commit_files(struct bed *bed, struct cell *cell)
{
    struct cb_harvest harvest;
    assert_ok(cb_harvest_uppers(cell->fds, &roomy, &harvest, &bed->err), bed->err);
    for (int i = 0; i < 3; i++)
        close(cell->fds[i]);
    int fd;
    assert_ok(cb_run_commit(bed->run, cell->index, NULL, 0, &harvest, &fd, &bed->err), bed->err);
    assert_int_equal(fd, -1);
    cb_harvest_free(&harvest);
}

struct describer {
    struct cb_buffer text;
    bool times;
};

static int describe_entry(struct describer *d, const struct cb_walk_entry *e)
{
    cb_buffer_addf(&d->text, "%s %o", e->path, e->st.st_mode);
    if (d->times)
        cb_buffer_addf(&d->text, " %lld.%09ld", (long long)e->st.st_mtim.tv_sec, e->st.st_mtim.tv_nsec);
    if (S_ISREG(e->st.st_mode)) {
        int fd = cb_open_content(e->dirfd, e->name, &e->st);
        assert_true(fd >= 0);
        char bytes[4096];
        ssize_t n = read(fd, bytes, sizeof bytes);
        assert_true(n >= 0);
        close(fd);
        cb_buffer_addf(&d->text, " %llu ", (unsigned long long)e->st.st_size);
        cb_buffer_add(&d->text, bytes, (size_t)n);
    } else if (S_ISLNK(e->st.st_mode)) {
        char target[4096];
        ssize_t n = readlinkat(e->dirfd, e->name, target, sizeof target);
        assert_true(n >= 0);
        cb_buffer_adds(&d->text, " -> ");
        cb_buffer_add(&d->text, target, (size_t)n);
    }
    cb_buffer_adds(&d->text, "\n");
    return 0;
}

static int describe_file(void *context, const struct cb_walk_entry *e)
{
    return describe_entry(context, e);
}

static int describe_dir(void *context, struct cb_walk_entry *e, int fd)
{
    (void)fd;
    return e->depth ? describe_entry(context, e) : 0;
}

char *describe(int dirfd, bool times)
{
    struct describer d = {.times = times};
    struct cb_walk walk = {.context = &d, .file = describe_file, .enter = describe_dir, .access = 0500};
    assert_int_equal(cb_walk(dirfd, &walk), 0);
    cb_buffer_adds(&d.text, "");
    return d.text.text;
}

int run_program(char *const argv[], struct cb_buffer *out)
{
    int pipe_fds[2];
    assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipe_fds[1], 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(pipe_fds[1]);
    char bytes[4096];
    for (ssize_t n; (n = read(pipe_fds[0], bytes, sizeof bytes)) > 0;)
        cb_buffer_add(out, bytes, (size_t)n);
    close(pipe_fds[0]);
    int status;
    waitpid(pid, &status, 0);
    cb_buffer_adds(out, "");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

char *layer_path(struct bed *bed, int index)
{
    const char *digest = cb_run_layer_digest(bed->run, index);
    assert_non_null(digest);
    return cb_format("%s/blobs/sha256/%s", cb_store_path(bed->store), digest + 7);
}
