/* No byte of a notebook reaches a terminal as a command to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/cli/cli.h"

static void neutralised(void **state)
{
    (void)state;
    static const struct {
        const char *in, *one, *many;
    } cases[] = {
        {"plain", "plain", "plain"},
        {"", "", ""},
        {"a\nb\tc", "a b c", "a\nb\tc"},
        {"a\rb", "a^Mb", "a^Mb"},
        {"\x1b]0;title\x07", "^[]0;title^G", "^[]0;title^G"},
        {"\x1b[31mred\x1b[0m", "^[[31mred^[[0m", "^[[31mred^[[0m"},
        {"\x7f\x01\x1f", "^?^A^_", "^?^A^_"},
        {"é, 日本, 😀", "é, 日本, 😀", "é, 日本, 😀"},
        {"\xc2\x9b"
         "31m",
         "\\u009b31m", "\\u009b31m"}, /* CSI as one C1 character */
        {"\x9b"
         "31m",
         "\\x9b31m", "\\x9b31m"}, /* and as one byte */
        {"\xe2\x80\xae"
         "abc",
         "\\u202eabc", "\\u202eabc"}, /* right-to-left override */
        {"\xe2\x80\x8b", "\\u200b", "\\u200b"},
        {"\xf3\xa0\x81\x81", "\\U000e0041", "\\U000e0041"}, /* a tag character */
        {"\xff\xfe", "\\xff\\xfe", "\\xff\\xfe"},
        {"\xc0\x80", "\\xc0\\x80", "\\xc0\\x80"},               /* overlong */
        {"\xe0\x80\x9b", "\\xe0\\x80\\x9b", "\\xe0\\x80\\x9b"}, /* overlong */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"}, /* surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80"},
        {"\xe6\x97", "\\xe6\\x97", "\\xe6\\x97"}, /* cut short */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_buffer struct cb_buffer one = {0}, many = {0};
        cb_terminal_add(&one, cases[i].in, strlen(cases[i].in), CB_ONE_LINE);
        cb_terminal_add(&many, cases[i].in, strlen(cases[i].in), CB_MANY_LINES);
        assert_string_equal(one.text, cases[i].one);
        assert_string_equal(many.text, cases[i].many);
    }
    cleanup_buffer struct cb_buffer out = {0};
    cb_terminal_add(&out, "a\0b", 3, CB_ONE_LINE);
    assert_string_equal(out.text, "a^@b");
}

/* Every byte and every pair of bytes: what comes out has no control character and is the same when done
 * twice. */
static void all_pairs(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        const char pair[] = {(char)(i >> 8), (char)(i & 0xFF)};
        cleanup_buffer struct cb_buffer once = {0}, twice = {0};
        cb_terminal_add(&once, pair, 2, CB_ONE_LINE);
        for (size_t k = 0; k < once.length; k++) {
            unsigned char c = (unsigned char)once.text[k];
            assert_true(c >= 0x20 && c != 0x7F);
        }
        cb_terminal_add(&twice, once.text, once.length, CB_ONE_LINE);
        assert_string_equal(once.text, twice.text);
    }
}

static void fitted(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        size_t columns;
        const char *out;
    } cases[] = {
        {"abc", 3, "abc"},
        {"abcd", 3, "ab…"},
        {"abc", 0, ""},
        {"abc", 1, "…"},
        {"日本語", 6, "日本語"},
        {"日本語", 5, "日本…"},
        {"日本語", 4, "日…"},
        {"e\xcc\x81"
         "e\xcc\x81",
         2,
         "e\xcc\x81"
         "e\xcc\x81"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_buffer struct cb_buffer text = {0};
        cb_buffer_adds(&text, cases[i].in);
        cb_terminal_fit(&text, cases[i].columns);
        assert_string_equal(text.text, cases[i].out);
    }
}

static void three_parts(void **state)
{
    (void)state;
    struct cb_error err = CB_ERROR_INIT;
    cb_fail(&err, -EPERM, CB_EXIT_RAISED, "", "ValueError: \x1b[2Jgone");
    cb_error_remedy(&err, "fix it\nor not");
    err.cell = 3;
    cleanup_buffer struct cb_buffer out = {0};
    cb_terminal_explain(&out, &err, "raise ValueError('\x1b')\nsecond line");
    assert_string_equal(out.text, "cellblock: ValueError: ^[[2Jgone\n"
                                  "  in cell 4: raise ValueError('^[')\n"
                                  "  what to do: fix it or not\n");
    struct cb_error bare = CB_ERROR_INIT;
    cb_fail_errno(&bare, -ENOENT, "mount /work", "no directory");
    out.length = 0;
    cb_terminal_explain(&out, &bare, NULL);
    assert_string_equal(out.text, "cellblock: no directory: No such file or directory (mount /work)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(neutralised), cmocka_unit_test(all_pairs),
                                       cmocka_unit_test(fitted), cmocka_unit_test(three_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
