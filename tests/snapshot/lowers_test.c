/* Lowers: merging must not be seen through an overlay. A model of overlayfs' lookup, and overlayfs itself
 * where we may mount, look through the original layers and through the merged ones. */
#include "tests/snapshot/bed.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

struct names {
    char list[64][16];
    size_t n;
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void collect(struct names *names, const char *dir)
{
    cleanup_dir DIR *d = opendir(dir);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d));) {
        size_t i = 0;
        while (i < names->n && strcmp(names->list[i], e->d_name))
            i++;
        if (i == names->n && e->d_name[0] != '.' && names->n < 64)
            snprintf(names->list[names->n++], 16, "%.15s", e->d_name);
    }
}

/* What overlayfs shows of the directories `dirs`, newest first. Each directory was already found to merge. */
static void model(struct cb_buffer *out, char *const *dirs, size_t n, const char *path)
{
    struct names names = {.n = 0};
    for (size_t i = 0; i < n; i++)
        collect(&names, dirs[i]);
    qsort(names.list, names.n, sizeof *names.list, compare_names);
    for (size_t k = 0; k < names.n; k++) {
        char **below = cb_alloc((n + 1) * sizeof *below);
        size_t found = 0;
        struct stat first = {0};
        char value;
        for (size_t i = 0; i < n; i++) {
            char *here = cb_format("%s/%s", dirs[i], names.list[k]);
            struct stat st;
            bool there = lstat(here, &st) == 0;
            bool ends = there && (!S_ISDIR(st.st_mode) ||
                                  (getxattr(here, "user.overlay.opaque", &value, 1) == 1 && value == 'y'));
            if (there && !first.st_mode)
                first = st;
            if (there && (S_ISDIR(st.st_mode) || !found))
                below[found++] = here;
            else
                free(here);
            if (ends)
                break;
        }
        char *name = cb_format("%s%s%s", path, *path ? "/" : "", names.list[k]);
        if (S_ISREG(first.st_mode)) {
            cleanup_free char *text = get_file(below[0]);
            cb_buffer_addf(out, "%s %o %lld.%09ld %llu %s\n", name, first.st_mode,
                           (long long)first.st_mtim.tv_sec, first.st_mtim.tv_nsec,
                           (unsigned long long)first.st_size, text);
        } else if (S_ISDIR(first.st_mode)) {
            cb_buffer_addf(out, "%s %o %lld.%09ld\n", name, first.st_mode, (long long)first.st_mtim.tv_sec,
                           first.st_mtim.tv_nsec);
            model(out, below, found, name);
        }
        free(name);
        for (size_t i = 0; i < found; i++)
            free(below[i]);
        free(below);
    }
    cb_buffer_adds(out, "");
}

static unsigned seed;

static unsigned roll(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}

/* A random layer: files, directories, opaque ones, whiteouts. */
static void fill(int dirfd, int depth, int serial)
{
    unsigned n = 1 + roll(2);
    for (unsigned i = 0; i < n; i++) {
        char name[2] = {(char)('a' + roll(5)), '\0'}, text[32];
        snprintf(text, sizeof text, "%d", serial);
        struct stat st;
        if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        unsigned kind = roll(10);
        if (kind < 3) {
            put_file(dirfd, name, text);
            assert_int_equal(fchmodat(dirfd, name, roll(2) ? 0644 : 0755, 0), 0);
        } else if (kind < 5) {
            put_whiteout(dirfd, name);
        } else {
            put_dir(dirfd, name);
            int fd = cb_open_dir(dirfd, name);
            assert_true(fd >= 0);
            if (depth < 3)
                fill(fd, depth + 1, serial);
            assert_int_equal(fchmod(fd, roll(2) ? 0755 : 0700), 0);
            close(fd);
            if (kind == 9)
                set_opaque(dirfd, name);
        }
    }
}

struct layers {
    char *newest_first[700];
    size_t n;
};

