/* What progress shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/cli/progress.h"

static void seconds(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {-1, "0.00 s"},        {0, "0.00 s"},        {0.123, "0.12 s"},     {9.99, "9.99 s"},
        {9.996, "10.0 s"},     {59.94, "59.9 s"},    {59.96, "1 min 00 s"}, {125.4, "2 min 05 s"},
        {3599, "59 min 59 s"}, {3600, "1 h 00 min"}, {3725, "1 h 02 min"},  {360000, "100 h 00 min"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_buffer struct cb_buffer out = {0};
        cb_progress_seconds(cases[i].seconds, &out);
        assert_string_equal(out.text, cases[i].text);
    }
}

static void first_lines(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"x = 1\ny = 2", "x = 1"},
        {"\n\n  x = 1", "x = 1"},
        {"# load\nx = 1", "x = 1"},
        {"# only\n# comments", "# only"},
        {"", ""},
        {"\n \n", ""},
        {"a\tb", "a b"},
        {"x\r\ny", "x^M"},
        {"print('\x1b[2J')", "print('^[[2J')"},
        {"%%bash\nls", "%%bash"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_buffer struct cb_buffer out = {0};
        cb_progress_first_line(cases[i][0], &out);
        assert_string_equal(out.text, cases[i][1]);
    }
}

static void live_lines(void **state)
{
    (void)state;
    struct cb_progress_view view = {.activity = "starting python", .begun = 100};
    cleanup_buffer struct cb_buffer out = {0};
    cb_progress_live_line(&view, 100.5, 80, &out);
    assert_string_equal(out.text, "starting python  0.50 s");

    view.cells = 12;
    view.done = 3;
    view.cell = 3;
    view.running = true;
    view.since = 101;
    cb_progress_first_line("frame = read_csv('a.csv')", &view.source);
    out.length = 0;
    cb_progress_live_line(&view, 113.5, 80, &out);
    assert_string_equal(out.text, "3/12 cells  cell 4  12.5 s  frame = read_csv('a.csv')");
    out.length = 0;
    cb_progress_live_line(&view, 113.5, 36, &out);
    assert_string_equal(out.text, "3/12 cells  cell 4  12.5 s  frame …");
    out.length = 0;
    cb_progress_live_line(&view, 113.5, 1, &out);
    assert_string_equal(out.text, "…");

    view.running = false;
    view.done = 4;
    out.length = 0;
    cb_progress_live_line(&view, 114, 80, &out);
    assert_string_equal(out.text, "4/12 cells");
    cb_buffer_free(&view.source);
}

static void plain_lines(void **state)
{
    (void)state;
    struct cb_progress_view view = {.cells = 2};
    cleanup_buffer struct cb_buffer out = {0};
    cb_progress_plain_line(&view, 0, "committed", 0.05, &out);
    assert_string_equal(out.text, "cell 1/2 committed  0.05 s\n");
    cb_progress_first_line("1/0", &view.source);
    out.length = 0;
    cb_progress_plain_line(&view, 1, "failed", 65, &out);
    assert_string_equal(out.text, "cell 2/2 failed  1 min 05 s  1/0\n");
    cb_buffer_free(&view.source);
}

/* The callbacks themselves, into a file instead of a terminal. */
static void callbacks(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct cb_progress_view view;
    cb_progress_begin(&view, CB_PROGRESS_PLAIN);
    view.to = file;
    struct cb_progress p = cb_progress_callbacks(&view);
    p.preparing(p.context, "starting python");
    p.started(p.context, 0, 2, "x = 1");
    p.tick(p.context, 0.1);
    p.finished(p.context, 0, 2, "committed", 0.25);
    p.finished(p.context, 1, 2, "skipped", 0);
    cb_progress_end(&view);
    char text[256] = "";
    rewind(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    fclose(file);
    assert_string_equal(text, "cell 1/2 committed  0.25 s  x = 1\ncell 2/2 skipped  0.00 s\n");

    cb_progress_begin(&view, CB_PROGRESS_NONE);
    p = cb_progress_callbacks(&view);
    assert_true(!p.preparing && !p.started && !p.tick && !p.finished);
    assert_non_null(p.notice);
    cb_progress_end(&view);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds),     cmocka_unit_test(first_lines), cmocka_unit_test(live_lines),
        cmocka_unit_test(plain_lines), cmocka_unit_test(callbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
