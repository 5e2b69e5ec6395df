#include "runtime/notebook/notebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The injected source, or NULL after the expected message. */
static void expect(struct cb_parameters *p, const char *want)
{
    static const char text[] = "{\"cells\":[],\"nbformat\":4,\"nbformat_minor\":4}";
    struct cb_notebook *nb;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_notebook_parse(text, strlen(text), "text", &nb, &err), 0);
    assert_int_equal(cb_notebook_inject(nb, p, NULL, &err), 0);
    struct cb_code_cell cell;
    cb_notebook_cell(nb, 0, &cell);
    assert_string_equal(cell.source, want);
    cb_notebook_free(nb);
    cb_parameters_free(p);
}

static void expect_yaml_failure(const char *yaml, const char *message)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    assert_true(cb_parameters_add_yaml(p, yaml, &err) < 0);
    assert_string_equal(err.message, message);
    assert_int_equal(err.exit, CB_EXIT_USAGE);
    cb_parameters_free(p);
}

static void test_names(void **state)
{
    (void)state;
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    static const char *const bad[] = {"", "1a", "a b", "a.b", "a-b", "class", "None", "a\n", "a=1;b", "\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_true(cb_parameters_add_typed(p, bad[i], "1", &err) < 0);
        assert_int_equal(err.exit, CB_EXIT_USAGE);
    }
    assert_true(cb_parameters_add_typed(p, "a", "\xff", &err) < 0);
    assert_true(cb_parameters_add_raw(p, "a", "\xed\xa0\x80", &err) < 0);
    assert_int_equal(cb_parameters_count(p), 0);
    assert_int_equal(cb_parameters_add_typed(p, "\xc3\xa9_1", "1", &err), 0);
    assert_int_equal(cb_parameters_add_raw(p, "_", "", &err), 0);
    assert_int_equal(cb_parameters_count(p), 2);
    expect(p, "# Parameters\n\xc3\xa9_1 = 1\n_ = \"\"\n");
}

static void test_files(void **state)
{
    (void)state;
    char directory[] = "/tmp/cellblock-test-XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    FILE *f = fopen("p.json", "w");
    fputs("{\"a\": 1e5, \"b\": \"yes\", \"c\": null, \"d\": [NaN]}", f);
    fclose(f);
    f = fopen("p.yaml", "w");
    fputs("e: 1e5\nb: yes\n", f);
    fclose(f);
    f = fopen("list.yaml", "w");
    fputs("- 1\n", f);
    fclose(f);
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    assert_int_equal(cb_parameters_add_file(p, "p.json", &err), 0);
    assert_int_equal(cb_parameters_add_file(p, "p.yaml", &err), 0);
    assert_true(cb_parameters_add_file(p, "list.yaml", &err) < 0);
    assert_string_equal(err.message, "list.yaml does not map names to values");
    assert_true(cb_parameters_add_file(p, "none.yaml", &err) < 0);
    assert_string_equal(err.message, "none.yaml does not exist");
    expect(p, "# Parameters\na = 100000.0\nb = True\nc = None\nd = [float('nan')]\ne = \"1e5\"\n");
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(cb_remove_tree(-1, directory), 0);
}

static void test_yaml_bounds(void **state)
{
    (void)state;
    cleanup_buffer struct cb_buffer b = {0};
    cb_buffer_adds(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) { /* a billion laughs */
        cb_buffer_addf(&b, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            cb_buffer_addf(&b, "%s*a%d", k ? ", " : "", i - 1);
        cb_buffer_adds(&b, "]\n");
    }
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    double start = cb_monotonic();
    assert_true(cb_parameters_add_yaml(p, b.text, &err) < 0);
    assert_true(cb_monotonic() - start < 20);
    assert_non_null(strstr(err.message, "the parameters are too large"));
    cb_parameters_free(p);

    b.length = 0;
    cb_buffer_adds(&b, "x: ");
    for (int i = 0; i < 100000; i++)
        cb_buffer_adds(&b, "[");
    expect_yaml_failure(b.text, "the YAML of the parameters, line 1: the parameters are nested too deep");
    expect_yaml_failure(
        "x: &a [*a]", "the YAML of the parameters, line 1: an alias names an anchor that does not exist yet");
    expect_yaml_failure(
        "x: 1\ny: 0x10000000000000000",
        "the YAML of the parameters, line 2: the value 0x10000000000000000 cannot be read as an integer of "
        "64 bits");
    expect_yaml_failure("x: !!python/object:os.system ls",
                        "the YAML of the parameters, line 1: the value ls cannot be read as "
                        "tag:yaml.org,2002:python/object:os.system");
    expect_yaml_failure("x: !!set {a}",
                        "the YAML of the parameters, line 1: a list or mapping with a tag is not supported");
    expect_yaml_failure("1: x", "'1' cannot be the name of a parameter");
    expect_yaml_failure("just text", "the YAML of the parameters does not map names to values");
    expect_yaml_failure("? [a]\n: 1", "the YAML of the parameters, line 1: a key must be a plain value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_yaml_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
