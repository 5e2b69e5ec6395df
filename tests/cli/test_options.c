/* The command line of run: what is taken, what is refused and with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/cli/options.h"

#define MAX_WORDS 16

static int parse(const char *const *words, struct cb_run_arguments *a, struct cb_error *err)
{
    static char *argv[MAX_WORDS + 2];
    int argc = 0;
    argv[argc++] = (char *)"run";
    for (; *words; words++)
        argv[argc++] = (char *)*words;
    argv[argc] = NULL;
    *err = (struct cb_error)CB_ERROR_INIT;
    return cb_run_arguments_parse(argc, argv, a, err);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *words[MAX_WORDS];
        const char *says; /* a part of the message */
    } cases[] = {
        {{NULL}, "needs a notebook"},
        {{"--json"}, "needs a notebook"},
        {{""}, "path is empty"},
        {{"a", "b"}, "\"b\" would be a second"},
        {{"a", "--", "b"}, "\"b\" would be a second"},
        {{"a", "--nonsense"}, "no option --nonsense"},
        {{"a", "--nonsense=3"}, "no option --nonsense=3"},
        {{"a", "--p"}, "no option --p"}, /* parameters, progress or pids? */
        {{"a", "-z"}, "no option -z"},
        {{"a", "-o"}, "-o needs a value"},
        {{"a", "--output"}, "--output needs a value"},
        {{"a", "--output="}, "--output needs a value"},
        {{"a", "--json=yes"}, "--json takes no value"},
        {{"a", "-p"}, "-p needs a value"},
        {{"a", "-p", "x"}, "-p needs a name and a value"},
        {{"a", "-r", "x"}, "-r needs a name and a value"},
        {{"a", "--jobs", "0"}, "--jobs does not take \"0\""},
        {{"a", "--jobs", "two"}, "--jobs does not take \"two\""},
        {{"a", "--memory", "lots"}, "--memory does not take \"lots\""},
        {{"a", "--memory", "0"}, "--memory does not take \"0\""},
        {{"a", "--disk", "-1"}, "--disk does not take \"-1\""},
        {{"a", "--pids", "0"}, "--pids does not take \"0\""},
        {{"a", "--timeout", "0"}, "--timeout does not take \"0\""},
        {{"a", "--total-timeout", "soon"}, "--total-timeout does not take \"soon\""},
        {{"a", "--progress", "loud"}, "--progress does not take \"loud\""},
        {{"a", "--net", "wifi"}, "--net does not take \"wifi\""},
        {{"a", "--net", "host"}, "does not have --net host"},
        {{"a", "--mount", "/x:/y"}, "does not have --mount"},
        {{"a", "--keep-going"}, "does not have --keep-going"},
        {{"a", "--env", "=x"}, "--env needs a name"},
        {{"a", "--env", "CELLBLOCK_TEST_ABSENT"}, "no such variable"},
        {{"a", "--json", "-o", "-"}, "cannot share standard output"},
        {{"-", "--json"}, "cannot share standard output"},
        {{"a", "--json", "--events", "-"}, "cannot share standard output"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cb_run_arguments a;
        struct cb_error err;
        int code = parse(cases[i].words, &a, &err);
        if (code == 0)
            fail_msg("case %zu was taken", i);
        assert_int_equal(err.exit, CB_EXIT_USAGE);
        if (!strstr(err.message, cases[i].says))
            fail_msg("case %zu says: %s", i, err.message);
        assert_true(err.remedy[0]);
        cb_run_arguments_free(&a);
    }
}

static void defaults(void **state)
{
    (void)state;
    struct cb_run_arguments a;
    struct cb_error err;
    assert_int_equal(parse((const char *const[]){"nb.ipynb", NULL}, &a, &err), 0);
    assert_string_equal(a.notebook, "nb.ipynb");
    assert_null(a.output);
    assert_null(a.workspace);
    assert_null(a.env);
    assert_int_equal(a.jobs, 1);
    assert_int_equal(a.processes, 0);
    assert_true(a.memory_bytes == 0 && a.disk_bytes == 0 && a.n_parameters == 0);
    assert_int_equal(a.progress, CB_PROGRESS_AUTO);
    assert_false(a.json || a.allow_errors || a.show_hidden || a.fresh || a.strict || a.help ||
                 a.workspace_none);
    cb_run_arguments_free(&a);
}

