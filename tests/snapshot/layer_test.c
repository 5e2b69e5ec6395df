/* Layers: spool validation, tar headers, digests, files. */
#include "tests/snapshot/bed.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>

static struct cb_value_entry value(const char *name, uint64_t offset, uint64_t length)
{
    struct cb_value_entry e = {.extent = {offset, length}};
    snprintf(e.name, sizeof e.name, "%s", name);
    return e;
}

/* A spool full of junk: whatever lies in the gaps must not survive. */
static int junk_spool(struct bed *bed, int index, size_t bytes)
{
    int fd;
    assert_ok(cb_run_spool(bed->run, index, &fd, &bed->err), bed->err);
    char *junk = cb_alloc(bytes);
    memset(junk, 'J', bytes);
    assert_int_equal(cb_write_full(fd, junk, bytes), 0);
    free(junk);
    return fd;
}

static int commit_values(struct bed *bed, int index, const struct cb_value_entry *values, size_t n)
{
    int fd;
    return cb_run_commit(bed->run, index, values, n, NULL, &fd, &bed->err);
}

static void finish(struct bed *bed)
{
    assert_ok(cb_run_finish(bed->run, "test.ipynb", "ok", &bed->err), bed->err);
}

/* libarchive must find nothing to complain of, and no entry may hold more than `pages` tells. */
static void read_archive(const char *path, void (*each)(struct archive *, struct archive_entry *, void *),
                         void *context)
{
    struct archive *a = archive_read_new();
    archive_read_support_format_tar(a);
    assert_int_equal(archive_read_open_filename(a, path, 10240), ARCHIVE_OK);
    struct archive_entry *entry;
    int code;
    while ((code = archive_read_next_header(a, &entry)) == ARCHIVE_OK)
        each(a, entry, context);
    if (code != ARCHIVE_EOF)
        fail_msg("libarchive: %s", archive_error_string(a));
    archive_read_free(a);
}

struct expected {
    int seen;
    const struct cb_value_entry *values;
};

static void check_value(struct archive *a, struct archive_entry *entry, void *context)
{
    struct expected *x = context;
    const struct cb_value_entry *v = &x->values[x->seen++];
    char path[160];
    snprintf(path, sizeof path, ".cellblock/vars/%s", v->name);
    assert_string_equal(archive_entry_pathname(entry), path);
    assert_int_equal(archive_entry_size(entry), v->extent.length);
    assert_int_equal(archive_entry_uid(entry), 1000);
    char bytes[64];
    ssize_t n = archive_read_data(a, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], 'J');
}

static void values_become_a_tar(void **state)
{
    struct bed *bed = *state;
    char longest[128];
    memset(longest, 'n', 127);
    longest[127] = '\0';
    struct cb_value_entry values[] = {value("0.pkl", 4096, 100), value("0.0.buf", 12288, 4096),
                                      value("empty", 20480, 0), value(longest, 24576, 5000),
                                      value("far", 24576 + 5000 / 4096 * 4096 + 4096 + 4096 + 65536, 1)};
    junk_spool(bed, 0, 120000);
    int fd;
    assert_ok(cb_run_commit(bed->run, 0, values, 5, NULL, &fd, &bed->err), bed->err);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 12288);
    assert_true(page != MAP_FAILED);
    finish(bed);
    assert_int_equal(page[0], 'J');
    assert_int_equal(page[4095], 'J');
    munmap(page, 4096);

    cleanup_free char *path = layer_path(bed, 0);
    struct expected x = {.values = values};
    read_archive(path, check_value, &x);
    assert_int_equal(x.seen, 5);

    char *argv[] = {"tar", "tvf", path, NULL};
    cleanup_buffer struct cb_buffer listing = {0};
    assert_int_equal(run_program(argv, &listing), 0);
    assert_non_null(strstr(listing.text, ".cellblock/vars/0.0.buf"));

    /* No junk but the values': count it. */
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    char *bytes = cb_alloc((size_t)st.st_size);
    int blob = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(cb_read_full(blob, bytes, (size_t)st.st_size), 0);
    close(blob);
    size_t junk = 0;
    for (off_t i = 0; i < st.st_size; i++)
        junk += bytes[i] == 'J';
    free(bytes);
    assert_int_equal(junk, 100 + 4096 + 5000 + 1);

    char *sum[] = {"sha256sum", path, NULL};
    cleanup_buffer struct cb_buffer digest = {0};
    assert_int_equal(run_program(sum, &digest), 0);
    assert_memory_equal(digest.text, cb_run_layer_digest(bed->run, 0) + 7, 64);
}

