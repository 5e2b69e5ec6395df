/*
 * Every folder of cases/: valid/<case> holds in.ipynb and the exact bytes of out.ipynb, and perhaps
 * `parameters` (lines "p|r|y NAME VALUE", "warning" where the injection must warn); invalid/<case> holds the
 * exact message.
 */
#include "runtime/notebook/notebook.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char *load(const char *directory, const char *file, size_t *n)
{
    cleanup_free char *path = cb_format("%s/%s", directory, file);
    cleanup_file FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    struct cb_buffer b = {0};
    cb_buffer_adds(&b, "");
    char chunk[4096];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, f)) > 0;)
        cb_buffer_add(&b, chunk, got);
    if (n)
        *n = b.length;
    return b.text;
}

static void add_parameter(struct cb_parameters *p, char *line)
{
    struct cb_error err = CB_ERROR_INIT;
    if (*line == 'y') {
        assert_int_equal(cb_parameters_add_yaml(p, line + 2, &err), 0);
        return;
    }
    char *value = strchr(line + 2, ' ');
    assert_non_null(value);
    *value++ = '\0';
    int code = *line == 'p' ? cb_parameters_add_typed(p, line + 2, value, &err)
                            : cb_parameters_add_raw(p, line + 2, value, &err);
    assert_int_equal(code, 0);
}

static void inject(struct cb_notebook *nb, char *lines)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    bool warn = false;
    for (char *save, *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (!strcmp(line, "warning"))
            warn = true;
        else
            add_parameter(p, line);
    }
    const char *warning;
    assert_int_equal(cb_notebook_inject(nb, p, &warning, &err), 0);
    assert_int_equal(warning != NULL, warn);
    cb_parameters_free(p);
}

static void check_valid(const char *directory)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb = NULL;
    cleanup_free char *in = cb_format("%s/in.ipynb", directory);
    if (cb_notebook_read(in, &nb, &err))
        fail_msg("%s: %s", directory, err.message);
    cleanup_free char *parameters = load(directory, "parameters", NULL);
    if (parameters)
        inject(nb, parameters);
    cleanup_buffer struct cb_buffer got = {0};
    cb_notebook_dump(nb, &got);
    size_t n;
    cleanup_free char *want = load(directory, "out.ipynb", &n);
    if (got.length != n || memcmp(got.text, want, n))
        fail_msg("%s: wrote\n%s", directory, got.text);
    cb_notebook_free(nb);
}

static void check_invalid(const char *directory)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb = NULL;
    cleanup_free char *in = cb_format("%s/in.ipynb", directory);
    int code = cb_notebook_read(in, &nb, &err);
    if (code >= 0 || nb)
        fail_msg("%s was read", directory);
    cleanup_free char *want = load(directory, "message", NULL);
    want[strcspn(want, "\n")] = '\0';
    assert_int_equal(strncmp(want, "NAME ", 5), 0);
    size_t n = strlen(in);
    if (strncmp(err.message, in, n) || strcmp(err.message + n, want + 4))
        fail_msg("%s: said \"%s\"", directory, err.message);
    assert_int_equal(err.exit, CB_EXIT_USAGE);
    assert_int_equal(err.code, code);
    assert_true(err.remedy[0] != '\0');
}

static size_t each(const char *kind, void (*check)(const char *))
{
    cleanup_free char *top = cb_format("%s/%s", CB_CASES, kind);
    cleanup_dir DIR *d = opendir(top);
    assert_non_null(d);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        cleanup_free char *directory = cb_format("%s/%s", top, e->d_name);
        check(directory);
        n++;
    }
    return n;
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(each("valid", check_valid) >= 30);
}

static void test_invalid(void **state)
{
    (void)state;
    assert_true(each("invalid", check_invalid) >= 60);
}

static void expect_failure(const char *path, const char *message)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb;
    assert_true(cb_notebook_read(path, &nb, &err) < 0);
    assert_null(nb);
    assert_string_equal(err.message, message);
    assert_int_equal(err.exit, CB_EXIT_USAGE);
    assert_true(err.remedy[0] != '\0');
}

