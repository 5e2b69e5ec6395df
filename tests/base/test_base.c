/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */
#include "base/base.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void errors_carry_phase_and_cause(void **state)
{
    (void)state;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_fail_errno(&err, -ENOENT, "open", "cannot open %s", "a"), -ENOENT);
    assert_string_equal(err.message, "cannot open a: No such file or directory");
    assert_string_equal(err.phase, "open");
    assert_int_equal(err.cell, -1);
    cb_error_remedy(&err, "do %d", 3);
    assert_string_equal(err.remedy, "do 3");
    assert_int_equal(cb_fail(&err, -EPERM, CB_EXIT_HOST, "x", "plain"), -EPERM);
    assert_string_equal(err.message, "plain");
    assert_string_equal(err.remedy, "");
    assert_int_equal(err.exit, CB_EXIT_HOST);
    assert_int_equal(cb_fail(NULL, -EIO, CB_EXIT_OK, "x", "y"), -EIO);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    char text[2000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct cb_error err = CB_ERROR_INIT;
    cb_fail_errno(&err, -EIO, text, "%s", text);
    assert_int_equal(strlen(err.message), sizeof err.message - 1);
    assert_int_equal(strlen(err.phase), sizeof err.phase - 1);
}

static void buffers_grow_and_hold_nul(void **state)
{
    (void)state;
    struct cb_buffer b = {0};
    for (int i = 0; i < 1000; i++)
        cb_buffer_addf(&b, "%d,", i);
    cb_buffer_add(&b, "a\0b", 3);
    assert_int_equal(b.length, 10 * 2 + 90 * 3 + 900 * 4 + 3);
    assert_memory_equal(b.text + b.length - 3, "a\0b", 4);
    cb_buffer_free(&b);
    assert_null(b.text);
}

static void digests_are_sha256(void **state)
{
    (void)state;
    char out[72];
    cb_sha256("abc", 3, out); /* FIPS 180-2, B.1 */
    assert_string_equal(out, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* A tree as a hostile cell would leave it, made by `levels` nested directories without any access bits. */
static void make_tree(const char *root, int levels)
{
    assert_int_equal(mkdir(root, 0700), 0);
    int fd = open(root, O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < levels; i++) {
        assert_int_equal(mkdirat(fd, "d", 0700), 0);
        close(openat(fd, "file", O_CREAT | O_WRONLY, 0000));
        assert_int_equal(symlinkat("/etc", fd, "link"), 0);
        int next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
        fchmod(fd, 0000);
        close(fd);
        fd = next;
    }
    close(fd);
}

static void removes_deep_closed_trees(void **state)
{
    (void)state;
    char root[] = "/tmp/cb-base-XXXXXX";
    assert_non_null(mkdtemp(root));
    chmod(root, 0777);
    pid_t child = fork();
    if (child == 0) {
        /* As an ordinary user, whom the missing bits stop. */
        if (geteuid() == 0 && setuid(12345) < 0)
            _exit(9);
        if (chdir(root) < 0)
            _exit(8);
        make_tree("deep", 3000);
        _exit(cb_remove_tree(AT_FDCWD, "deep") == 0 && access("deep", F_OK) < 0 ? 0 : 7);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(cb_remove_tree(AT_FDCWD, "/tmp/cb-no-such-thing"), 0);
    assert_int_equal(rmdir(root), 0);
}

/* A starting run and an ending one may meet at the same dead directory: nothing is left by either. */
static void two_may_remove_the_same_tree(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        char root[] = "/tmp/cb-base-XXXXXX";
        assert_non_null(mkdtemp(root));
        for (int i = 0; i < 20; i++) {
            cleanup_free char *path = cb_format("%s/%d", root, i);
            assert_int_equal(mkdir(path, 0700), 0);
            cleanup_free char *below = cb_format("%s/%d/below", root, i);
            assert_int_equal(mkdir(below, 0700), 0);
        }
        pid_t child = fork();
        if (child == 0)
            _exit(cb_remove_tree(AT_FDCWD, root) == 0 ? 0 : 1);
        assert_int_equal(cb_remove_tree(AT_FDCWD, root), 0);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(access(root, F_OK), -1);
    }
}

static void whole_reads_and_writes(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(cb_write_full(fds[1], "hello", 5), 0);
    close(fds[1]);
    char text[8];
    assert_int_equal(cb_read_full(fds[0], text, 5), 0);
    assert_int_equal(cb_read_full(fds[0], text, 1), -EPIPE);
    close(fds[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_carry_phase_and_cause), cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(buffers_grow_and_hold_nul),    cmocka_unit_test(digests_are_sha256),
        cmocka_unit_test(removes_deep_closed_trees),    cmocka_unit_test(whole_reads_and_writes),
        cmocka_unit_test(two_may_remove_the_same_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