static void gaps_of_every_size(void **state)
{
    struct bed *bed = *state;
    enum { N = 130 };
    struct cb_value_entry values[N];
    uint64_t at = 4096;
    for (int i = 0; i < N; i++) {
        char name[32];
        snprintf(name, sizeof name, "v%d", i);
        values[i] = value(name, at, (uint64_t)i * 131);
        at = (at + values[i].extent.length + 4095) / 4096 * 4096 + 4096 * (1 + (uint64_t)i % 5);
    }
    junk_spool(bed, 0, at);
    assert_ok(commit_values(bed, 0, values, N), bed->err);
    finish(bed);
    cleanup_free char *path = layer_path(bed, 0);
    struct expected x = {.values = values};
    read_archive(path, check_value, &x);
    assert_int_equal(x.seen, N);
}

static void hostile_spools(void **state)
{
    struct bed *bed = *state;
    static const struct {
        const char *name[2];
        uint64_t offset[2], length[2];
    } bad[] = {
        {{"a", "b"}, {4096, 8192}, {4097, 10}},        /* no gap */
        {{"a", "b"}, {4096, 4096}, {10, 10}},          /* overlap */
        {{"a", "b"}, {8192, 4096}, {10, 10}},          /* descending */
        {{"a", "b"}, {4096, 12289}, {10, 10}},         /* unaligned */
        {{"a", "b"}, {0, 12288}, {10, 10}},            /* no room for the first header */
        {{"a", "b"}, {4096, 12288}, {10, 1 << 20}},    /* out of bounds */
        {{"a", "b"}, {4096, 12288}, {10, UINT64_MAX}}, /* sum overflows */
        {{"a", "b"}, {4096, UINT64_MAX - 4095}, {10, 4096}},
        {{"a", "b"}, {4096, UINT64_MAX - 4095}, {10, 0}},
        {{"a", "a"}, {4096, 12288}, {10, 10}}, /* one name twice */
        {{"a", "../b"}, {4096, 12288}, {10, 10}},
        {{"a", ".."}, {4096, 12288}, {10, 10}},
        {{"a", ""}, {4096, 12288}, {10, 10}},
        {{"a", "b c"}, {4096, 12288}, {10, 10}},
        {{"a", "b\n"}, {4096, 12288}, {10, 10}},
        {{"a", ".wh.b"}, {4096, 12288}, {10, 10}},
    };
    junk_spool(bed, 0, 65536);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cb_value_entry values[2] = {value(bad[i].name[0], bad[i].offset[0], bad[i].length[0]),
                                           value(bad[i].name[1], bad[i].offset[1], bad[i].length[1])};
        if (commit_values(bed, 0, values, 2) != -EPROTO || bed->err.exit != CB_EXIT_VIOLATION)
            fail_msg("case %zu was taken", i);
    }
    struct cb_value_entry unterminated = value("x", 4096, 1);
    memset(unterminated.name, 'x', sizeof unterminated.name);
    assert_int_equal(commit_values(bed, 0, &unterminated, 1), -EPROTO);
    assert_int_equal(commit_values(bed, 0, &unterminated, 1000001), -EFBIG);
    assert_int_equal(bed->err.exit, CB_EXIT_LIMIT);
    /* A sparse terabyte before an entry would make a terabyte of header. */
    int fd;
    assert_ok(cb_run_spool(bed->run, 0, &fd, &bed->err), bed->err);
    assert_int_equal(ftruncate(fd, INT64_C(1) << 40), 0);
    struct cb_value_entry far = value("far", UINT64_C(1) << 39, 1);
    assert_int_equal(commit_values(bed, 0, &far, 1), -EPROTO);
    /* And an honest one is still taken. */
    struct cb_value_entry good = value("good", 4096, 1);
    assert_ok(commit_values(bed, 0, &good, 1), bed->err);
}

