/* The mask: credentials hidden, unreadable files brought along, the workspace untouched. */
#include "tests/snapshot/bed.h"

#include <sys/xattr.h>

static int make_workspace(struct bed *bed)
{
    cleanup_free char *path = cb_format("%s/ws", bed->dir);
    assert_int_equal(mkdir(path, 0755), 0);
    int ws = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(ws >= 0);
    put_file(ws, "notebook.ipynb", "{}");
    return ws;
}

static bool is_hidden(int mask, const char *path)
{
    struct stat st;
    return fstatat(mask, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == 0;
}

static void nothing_to_hide(void **state)
{
    struct bed *bed = *state;
    int ws = make_workspace(bed), mask;
    const char *const *hidden;
    assert_ok(cb_run_mask(bed->run, ws, &mask, &hidden, &bed->err), bed->err);
    assert_int_equal(mask, -1);
    assert_null(hidden[0]);
    close(ws);
}

static void credentials_are_hidden(void **state)
{
    struct bed *bed = *state;
    int ws = make_workspace(bed), mask;
    put_file(ws, ".env", "KEY=1");
    put_dir(ws, "sub");
    put_dir(ws, "sub/.ssh");
    put_file(ws, "sub/.ssh/id_rsa", "k");
    put_dir(ws, "sub/.config");
    put_dir(ws, "sub/.config/gh");
    put_file(ws, "sub/.config/other", "x");
    put_file(ws, "sub/gh", "no credential");
    put_file(ws, "my.env", "no credential");
    assert_int_equal(symlinkat("/root/.netrc", ws, ".netrc"), 0);
    assert_int_equal(fchmodat(ws, "sub", 0750, 0), 0);
    struct timespec past[2] = {{.tv_sec = 5}, {.tv_sec = 5, .tv_nsec = 7}};
    assert_int_equal(utimensat(ws, "sub", past, 0), 0);
    cleanup_free char *before = describe(ws, true);
    const char *const *hidden;
    assert_ok(cb_run_mask(bed->run, ws, &mask, &hidden, &bed->err), bed->err);
    assert_true(mask >= 0);
    static const char *const want[] = {".env", ".netrc", "sub/.config/gh", "sub/.ssh"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(hidden[i], want[i]);
        assert_true(is_hidden(mask, want[i]));
    }
    assert_null(hidden[4]);
    struct stat st;
    assert_int_equal(fstatat(mask, "sub", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0750);
    assert_int_equal(st.st_mtim.tv_sec, 5);
    assert_int_equal(st.st_mtim.tv_nsec, 7);
    assert_int_equal(st.st_uid, bed_owner());
    assert_int_equal(fstatat(mask, "sub/gh", &st, AT_SYMLINK_NOFOLLOW), -1);
    cleanup_free char *after = describe(ws, true);
    assert_string_equal(before, after);
    close(mask);
    close(ws);
}

static void show_hidden_hides_nothing(void **state)
{
    struct bed *bed = *state;
    int ws = make_workspace(bed), mask;
    put_file(ws, ".env", "KEY=1");
    const char *const *hidden;
    cb_run_show_hidden(bed->run);
    assert_ok(cb_run_mask(bed->run, ws, &mask, &hidden, &bed->err), bed->err);
    assert_int_equal(mask, -1);
    assert_null(hidden[0]);
    close(ws);
}

static void roots_files_become_readable(void **state)
{
    struct bed *bed = *state;
    if (geteuid() != 0)
        skip();
    int ws = make_workspace(bed), mask;
    assert_int_equal(fchown(ws, 54321, 54321), 0);
    put_file(ws, "open", "o");
    put_file(ws, "secret", "root's own");
    assert_int_equal(fchmodat(ws, "secret", 0600, 0), 0);
    put_file(ws, "owned", "fine");
    assert_int_equal(fchownat(ws, "owned", 54321, 54321, 0) | fchmodat(ws, "owned", 0600, 0), 0);
    put_dir(ws, "shut");
    put_dir(ws, "shut/in");
    put_file(ws, "shut/in/f", "inner");
    put_file(ws, "shut/.env", "KEY");
    assert_int_equal(symlinkat("in/f", ws, "shut/l"), 0);
    assert_int_equal(fchmodat(ws, "shut", 0700, 0), 0);
    size_t copied, left;
    assert_ok(cb_run_readable(bed->run, ws, &copied, &left, &bed->err), bed->err);
    assert_int_equal(left, 0);
    const char *const *hidden;
    assert_ok(cb_run_mask(bed->run, ws, &mask, &hidden, &bed->err), bed->err);
    assert_true(mask >= 0);
    struct stat st;
    assert_int_equal(fstatat(mask, "secret", &st, 0), 0);
    assert_int_equal(st.st_uid, bed_owner());
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(fstatat(mask, "open", &st, 0), -1);
    assert_int_equal(fstatat(mask, "owned", &st, 0), -1);
    assert_int_equal(fstatat(mask, "shut/in/f", &st, 0), 0);
    assert_int_equal(st.st_size, 5);
    assert_int_equal(fstatat(mask, "shut/l", &st, AT_SYMLINK_NOFOLLOW), 0);
    assert_string_equal(hidden[0], "shut/.env");
    assert_true(is_hidden(mask, "shut/.env"));
    int shut = cb_open_dir(mask, "shut");
    assert_true(cb_is_opaque(shut));
    close(shut);
    close(mask);
    close(ws);
}

static void too_much_is_left_out(void **state)
{
    struct bed *bed = *state;
    if (geteuid() != 0)
        skip();
    int ws = make_workspace(bed);
    assert_int_equal(fchown(ws, 54321, 54321), 0);
    int fd = openat(ws, "big", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(fd, (INT64_C(1) << 30) + 1), 0);
    close(fd);
    fd = openat(ws, "small", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    close(fd);
    size_t copied, left;
    assert_ok(cb_run_readable(bed->run, ws, &copied, &left, &bed->err), bed->err);
    assert_int_equal(copied, 1);
    assert_int_equal(left, 1);
    close(ws);
}

int mask_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_to_hide, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(credentials_are_hidden, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(show_hidden_hides_nothing, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(roots_files_become_readable, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(too_much_is_left_out, bed_setup, bed_teardown),
    };
    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
