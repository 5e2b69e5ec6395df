/*
 * Whether a cell may read what IPython remembers of earlier ones. False must be certain; true costs only that
 * results are kept. `_` that is only assigned (for _ in …, a, _ = …) does not count, being everywhere.
 */
#include "analyzer/analyzer.h"
#include "analyzer/lexer.h"

#include <string.h>

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

/* _ __ ___ _3 _i _ii _iii _i3 _ih _oh In Out */
static bool is_history_name(const char *s, size_t n)
{
    static const char *const names[] = {"_",   "__",  "___", "_i",  "_ii", "_iii",
                                        "_ih", "_oh", "In",  "Out", NULL};
    for (const char *const *name = names; *name; name++)
        if (strlen(*name) == n && !memcmp(*name, s, n))
            return true;
    if (n >= 2 && s[0] == '_' && all_digits(s + 1, n - 1))
        return true;
    return n >= 3 && s[0] == '_' && s[1] == 'i' && all_digits(s + 2, n - 2);
}

/* Code that may read any name, or IPython's own records. */
static bool is_open_name(const struct cb_token *t)
{
    static const char *const names[] = {"eval",        "exec",    "globals",         "locals",   "vars",
                                        "get_ipython", "user_ns", "history_manager", "__dict__", NULL};
    for (const char *const *name = names; *name; name++)
        if (cb_token_is(t, *name))
            return true;
    return false;
}

static bool is_name_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* History names anywhere in text that may hold expressions: f-strings, magics, shell lines with {…} and $….
 */
static bool text_has_history(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t k = i;
        while (k < n && is_name_byte(s[k]))
            k++;
        if (k > i && is_history_name(s + i, k - i))
            return true;
        i = k > i ? k : i + 1;
    }
    return false;
}

static bool magic_reads_history(const struct cb_token *t)
{
    static const char *const magics[] = {"%history", "%hist",  "%recall", "%rep",      "%rerun",
                                         "%macro",   "%save",  "%edit",   "%notebook", "%pastebin",
                                         "%who",     "%store", "%run -i", NULL};
    for (const char *const *m = magics; *m; m++)
        if (t->length >= strlen(*m) && !memcmp(t->text, *m, strlen(*m)))
            return true;
    return text_has_history(t->text, t->length);
}

static bool is_op(const struct cb_token *t, char c)
{
    return t->type == CB_TOKEN_OP && *t->text == c;
}

/* In the targets of a plain assignment at the start of the statement [begin, end): names, commas, stars,
 * brackets up to the last single `=`. */
static size_t targets_end(const struct cb_token *t, size_t begin, size_t end)
{
    size_t found = begin;
    for (size_t i = begin; i < end; i++) {
        if (is_op(&t[i], '=')) {
            if (i + 1 < end && is_op(&t[i + 1], '='))
                return found;
            found = i;
        } else if (t[i].type != CB_TOKEN_NAME &&
                   !(t[i].type == CB_TOKEN_OP && strchr(",*()[]", *t[i].text))) {
            return found;
        } else if (i > begin && strchr("([", *t[i].text) && t[i - 1].type == CB_TOKEN_NAME) {
            return found; /* a call or an index reads */
        }
    }
    return found;
}

static bool line_reads_history(const struct cb_token *t, size_t n)
{
    size_t targets = targets_end(t, 0, n);
    bool in_for = false;
    for (size_t i = 0; i < n; i++) {
        if (is_op(&t[i], ';'))
            targets = targets_end(t, i + 1, n);
        if (t[i].type == CB_TOKEN_FSTRING && text_has_history(t[i].text, t[i].length))
            return true;
        if (t[i].type == CB_TOKEN_MAGIC && magic_reads_history(&t[i]))
            return true;
        if (t[i].type != CB_TOKEN_NAME)
            continue;
        if (cb_token_is(&t[i], "for") || cb_token_is(&t[i], "in"))
            in_for = cb_token_is(&t[i], "for");
        bool attribute = i > 0 && is_op(&t[i - 1], '.');
        if (is_open_name(&t[i]) && !(attribute && cb_token_is(&t[i], "eval")))
            return true;
        if (!is_history_name(t[i].text, t[i].length) || attribute || in_for || i < targets)
            continue;
        if (i > 0 && cb_token_is(&t[i - 1], "as"))
            continue;
        return true;
    }
    return false;
}

bool cb_analyzer_reads_history(const char *source)
{
    struct cb_lexer lx;
    struct cb_token magic;
    if (!cb_lexer_begin(&lx, source,
                        &magic)) /* the body may be anything, Python with {…} filled in included */
        return text_has_history(source, strlen(source));
    bool reads = false;
    while (!reads && cb_lexer_next(&lx))
        reads = line_reads_history(lx.tokens, lx.n);
    cb_lexer_end(&lx);
    return reads;
}