static void equal_layers_are_one_blob(void **state)
{
    struct bed *bed = *state;
    struct cb_value_entry v = value("0.pkl", 4096, 7);
    for (int i = 0; i < 3; i++) {
        junk_spool(bed, i, 4096 + 7 + (size_t)i * 1000);
        assert_ok(commit_values(bed, i, &v, 1), bed->err);
    }
    assert_ok(cb_run_commit(bed->run, 3, NULL, 0, NULL, &(int){0}, &bed->err), bed->err);
    finish(bed);
    assert_string_equal(cb_run_layer_digest(bed->run, 0), cb_run_layer_digest(bed->run, 2));
    assert_null(cb_run_layer_digest(bed->run, 3));
    assert_null(cb_run_layer_digest(bed->run, 4));
    cleanup_free char *db = cb_format("%s/index.sqlite", bed->store_path);
    char *argv[] = {"sqlite3", db,
                    "SELECT count(*), count(DISTINCT digest) FROM layers; SELECT count(*) FROM blobs;"
                    "SELECT notebook, status FROM runs; PRAGMA user_version",
                    NULL};
    cleanup_buffer struct cb_buffer out = {0};
    assert_int_equal(run_program(argv, &out), 0);
    assert_string_equal(out.text, "3|1\n1\ntest.ipynb|ok\n1\n");
}

/* Names, types and times that a tar makes hard. */
static void make_odd_files(int work)
{
    put_file(work, "plain", "hello");
    put_file(work, "new\nline", "nl");
    put_file(work, "\xff\xfe not utf-8", "raw");
    put_file(work, "\xc3\xa9t\xc3\xa9", "utf-8");
    char name[256];
    memset(name, 'L', 255);
    name[255] = '\0';
    put_file(work, name, "long");
    put_dir(work, "dir");
    put_file(work, "dir/inner", "x");
    put_dir(work, "opaque");
    set_opaque(work, "opaque");
    put_file(work, "opaque/o", "o");
    put_whiteout(work, "gone");
    assert_int_equal(symlinkat("/etc/passwd", work, "link"), 0);
    cleanup_free char *target = cb_alloc(4096);
    memset(target, 't', 3000);
    assert_int_equal(symlinkat(target, work, "long-link"), 0);
    assert_int_equal(linkat(work, "plain", work, "second-name", 0), 0);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = -2, .tv_nsec = 750000000}};
    assert_int_equal(utimensat(work, "dir/inner", times, 0), 0);
    times[1] = (struct timespec){.tv_sec = 1700000000, .tv_nsec = 123456789};
    assert_int_equal(utimensat(work, "plain", times, 0), 0);
    assert_int_equal(fchmodat(work, "dir/inner", 0600, 0), 0);
    int fd = openat(work, "sparse", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(ftruncate(fd, 1 << 28), 0);
    assert_int_equal(pwrite(fd, "S", 1, 1 << 27), 1);
    close(fd);
}

