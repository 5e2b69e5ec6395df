/* Values of options: sizes, seconds, counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/cli/cli.h"

static void sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
        uint64_t bytes;
    } cases[] = {
        {"0", 0, 0},
        {"1", 0, 1},
        {"4096", 0, 4096},
        {"4096B", 0, 4096},
        {"1K", 0, 1024},
        {"1k", 0, 1024},
        {"1KiB", 0, 1024},
        {"1KB", 0, 1000},
        {"1kB", 0, 1000},
        {"512M", 0, 512ull << 20},
        {"1.5G", 0, 3ull << 29},
        {"1.5GiB", 0, 3ull << 29},
        {"2GB", 0, 2000000000ull},
        {"1T", 0, 1ull << 40},
        {".5K", 0, 512},
        {"8191T", 0, 8191ull << 40},
        {"8192T", -ERANGE, 0},
        {"99999999999999999999999999", -ERANGE, 0},
        {"1e3", -EINVAL, 0},
        {"", -EINVAL, 0},
        {"K", -EINVAL, 0},
        {".", -EINVAL, 0},
        {"-1", -EINVAL, 0},
        {"+1", -EINVAL, 0},
        {" 1", -EINVAL, 0},
        {"1 K", -EINVAL, 0},
        {"1Kb", -EINVAL, 0},
        {"1KiBs", -EINVAL, 0},
        {"1X", -EINVAL, 0},
        {"0x10", -EINVAL, 0},
        {"inf", -EINVAL, 0},
        {"nan", -EINVAL, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t bytes = 0;
        int code = cb_parse_size(cases[i].text, &bytes);
        if (code != cases[i].code)
            fail_msg("\"%s\": %d, not %d", cases[i].text, code, cases[i].code);
        if (code == 0 && bytes != cases[i].bytes)
            fail_msg("\"%s\": %llu", cases[i].text, (unsigned long long)bytes);
    }
}

static void seconds(void **state)
{
    (void)state;
    double s = 0;
    assert_int_equal(cb_parse_seconds("90", &s), 0);
    assert_true(s > 89.999 && s < 90.001);
    assert_int_equal(cb_parse_seconds("0.25s", &s), 0);
    assert_true(s > 0.2499 && s < 0.2501);
    static const char *const wrong[] = {"0", "0.0", "-1", "", "inf", "nan", "1e9", "1m", "9999999999", "1,5"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (cb_parse_seconds(wrong[i], &s) == 0)
            fail_msg("\"%s\" was taken", wrong[i]);
}

static void counts(void **state)
{
    (void)state;
    uint32_t n = 0;
    assert_int_equal(cb_parse_count("1", 1, 10, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(cb_parse_count("010", 1, 10, &n), 0);
    assert_int_equal(n, 10);
    assert_int_equal(cb_parse_count("4294967295", 0, UINT32_MAX, &n), 0);
    assert_int_equal(n, UINT32_MAX);
    static const char *const wrong[] = {"0",  "11", "-1",  "+1",         "",
                                        " 1", "1 ", "1.0", "4294967297", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (cb_parse_count(wrong[i], 1, 10, &n) == 0)
            fail_msg("\"%s\" was taken", wrong[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(seconds),
                                       cmocka_unit_test(counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