static void everything(void **state)
{
    (void)state;
    struct cb_run_arguments a;
    struct cb_error err;
    setenv("CELLBLOCK_TEST_PRESENT", "here", 1);
    assert_int_equal(parse((const char *const[]){"-o", "out", "--workspace=data", "nb", "--memory", "2G",
                                                 "--pids=50", "--env", "CELLBLOCK_TEST_PRESENT",
                                                 "--env=A=b=c", "--json", "--progress=plain", NULL},
                           &a, &err),
                     0);
    assert_string_equal(a.notebook, "nb");
    assert_string_equal(a.output, "out");
    assert_string_equal(a.workspace, "data");
    assert_true(a.memory_bytes == 2ull << 30);
    assert_int_equal(a.processes, 50);
    assert_string_equal(a.env[0], "CELLBLOCK_TEST_PRESENT=here");
    assert_string_equal(a.env[1], "A=b=c");
    assert_null(a.env[2]);
    assert_true(a.json);
    assert_int_equal(a.progress, CB_PROGRESS_PLAIN);
    cb_run_arguments_free(&a);

    assert_int_equal(parse((const char *const[]){"nb", "--jobs", "8", "--fresh", "--strict", "--allow-errors",
                                                 "--net=none", "--show-hidden", "--timeout", "2.5",
                                                 "--total-timeout=60", "--workspace", "none", NULL},
                           &a, &err),
                     0);
    assert_int_equal(a.jobs, 8);
    assert_true(a.fresh && a.strict && a.allow_errors && a.show_hidden && a.workspace_none);
    assert_true(a.timeout > 2.4 && a.timeout < 2.6 && a.total_timeout > 59);
    cb_run_arguments_free(&a);
}

static void parameters_take_two_words(void **state)
{
    (void)state;
    struct cb_run_arguments a;
    struct cb_error err;
    /* Also between other words, also where the value looks like an option, also with POSIXLY_CORRECT. */
    setenv("POSIXLY_CORRECT", "1", 1);
    assert_int_equal(parse((const char *const[]){"nb", "-p", "x", "-5", "--json", "-r", "y", "--json", "-pz",
                                                 "1", "--parameters_file", "f.yaml", "-y", "a: 1", NULL},
                           &a, &err),
                     0);
    unsetenv("POSIXLY_CORRECT");
    assert_string_equal(a.notebook, "nb");
    assert_true(a.json);
    static const struct cb_parameter_option want[] = {
        {CB_PARAMETER_TYPED, "x", "-5"},   {CB_PARAMETER_RAW, "y", "--json"},
        {CB_PARAMETER_TYPED, "z", "1"},    {CB_PARAMETER_FILE, NULL, "f.yaml"},
        {CB_PARAMETER_YAML, NULL, "a: 1"},
    };
    assert_int_equal(a.n_parameters, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(a.parameters[i].kind, want[i].kind);
        assert_string_equal(a.parameters[i].value, want[i].value);
        if (want[i].name)
            assert_string_equal(a.parameters[i].name, want[i].name);
    }
    cb_run_arguments_free(&a);
}

static void help_wins(void **state)
{
    (void)state;
    struct cb_run_arguments a;
    struct cb_error err;
    assert_int_equal(parse((const char *const[]){"--help", "--nonsense", NULL}, &a, &err), 0);
    assert_true(a.help);
    cb_run_arguments_free(&a);
    assert_int_equal(parse((const char *const[]){"--", "--help", NULL}, &a, &err), 0);
    assert_false(a.help);
    assert_string_equal(a.notebook, "--help");
    cb_run_arguments_free(&a);
}

static void default_outputs(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"nb.ipynb", "nb.out.ipynb"},
        {"/a/b.ipynb", "/a/b.out.ipynb"},
        {"plain", "plain.out.ipynb"},
        {".ipynb", ".ipynb.out.ipynb"},
        {"-", "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_free char *out = cb_default_output(cases[i][0]);
        assert_string_equal(out, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused),         cmocka_unit_test(defaults),
        cmocka_unit_test(everything),      cmocka_unit_test(help_wins),
        cmocka_unit_test(default_outputs), cmocka_unit_test(parameters_take_two_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
