/* The store: leftovers, locks, kill -9, two supervisors at once, and what the end of a run costs. */
#include "tests/snapshot/bed.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static int count_dir(const char *path)
{
    cleanup_dir DIR *d = opendir(path);
    int n = 0;
    for (const struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    return d ? n : -1;
}

/* Write a spool as an agent would: one entry of `bytes` bytes. */
static int commit_value(struct cb_run *run, int index, size_t bytes, struct cb_error *err)
{
    int spool, fd, code = cb_run_spool(run, index, &spool, err);
    if (code < 0)
        return code;
    struct cb_value_entry v = {.name = "0.pkl", .extent = {CB_PAGE, bytes}};
    cleanup_free char *text = cb_alloc(bytes);
    memset(text, index, bytes);
    if (pwrite(spool, text, bytes, CB_PAGE) != (ssize_t)bytes)
        return -EIO;
    return cb_run_commit(run, index, &v, 1, NULL, &fd, err);
}

/* A supervisor of its own that makes `runs` runs in the store. */
static int supervise(const char *path, int runs)
{
    struct cb_error err = CB_ERROR_INIT;
    for (int r = 0; r < runs; r++) {
        struct cb_store *store;
        struct cb_run *run;
        if (cb_store_open(path, &store, &err) < 0 || cb_run_open(store, bed_owner(), &run, &err) < 0)
            return 1;
        struct bed bed = {.store = store, .run = run};
        for (int i = 0; i < 8; i++) {
            struct cell cell;
            begin_cell(&bed, 2 * i, &cell);
            put_file(cell.fds[0], "f", "text");
            commit_files(&bed, &cell);
            if (commit_value(run, 2 * i + 1, 1000 * (size_t)(i + 1), &err) < 0)
                return 1;
        }
        if (cb_run_finish(run, "n", "ok", &err) < 0) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
        cb_run_close(run);
        cb_store_close(store);
    }
    return 0;
}

static void check_whole(const char *store)
{
    cleanup_free char *db = cb_format("%s/index.sqlite", store);
    char *argv[] = {
        "sqlite3", db,
        "PRAGMA integrity_check; SELECT count(*) FROM layers WHERE digest NOT IN (SELECT digest FROM blobs)",
        NULL};
    cleanup_buffer struct cb_buffer out = {0};
    assert_int_equal(run_program(argv, &out), 0);
    assert_string_equal(out.text, "ok\n0\n");
    /* Each blob that the index names is there under its true digest. */
    cleanup_free char *check =
        cb_format("cd %s/blobs/sha256 && sqlite3 ../../index.sqlite \"SELECT substr(digest, 8) || '  ' || "
                  "substr(digest, 8) FROM blobs\" | { grep . || exit 0; } > ../../sums && "
                  "{ test ! -s ../../sums || sha256sum --quiet -c ../../sums; }",
                  store);
    char *sums[] = {"sh", "-c", check, NULL};
    assert_int_equal(run_program(sums, &out), 0);
}

static void reopen(const char *path)
{
    struct cb_store *store;
    struct cb_error err = CB_ERROR_INIT;
    assert_ok(cb_store_open(path, &store, &err), err);
    cb_store_close(store);
}

static void kill_leaves_a_whole_store(void **state)
{
    struct bed *bed = *state;
    cleanup_free char *path = cb_format("%s/other", bed->dir), *tmp = cb_format("%s/other/tmp", bed->dir);
    for (int point = 0; point < 20; point++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(supervise(path, 1000));
        struct timespec pause = {.tv_nsec = 1000000 + 3700000 * point};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        reopen(path);
        assert_int_equal(count_dir(tmp), 0);
        check_whole(path);
    }
}

static void supervisors_share_a_store(void **state)
{
    struct bed *bed = *state;
    cleanup_free char *path = cb_format("%s/shared", bed->dir), *tmp = cb_format("%s/shared/tmp", bed->dir);
    pid_t pids[3];
    for (int i = 0; i < 3; i++)
        if ((pids[i] = fork()) == 0)
            _exit(supervise(path, 5));
    for (int i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(count_dir(tmp), 0);
    check_whole(path);
    cleanup_free char *db = cb_format("%s/index.sqlite", path);
    char *argv[] = {"sqlite3", db, "SELECT count(*) FROM runs; SELECT count(*) FROM layers", NULL};
    cleanup_buffer struct cb_buffer out = {0};
    assert_int_equal(run_program(argv, &out), 0);
    assert_string_equal(out.text, "15\n240\n");
}

static void live_runs_are_left_alone(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    put_file(cell.fds[0], "f", "f");
    cleanup_free char *stale = cb_format("%s/tmp/run-0123456789abcdef", bed->store_path);
    assert_int_equal(mkdir(stale, 0700), 0);
    reopen(bed->store_path);
    assert_int_equal(access(stale, F_OK), -1);
    struct stat st;
    assert_int_equal(fstatat(cell.fds[0], "f", &st, 0), 0);
    assert_int_equal(st.st_nlink, 1);
    commit_files(bed, &cell);
    assert_ok(cb_run_finish(bed->run, "n", "ok", &bed->err), bed->err);
}

static void uppers_belong_to_the_cells(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 7, &cell);
    struct stat st;
    assert_int_equal(fstat(cell.fds[1], &st), 0);
    assert_int_equal(st.st_uid, bed_owner());
    assert_int_equal(st.st_mode & 07777, 01777);
    assert_int_equal(fstatat(cb_run_fd(bed->run), cell.workdir[0], &st, 0), 0);
    assert_int_equal(st.st_uid, bed_owner());
    assert_int_equal(fstatat(cb_run_fd(bed->run), ".", &st, 0), 0);
    assert_int_equal(st.st_uid, bed_owner());
    for (int i = 0; i < 3; i++)
        close(cell.fds[i]);
    const char *first = cell.upper[0];
    cleanup_free char *before = cb_strdup(first);
    cb_run_discard(bed->run, 7);
    begin_cell(bed, 7, &cell);
    assert_string_not_equal(before, cell.upper[0]);
    /* A change of the tree's own directory travels, too. */
    assert_int_equal(fchmod(cell.fds[1], 0711), 0);
    commit_files(bed, &cell);
    begin_cell(bed, 8, &cell);
    assert_int_equal(fstat(cell.fds[1], &st), 0);
    assert_int_equal(st.st_mode & 07777, 0711);
    const char *const *paths;
    size_t n;
    assert_ok(cb_run_lowers(bed->run, 0, &paths, &n, &bed->err), bed->err);
    assert_int_equal(n, 0);
    for (int i = 0; i < 3; i++)
        close(cell.fds[i]);
    /* Nothing is left of a cell twice. */
    assert_int_equal(cb_run_commit(bed->run, 7, NULL, 0, NULL, &(int){0}, &bed->err), -EINVAL);
}

static void a_foreign_store_is_refused(void **state)
{
    struct bed *bed = *state;
    cleanup_free char *path = cb_format("%s/loose", bed->dir), *newer = cb_format("%s/newer", bed->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chmod(path, 0777), 0);
    struct cb_store *store;
    assert_int_equal(cb_store_open(path, &store, &bed->err), -EPERM);
    assert_int_equal(bed->err.exit, CB_EXIT_HOST);
    reopen(newer);
    cleanup_free char *db = cb_format("%s/index.sqlite", newer);
    char *argv[] = {"sqlite3", db, "PRAGMA user_version=2", NULL};
    cleanup_buffer struct cb_buffer out = {0};
    assert_int_equal(run_program(argv, &out), 0);
    assert_true(cb_store_open(newer, &store, &bed->err) < 0);
    assert_int_equal(bed->err.exit, CB_EXIT_HOST);
}

static void cost_of_finishing(void **state)
{
    struct bed *bed = *state;
    double start = cb_monotonic();
    for (int i = 0; i < 40; i++) {
        struct cell cell;
        begin_cell(bed, i, &cell);
        put_file(cell.fds[0], i % 2 ? "a" : "b", "text");
        commit_files(bed, &cell);
    }
    double committed = cb_monotonic();
    assert_ok(cb_run_finish(bed->run, "n", "ok", &bed->err), bed->err);
    double finished = cb_monotonic();
    print_message("             40 layers: commits %.1f ms, finish %.1f ms\n", (committed - start) * 1e3,
                  (finished - committed) * 1e3);
}

int store_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kill_leaves_a_whole_store, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(supervisors_share_a_store, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(live_runs_are_left_alone, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(uppers_belong_to_the_cells, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(a_foreign_store_is_refused, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(cost_of_finishing, bed_setup, bed_teardown),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