static void prepend(struct layers *l, char *path)
{
    memmove(l->newest_first + 1, l->newest_first, l->n * sizeof *l->newest_first);
    l->newest_first[0] = path;
    l->n++;
}

static char *run_path(struct bed *bed, const char *relative)
{
    return cb_format("%s/tmp/run-%s/%s", bed->store_path, cb_run_id(bed->run), relative);
}

/* What overlayfs itself shows; NULL where we may not mount. */
static char *through_overlay(struct bed *bed, const struct layers *lowers)
{
    cleanup_free char *where = cb_format("%s/mnt", bed->dir), *result = cb_format("%s/seen", bed->dir);
    (void)mkdir(where, 0755);
    pid_t pid = fork();
    if (pid == 0) {
        struct cb_buffer options = {0};
        cb_buffer_adds(&options, "userxattr,lowerdir=");
        for (size_t i = 0; i < lowers->n; i++) /* relative: mount takes one page of options */
            cb_buffer_addf(&options, "%s%s", i ? ":" : "",
                           lowers->newest_first[i] + strlen(bed->store_path) + 1);
        if (chdir(bed->store_path) < 0 || unshare(CLONE_NEWNS) < 0 ||
            mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || options.length > 4000 ||
            mount("overlay", where, "overlay", MS_RDONLY, options.text) < 0)
            _exit(77);
        int fd = open(where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        char *text = describe(fd, true);
        int out = open(result, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        _exit(cb_write_full(out, text, strlen(text)) != 0);
    }
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? get_file(result) : NULL;
}

static void check_tree(struct bed *bed, int tree, const struct layers *all, const char *bottom)
{
    const char *const *paths;
    size_t n;
    assert_ok(cb_run_lowers(bed->run, tree, &paths, &n, &bed->err), bed->err);
    assert_true(n <= 48);
    struct layers merged = {.n = 0}, original = *all;
    for (size_t i = 0; i < n; i++)
        merged.newest_first[merged.n++] = run_path(bed, paths[i]);
    size_t owned = merged.n;
    if (bottom) {
        merged.newest_first[merged.n++] = (char *)(uintptr_t)bottom;
        original.newest_first[original.n++] = (char *)(uintptr_t)bottom;
    }
    cleanup_buffer struct cb_buffer want = {0}, got = {0};
    model(&want, original.newest_first, original.n, "");
    model(&got, merged.newest_first, merged.n, "");
    if (strcmp(want.text, got.text))
        fail_msg("tree %d differs after %zu layers\n--- original\n%s--- merged\n%s", tree, all->n, want.text,
                 got.text);
    if (geteuid() == 0 && merged.n > 1) {
        cleanup_free char *kernel = through_overlay(bed, &merged);
        if (kernel)
            assert_string_equal(kernel, want.text);
    }
    for (size_t i = 0; i < owned; i++)
        free(merged.newest_first[i]);
}

static void merging_is_invisible(void **state)
{
    struct bed *bed = *state;
    const char *given = getenv("CB_TEST_SEED");
    seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL) ^ (unsigned)getpid();
    print_message("             CB_TEST_SEED=%u\n", seed);
    cleanup_free char *workspace = cb_format("%s/workspace", bed->store_path);
    assert_int_equal(mkdir(workspace, 0755), 0);
    int ws = open(workspace, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (char name[2] = "a"; name[0] <= 'e'; name[0]++) {
        put_dir(ws, name);
        int fd = cb_open_dir(ws, name);
        put_file(fd, "a", "workspace");
        put_file(fd, "b", "workspace");
        close(fd);
    }
    close(ws);
    struct layers *all = cb_alloc(3 * sizeof *all);
    double spent = 0;
    for (int i = 0; i < 600; i++) {
        struct cell cell;
        begin_cell(bed, i, &cell);
        for (int t = 0; t < 3; t++) {
            fill(cell.fds[t], 0, i);
            prepend(&all[t], run_path(bed, cell.upper[t]));
        }
        commit_files(bed, &cell);
        double start = cb_monotonic();
        for (int t = 0; t < 3; t++) {
            const char *const *paths;
            size_t n;
            assert_ok(cb_run_lowers(bed->run, t, &paths, &n, &bed->err), bed->err);
            assert_true(n <= 48);
        }
        spent += cb_monotonic() - start;
        if (i % 100 == 60 || i == 599)
            for (int t = 0; t < 3; t++)
                check_tree(bed, t, &all[t], t == 0 ? workspace : NULL);
    }
    print_message("             merging 3 x 600 layers: %.0f ms\n", spent * 1e3);

    cleanup_free char *out = cb_format("%s/exported", bed->dir);
    size_t n_files;
    assert_ok(cb_run_export(bed->run, out, &n_files, &bed->err), bed->err);
    cleanup_buffer struct cb_buffer want = {0}, got = {0};
    model(&want, all[0].newest_first, all[0].n, "");
    model(&got, &out, 1, "");
    assert_string_equal(got.text, want.text);
    assert_true(n_files > 0 && n_files < 600);
    assert_int_equal(cb_run_export(bed->run, out, &n_files, &bed->err), -ENOTEMPTY);
    for (int t = 0; t < 3; t++)
        for (size_t i = 0; i < all[t].n; i++)
            free(all[t].newest_first[i]);
    free(all);
}

static void levels_stay_few(void **state)
{
    struct bed *bed = *state;
    /* One small file each: levels fill and are merged again. */
    for (int i = 0; i < 800; i++) {
        struct cell cell;
        begin_cell(bed, i, &cell);
        char name[16];
        snprintf(name, sizeof name, "f%d", i % 50);
        put_file(cell.fds[0], name, name);
        commit_files(bed, &cell);
        const char *const *paths;
        size_t n;
        assert_ok(cb_run_lowers(bed->run, 0, &paths, &n, &bed->err), bed->err);
        assert_in_range(n, 1, 48);
        assert_ok(cb_run_lowers(bed->run, 1, &paths, &n, &bed->err), bed->err);
        assert_int_equal(n, 0);
    }
}

static void export_follows_nothing(void **state)
{
    struct bed *bed = *state;
    cleanup_free char *canary = cb_format("%s/canary", bed->dir), *out = cb_format("%s/out", bed->dir);
    assert_int_equal(mkdir(canary, 0755), 0);
    struct cell cell;
    begin_cell(bed, 0, &cell);
    assert_int_equal(symlinkat(canary, cell.fds[0], "d"), 0);
    assert_int_equal(symlinkat(canary, cell.fds[0], "f"), 0);
    commit_files(bed, &cell);
    begin_cell(bed, 1, &cell);
    put_dir(cell.fds[0], "d");
    put_file(cell.fds[0], "d/x", "x");
    put_file(cell.fds[0], "f", "text");
    put_file(cell.fds[0], "closed", "c");
    assert_int_equal(fchmodat(cell.fds[0], "closed", 0, 0), 0);
    assert_int_equal(fchmodat(cell.fds[0], "d", 0, 0), 0);
    commit_files(bed, &cell);
    size_t n;
    assert_ok(cb_run_export(bed->run, out, &n, &bed->err), bed->err);
    assert_int_equal(rmdir(canary), 0); /* still empty */
    cleanup_free char *f = cb_format("%s/f", out);
    cleanup_free char *text = get_file(f);
    assert_string_equal(text, "text");
    struct stat st;
    cleanup_free char *d = cb_format("%s/d", out);
    assert_int_equal(lstat(d, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR);
}

int lowers_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(merging_is_invisible, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(levels_stay_few, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(export_follows_nothing, bed_setup, bed_teardown),
    };
    return cmocka_run_group_tests_name("lowers", tests, NULL, NULL);
}
