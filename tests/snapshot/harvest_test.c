/* Harvest: hostile directories. */
#include "tests/snapshot/bed.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

static int harvest_with(struct bed *bed, const struct cell *cell, struct cb_harvest_limits limits,
                        struct cb_harvest *out)
{
    return cb_harvest_uppers(cell->fds, &limits, out, &bed->err);
}

static bool was_dropped(const struct cb_harvest *h, const char *path, const char *reason)
{
    for (size_t i = 0; i < h->n_dropped; i++)
        if (!strcmp(h->dropped[i].path, path) && !strcmp(h->dropped[i].reason, reason))
            return true;
    return false;
}

static bool there(int dirfd, const char *name)
{
    struct stat st;
    return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void close_cell(struct cell *cell)
{
    for (int i = 0; i < 3; i++)
        close(cell->fds[i]);
}

static void unfit_entries_go(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    int work = cell.fds[0];
    put_file(work, "keep", "k");
    put_dir(work, "d");
    assert_int_equal(mkfifoat(work, "d/fifo", 0644), 0);
    assert_int_equal(mknodat(work, "sock", S_IFSOCK | 0644, 0), 0);
    put_file(work, ".wh.keep", "");
    put_dir(work, ".wh.dir");
    put_file(work, ".wh.dir/x", "");
    put_file(work, ".wh..wh..opq", "");
    put_whiteout(work, "white");
    put_file(work, "suid", "s");
    assert_int_equal(fchmodat(work, "suid", 06755, 0), 0);
    if (geteuid() == 0)
        assert_int_equal(mknodat(work, "null", S_IFCHR | 0666, makedev(1, 3)), 0);
    assert_int_equal(symlinkat("/etc/shadow", work, "sym"), 0);
    assert_int_equal(linkat(work, "keep", work, "keep2", 0), 0);
    struct timespec past[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    assert_int_equal(futimens(work, past), 0);
    struct cb_harvest h;
    assert_ok(harvest_with(bed, &cell, roomy, &h), bed->err);
    assert_true(was_dropped(&h, "work/d/fifo", "fifo"));
    assert_true(was_dropped(&h, "work/sock", "socket"));
    assert_true(was_dropped(&h, "work/.wh.keep", "reserved name"));
    assert_true(was_dropped(&h, "work/.wh.dir", "reserved name"));
    assert_true(was_dropped(&h, "work/.wh..wh..opq", "reserved name"));
    assert_true(was_dropped(&h, "work/suid", "setuid bit cleared"));
    assert_int_equal(was_dropped(&h, "work/null", "device"), geteuid() == 0);
    assert_false(there(work, "d/fifo") || there(work, "sock") || there(work, ".wh.dir") ||
                 there(work, "null"));
    assert_true(there(work, "white") && there(work, "sym") && there(work, "keep2"));
    struct stat st;
    assert_int_equal(fstatat(work, "suid", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0755);
    assert_int_equal(fstat(work, &st), 0);
    assert_int_equal(st.st_mtim.tv_sec, 1000000); /* dropping does not show */
    assert_true(h.tree[0] && !h.tree[1] && !h.tree[2]);
    assert_int_equal(h.files, 6);
    cb_harvest_free(&h);
    close_cell(&cell);
}

static void foreign_attributes_go(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    int work = cell.fds[0];
    put_file(work, "f", "");
    put_dir(work, "d");
    put_dir(work, "e");
    set_opaque(work, "d");
    int f = openat(work, "f", O_RDONLY | O_CLOEXEC), d = cb_open_dir(work, "d"), e = cb_open_dir(work, "e");
    static const char *const foreign[] = {"user.overlay.redirect", "user.overlay.metacopy",
                                          "user.overlay.whiteout", "user.overlay.origin",
                                          "user.overlay.opaque",   "user.overlay.overlay.x"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        assert_int_equal(fsetxattr(f, foreign[i], "y", 1, 0), 0);
        if (i != 4)
            assert_int_equal(fsetxattr(d, foreign[i], "/etc", 4, 0), 0);
    }
    assert_int_equal(fsetxattr(e, "user.overlay.opaque", "x", 1, 0), 0);
    assert_int_equal(fsetxattr(f, "user.mine", "\0a", 2, 0), 0);
    if (geteuid() == 0) {
        assert_int_equal(fsetxattr(f, "trusted.overlay.opaque", "y", 1, 0), 0);
        assert_int_equal(
            fsetxattr(f, "security.capability", "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, 0), 0);
    }
    assert_int_equal(fchmodat(work, "f", 0, 0), 0);
    struct cb_harvest h;
    assert_ok(harvest_with(bed, &cell, roomy, &h), bed->err);
    char list[1024];
    assert_int_equal(flistxattr(f, list, sizeof list), sizeof "user.mine");
    assert_string_equal(list, "user.mine");
    assert_int_equal(flistxattr(d, list, sizeof list), sizeof "user.overlay.opaque");
    assert_true(cb_is_opaque(d));
    assert_int_equal(flistxattr(e, list, sizeof list), 0);
    struct stat st;
    assert_int_equal(fstat(f, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0);
    cb_harvest_free(&h);
    close(f), close(d), close(e);
    close_cell(&cell);
}

static void closed_files_travel(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    int work = cell.fds[0];
    put_dir(work, "shut");
    put_dir(work, "shut/inner");
    put_file(work, "shut/inner/f", "secret");
    assert_int_equal(mkfifoat(work, "shut/inner/fifo", 0), 0);
    assert_int_equal(fchmodat(work, "shut/inner/f", 0, 0), 0);
    assert_int_equal(fchmodat(work, "shut/inner", 0100, 0), 0);
    assert_int_equal(fchmodat(work, "shut", 0, 0), 0);
    assert_int_equal(fchmod(work, 0), 0);
    int upper = dup(work);
    struct cb_harvest h;
    assert_ok(harvest_with(bed, &cell, roomy, &h), bed->err);
    assert_true(was_dropped(&h, "work/shut/inner/fifo", "fifo"));
    assert_int_equal(h.closed, geteuid() != 0);
    int fd;
    assert_ok(cb_run_commit(bed->run, 0, NULL, 0, &h, &fd, &bed->err), bed->err);
    cb_harvest_free(&h);
    close_cell(&cell);
    assert_ok(cb_run_finish(bed->run, "n", "ok", &bed->err), bed->err);
    struct stat st;
    assert_int_equal(fstat(upper, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0);
    assert_int_equal(fchmod(upper, 0700), 0);
    assert_int_equal(fstatat(upper, "shut", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0);
    close(upper);
    cleanup_free char *path = layer_path(bed, 0);
    char *argv[] = {"tar", "xOf", path, "work/shut/inner/f", NULL};
    cleanup_buffer struct cb_buffer out = {0};
    assert_int_equal(run_program(argv, &out), 0);
    assert_string_equal(out.text, "secret");
}

static void make_deep(int dirfd, int levels)
{
    int fd = dup(dirfd);
    for (int i = 0; i < levels; i++) {
        put_dir(fd, "d");
        int next = cb_open_dir(fd, "d");
        assert_true(next >= 0);
        close(fd);
        fd = next;
    }
    put_file(fd, "bottom", "b");
    close(fd);
}

static void deep_trees_are_bounded(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    make_deep(cell.fds[1], 10000);
    struct cb_harvest h;
    assert_int_equal(harvest_with(bed, &cell, roomy, &h), -EFBIG);
    assert_int_equal(bed->err.exit, CB_EXIT_LIMIT);
    assert_non_null(strstr(bed->err.message, "directory levels"));
    /* A caller who allows it gets it, without a descriptor or a stack frame for each level. */
    struct cb_harvest_limits deep = {.files = 20000, .bytes = UINT64_C(1) << 32, .depth = 20000};
    assert_ok(harvest_with(bed, &cell, deep, &h), bed->err);
    assert_int_equal(h.files, 10001);
    cb_harvest_free(&h);
    /* But its paths count: ten thousand levels make a hundred megabytes of them. */
    deep.bytes = 1 << 20;
    assert_int_equal(harvest_with(bed, &cell, deep, &h), -EFBIG);
    close_cell(&cell);
}

static void sizes_and_counts_are_bounded(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    int fd = openat(cell.fds[2], "huge", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(ftruncate(fd, INT64_C(1) << 40), 0);
    close(fd);
    struct cb_harvest h;
    assert_int_equal(harvest_with(bed, &cell, roomy, &h), -EFBIG);
    assert_non_null(strstr(bed->err.message, "bytes below /home/cell"));
    assert_int_equal(unlinkat(cell.fds[2], "huge", 0), 0);
    for (int i = 0; i < 2000; i++) {
        char name[64];
        snprintf(name, sizeof name, "f%d", i);
        put_file(cell.fds[i % 3], name, "");
    }
    struct cb_harvest_limits few = roomy;
    few.files = 1999;
    assert_int_equal(harvest_with(bed, &cell, few, &h), -EFBIG);
    assert_non_null(strstr(bed->err.message, "1999 files"));
    few.files = 2000;
    assert_ok(harvest_with(bed, &cell, few, &h), bed->err);
    assert_int_equal(h.files, 2000);
    cb_harvest_free(&h);
    close_cell(&cell);
}

static void dropped_entries_are_bounded(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    for (int i = 0; i < 1500; i++) {
        char name[64];
        snprintf(name, sizeof name, "p%d", i);
        assert_int_equal(mkfifoat(cell.fds[0], name, 0644), 0);
    }
    struct cb_harvest h;
    assert_ok(harvest_with(bed, &cell, roomy, &h), bed->err);
    assert_int_equal(h.n_dropped, 1001);
    assert_string_equal(h.dropped[1000].reason, "further entries");
    assert_false(there(cell.fds[0], "p1499"));
    assert_false(h.tree[0]);
    cb_harvest_free(&h);
    close_cell(&cell);
}

int harvest_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unfit_entries_go, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(foreign_attributes_go, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(closed_files_travel, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(deep_trees_are_bounded, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(sizes_and_counts_are_bounded, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(dropped_entries_are_bounded, bed_setup, bed_teardown),
    };
    return cmocka_run_group_tests_name("harvest", tests, NULL, NULL);
}