static void test_files(void **state)
{
    (void)state;
    char directory[] = "/tmp/cellblock-test-XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    expect_failure("none.ipynb", "none.ipynb does not exist");
    expect_failure("none/none.ipynb", "none/none.ipynb does not exist");
    assert_int_equal(mkdir("d", 0700), 0);
    expect_failure("d", "d is a directory, not a file");
    int fd = open("large", O_CREAT | O_WRONLY, 0600);
    assert_int_equal(ftruncate(fd, (off_t)CB_NOTEBOOK_MAX_BYTES + 1), 0);
    close(fd);
    expect_failure("large", "large is larger than 64 MiB");
    assert_int_equal(unlink("large"), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    expect_failure("fifo", "fifo is not a regular file");
    fd = open("closed", O_CREAT | O_WRONLY, 0000);
    close(fd);
    if (geteuid() != 0)
        expect_failure("closed", "closed may not be read by this user");

    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb;
    static const char text[] = "{\"cells\": [], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 4}";
    static const char want[] =
        "{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 4\n}\n";
    assert_int_equal(cb_notebook_parse(text, strlen(text), "text", &nb, &err), 0);
    assert_true(cb_notebook_write(nb, "none/out.ipynb", &err) < 0);
    assert_string_equal(err.message,
                        "cannot write the notebook to none/out.ipynb: its directory does not exist");
    assert_true(cb_notebook_write(nb, "d", &err) < 0);
    assert_string_equal(err.message, "cannot write the notebook to d: it is a directory");
    assert_int_equal(err.exit, CB_EXIT_USAGE);
    assert_true(cb_notebook_write(nb, "/dev/full", &err) < 0);
    assert_int_equal(err.exit, CB_EXIT_INTERNAL);
    assert_non_null(strstr(err.message, "No space left"));

    /* A new file; one with a mode of its own; one behind a link, which stays a link. */
    fd = open("target", O_CREAT | O_WRONLY, 0600);
    close(fd);
    assert_int_equal(chmod("target", 0640), 0);
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(cb_notebook_write(nb, "link", &err), 0);
    assert_int_equal(cb_notebook_write(nb, "new", &err), 0);
    struct stat st;
    assert_int_equal(lstat("link", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat("target", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    const char *const written[] = {"target", "new"};
    for (int i = 0; i < 2; i++) {
        cleanup_free char *got = load(".", written[i], NULL);
        assert_string_equal(got, want);
    }
    cb_notebook_free(nb);
    size_t entries = 0; /* d fifo closed target link new: no temporary file is left */
    cleanup_dir DIR *d = opendir(".");
    for (struct dirent *e; (e = readdir(d));)
        entries += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    assert_int_equal(entries, 6);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(cb_remove_tree(-1, directory), 0);
}

static void test_large(void **state)
{
    (void)state;
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb;
    cleanup_buffer struct cb_buffer text = {0}, want = {0}, got = {0};

    /* A cell of a million lines: read, joined, written back to the same bytes. */
    cb_buffer_adds(&text,
                   "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": null,\n"
                   "   \"metadata\": {},\n   \"outputs\": [],\n   \"source\": [\n");
    for (int i = 0; i < 1000000; i++)
        cb_buffer_addf(&text, "    \"x%d = %d\\n\"%s\n", i, i, i < 999999 ? "," : "");
    cb_buffer_adds(&text,
                   "   ]\n  }\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 4\n}\n");
    assert_int_equal(cb_notebook_parse(text.text, text.length, "text", &nb, &err), 0);
    cb_notebook_dump(nb, &got);
    assert_int_equal(got.length, text.length);
    assert_memory_equal(got.text, text.text, text.length);
    cb_notebook_free(nb);

    /* 10^5 levels, and more values than the tree may hold: refused, not crashed. */
    text.length = 0;
    for (int i = 0; i < 100000; i++)
        cb_buffer_adds(&text, "[");
    assert_true(cb_notebook_parse(text.text, text.length, "deep", &nb, &err) < 0);
    assert_string_equal(err.message, "deep is nested more than 512 levels deep");
    text.length = 0;
    cb_buffer_adds(&text, "[0");
    for (int i = 0; i < 10000001; i++)
        cb_buffer_adds(&text, ",0");
    cb_buffer_adds(&text, "]");
    assert_true(cb_notebook_parse(text.text, text.length, "many", &nb, &err) < 0);
    assert_string_equal(err.message, "many holds more than 10000000 values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