static void files_survive_the_tar(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    make_odd_files(cell.fds[0]);
    put_file(cell.fds[1], "t", "tmp");
    put_file(cell.fds[2], ".profile", "home");
    int upper = dup(cell.fds[0]);
    commit_files(bed, &cell);
    finish(bed);
    cleanup_free char *path = layer_path(bed, 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(st.st_size > 1 << 28);
    assert_true(st.st_blocks < 1024); /* holes stayed holes */
    char *list[] = {"tar", "tf", path, NULL};
    cleanup_buffer struct cb_buffer names = {0};
    assert_int_equal(run_program(list, &names), 0);
    assert_non_null(strstr(names.text, "work/.wh.gone\n"));
    assert_non_null(strstr(names.text, "work/opaque/.wh..wh..opq\n"));
    assert_non_null(strstr(names.text, "home/cell/.profile\n"));

    /* GNU tar gives back what the upper holds, whiteouts aside. */
    cleanup_free char *out = cb_format("%s/out", bed->dir);
    assert_int_equal(mkdir(out, 0755), 0);
    char *extract[] = {"tar", "--no-same-owner", "-p", "-x", "--exclude=.wh.*", "-f", path, "-C", out, NULL};
    cleanup_buffer struct cb_buffer nothing = {0};
    assert_int_equal(run_program(extract, &nothing), 0);
    cleanup_free char *extracted = cb_format("%s/work", out);
    assert_int_equal(unlinkat(upper, "gone", 0), 0);
    int fd = open(extracted, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cleanup_free char *want = describe(upper, false), *got = describe(fd, false);
    assert_string_equal(got, want);
    struct stat a, b;
    assert_int_equal(fstatat(fd, "plain", &a, 0) | fstatat(fd, "second-name", &b, 0), 0);
    assert_int_equal(a.st_ino, b.st_ino);
    assert_int_equal(a.st_mtim.tv_nsec, 123456789);
    assert_int_equal(fstatat(fd, "dir/inner", &a, 0), 0);
    assert_int_equal(a.st_mtim.tv_sec, -2);
    assert_int_equal(a.st_mtim.tv_nsec, 750000000);
    close(fd);
    close(upper);
}

static void extract_one(struct archive *a, struct archive_entry *entry, void *disk)
{
    (void)a;
    /* As on extraction by another tool below a directory of its own. */
    if (archive_write_header(disk, entry) < ARCHIVE_WARN)
        fail_msg("libarchive: %s: %s", archive_entry_pathname(entry), archive_error_string(disk));
}

static void libarchive_takes_it_securely(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    make_odd_files(cell.fds[0]);
    commit_files(bed, &cell);
    finish(bed);
    cleanup_free char *path = layer_path(bed, 0);
    cleanup_free char *out = cb_format("%s/out", bed->dir);
    assert_int_equal(mkdir(out, 0755), 0);
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(chdir(out), 0);
    struct archive *disk = archive_write_disk_new();
    archive_write_disk_set_options(disk, ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                                             ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
    read_archive(path, extract_one, disk);
    archive_write_free(disk);
    assert_int_equal(fchdir(here), 0);
    close(here);
}

static void values_and_files_share_a_layer(void **state)
{
    struct bed *bed = *state;
    struct cell cell;
    begin_cell(bed, 0, &cell);
    put_file(cell.fds[0], "f", "file");
    junk_spool(bed, 0, 9000);
    struct cb_harvest harvest;
    assert_ok(cb_harvest_uppers(cell.fds, &roomy, &harvest, &bed->err), bed->err);
    for (int i = 0; i < 3; i++)
        close(cell.fds[i]);
    struct cb_value_entry v = value("0.pkl", 4096, 33);
    int fd;
    assert_ok(cb_run_commit(bed->run, 0, &v, 1, &harvest, &fd, &bed->err), bed->err);
    cb_harvest_free(&harvest);
    finish(bed);
    cleanup_free char *path = layer_path(bed, 0);
    char *list[] = {"tar", "tf", path, NULL};
    cleanup_buffer struct cb_buffer names = {0};
    assert_int_equal(run_program(list, &names), 0);
    assert_string_equal(names.text, ".cellblock/vars/0.pkl\nwork/\nwork/f\n");
}

int layer_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_become_a_tar, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(gaps_of_every_size, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(hostile_spools, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(equal_layers_are_one_blob, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(files_survive_the_tar, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(libarchive_takes_it_securely, bed_setup, bed_teardown),
        cmocka_unit_test_setup_teardown(values_and_files_share_a_layer, bed_setup, bed_teardown),
    };
    return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
