/*
 * JSON as Python's json.loads reads it, into a jansson tree. jansson's own parser is not used since it
 * refuses NaN and Infinity and cannot hold large integers, which nbformat files may contain; see
 * cb_json_literal.
 */
#include "runtime/notebook/internal.h"

#include <locale.h>
#include <math.h>

struct parser {
    const char *start, *p, *end;
    const char *name;
    struct cb_error *err;
    struct cb_buffer scratch; /* the last string that had escapes */
    size_t values;
    unsigned depth;
};

json_t *cb_json_literal(const char *text, size_t length)
{
    cleanup_buffer struct cb_buffer b = {0};
    cb_buffer_add(&b, "\xff", 1);
    cb_buffer_add(&b, text, length);
    return json_stringn_nocheck(b.text, b.length);
}

double cb_json_read_real(const char *text)
{
    static locale_t c_locale;
    if (!c_locale)
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return strtod_l(text, NULL, c_locale);
}

json_t *cb_json_real(double value)
{
    if (isnan(value))
        return cb_json_literal("NaN", 3);
    if (isinf(value))
        return value < 0 ? cb_json_literal("-Infinity", 9) : cb_json_literal("Infinity", 8);
    return json_real(value);
}

json_t *cb_json_decimal(const char *text, size_t length)
{
    if (length <= 20) {
        char copy[24];
        memcpy(copy, text, length);
        copy[length] = '\0';
        errno = 0;
        long long value = strtoll(copy, NULL, 10);
        if (!errno)
            return json_integer(value);
    }
    return cb_json_literal(text, length);
}

static int fail_at(struct parser *ps, const char *at, const char *what)
{
    size_t line = 1, column = 1;
    for (const char *c = ps->start; c < at; c++) {
        if (*c == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*c & 0xc0) != 0x80) {
            column++;
        }
    }
    cb_fail(ps->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is not valid JSON: line %zu, column %zu: %s",
            ps->name, line, column, what);
    cb_error_remedy(ps->err, "mend the file at that place, or save it again from Jupyter");
    return -EINVAL;
}

static int fail_truncated(struct parser *ps)
{
    size_t line = 1;
    for (const char *c = ps->start; c < ps->end; c++)
        line += *c == '\n';
    cb_fail(ps->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is truncated: its JSON breaks off in line %zu",
            ps->name, line);
    cb_error_remedy(ps->err, "fetch or save the file again");
    return -EINVAL;
}

static void skip_space(struct parser *ps)
{
    while (ps->p < ps->end && (*ps->p == ' ' || *ps->p == '\n' || *ps->p == '\t' || *ps->p == '\r'))
        ps->p++;
}

/* Four hex digits at `p`, or -1. */
static int hex4(const char *p, const char *end)
{
    if (end - p < 4)
        return -1;
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int c = (unsigned char)p[i] | 0x20;
        int digit = p[i] >= '0' && p[i] <= '9' ? p[i] - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX, with its other half where it is a surrogate. A lone surrogate becomes U+FFFD: Python reads it, but
 * cannot write it to a file any more. */
static int read_unicode(struct parser *ps)
{
    int high = hex4(ps->p, ps->end);
    if (high < 0)
        return ps->end - ps->p < 4 ? fail_truncated(ps)
                                   : fail_at(ps, ps->p, "\\u needs four hexadecimal digits");
    ps->p += 4;
    uint32_t c = (uint32_t)high;
    if (c >= 0xd800 && c <= 0xdfff) {
        int low = ps->end - ps->p >= 6 && ps->p[0] == '\\' && ps->p[1] == 'u' ? hex4(ps->p + 2, ps->end) : -1;
        if (c < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
            c = 0x10000 + ((c - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            ps->p += 6;
        } else {
            c = 0xfffd;
        }
    }
    cb_utf8_put(&ps->scratch, c);
    return 0;
}

static int read_escape(struct parser *ps)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (++ps->p >= ps->end)
        return fail_truncated(ps);
    char c = *ps->p++;
    if (c == 'u')
        return read_unicode(ps);
    const char *found = c ? strchr(from, c) : NULL;
    if (!found)
        return fail_at(ps, ps->p - 1, "unknown escape in a string");
    cb_buffer_add(&ps->scratch, to + (found - from), 1);
    return 0;
}

/* The string at p, which is a quote. *s points into the text, or to scratch where there were escapes. */
static int read_string(struct parser *ps, const char **s, size_t *n)
{
    const char *begin = ++ps->p, *run = begin;
    bool escaped = false;
    ps->scratch.length = 0;
    while (ps->p < ps->end && *ps->p != '"') {
        unsigned char c = (unsigned char)*ps->p;
        if (c < 0x20)
            return fail_at(ps, ps->p, "a string holds a raw control character");
        if (c != '\\') {
            ps->p++;
            continue;
        }
        cb_buffer_add(&ps->scratch, run, (size_t)(ps->p - run));
        escaped = true;
        int code = read_escape(ps);
        if (code)
            return code;
        run = ps->p;
    }
    if (ps->p >= ps->end)
        return fail_truncated(ps);
    if (escaped) {
        cb_buffer_add(&ps->scratch, run, (size_t)(ps->p - run));
        *s = ps->scratch.text;
        *n = ps->scratch.length;
    } else {
        *s = begin;
        *n = (size_t)(ps->p - begin);
    }
    ps->p++;
    return 0;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static int read_number(struct parser *ps, json_t **out)
{
    const char *begin = ps->p, *p = begin;
    if (*p == '-')
        p++;
    const char *digits = p;
    p = skip_digits(p, ps->end);
    if (p == digits)
        return p == ps->end ? fail_truncated(ps) : fail_at(ps, p, "a number needs a digit here");
    if (*digits == '0' && p > digits + 1)
        return fail_at(ps, digits, "a number may not start with 0");
    bool real = false;
    if (p < ps->end && *p == '.' && skip_digits(p + 1, ps->end) > p + 1) {
        p = skip_digits(p + 1, ps->end);
        real = true;
    }
    if (p < ps->end && (*p == 'e' || *p == 'E')) {
        const char *e = p + 1;
        if (e < ps->end && (*e == '+' || *e == '-'))
            e++;
        if (skip_digits(e, ps->end) > e) {
            p = skip_digits(e, ps->end);
            real = true;
        }
    }
    ps->p = p;
    if (!real) {
        *out = cb_json_decimal(begin, (size_t)(p - begin));
        return 0;
    }
    cleanup_buffer struct cb_buffer copy = {0};
    cb_buffer_add(&copy, begin, (size_t)(p - begin));
    *out = cb_json_real(cb_json_read_real(copy.text));
    return 0;
}

static int read_value(struct parser *ps, json_t **out);

static int enter(struct parser *ps)
{
    if (++ps->depth <= CB_NOTEBOOK_MAX_DEPTH)
        return 0;
    cb_fail(ps->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is nested more than %d levels deep", ps->name,
            CB_NOTEBOOK_MAX_DEPTH);
    cb_error_remedy(ps->err, "no notebook needs that: check where the file comes from");
    return -EINVAL;
}

/* After an element: 1 at the closing bracket, 0 at a comma (passed), or an error. */
static int read_separator(struct parser *ps, char close, const char *what)
{
    skip_space(ps);
    if (ps->p >= ps->end)
        return fail_truncated(ps);
    if (*ps->p == close) {
        ps->p++;
        return 1;
    }
    if (*ps->p != ',')
        return fail_at(ps, ps->p, what);
    ps->p++;
    skip_space(ps);
    return 0;
}

static int read_array(struct parser *ps, json_t *array)
{
    int code = enter(ps);
    ps->p++;
    skip_space(ps);
    if (!code && ps->p < ps->end && *ps->p == ']') {
        ps->p++;
        ps->depth--;
        return 0;
    }
    while (code == 0) {
        json_t *item = NULL;
        code = read_value(ps, &item);
        if (code)
            break;
        json_array_append_new(array, item);
        code = read_separator(ps, ']', "a comma or ] is missing");
    }
    ps->depth--;
    return code < 0 ? code : 0;
}

static int read_member(struct parser *ps, json_t *object)
{
    if (ps->p >= ps->end)
        return fail_truncated(ps);
    if (*ps->p != '"')
        return fail_at(ps, ps->p, "a key in double quotes is missing");
    const char *at = ps->p, *key;
    size_t n;
    int code = read_string(ps, &key, &n);
    if (code)
        return code;
    cleanup_free char *copy = NULL; /* the value may need the scratch buffer */
    if (key == ps->scratch.text) {
        copy = cb_alloc(n + 1);
        memcpy(copy, key, n);
        key = copy;
    }
    if (json_object_getn(object, key, n)) {
        char what[120];
        snprintf(what, sizeof what, "the key \"%.*s\" occurs twice in one object", (int)(n > 60 ? 60 : n),
                 key);
        return fail_at(ps, at, what);
    }
    skip_space(ps);
    if (ps->p >= ps->end)
        return fail_truncated(ps);
    if (*ps->p != ':')
        return fail_at(ps, ps->p, "a colon is missing");
    ps->p++;
    skip_space(ps);
    json_t *value = NULL;
    code = read_value(ps, &value);
    if (!code)
        json_object_setn_new_nocheck(object, key, n, value);
    return code;
}

static int read_object(struct parser *ps, json_t *object)
{
    int code = enter(ps);
    ps->p++;
    skip_space(ps);
    if (!code && ps->p < ps->end && *ps->p == '}') {
        ps->p++;
        ps->depth--;
        return 0;
    }
    while (code == 0) {
        code = read_member(ps, object);
        if (!code)
            code = read_separator(ps, '}', "a comma or } is missing");
    }
    ps->depth--;
    return code < 0 ? code : 0;
}

static bool read_word(struct parser *ps, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(ps->end - ps->p) < n || memcmp(ps->p, word, n))
        return false;
    ps->p += n;
    return true;
}

static int read_bare_word(struct parser *ps, json_t **out)
{
    static const char *const literals[] = {"NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < 3; i++)
        if (read_word(ps, literals[i])) {
            *out = cb_json_literal(literals[i], strlen(literals[i]));
            return 0;
        }
    if (*ps->p == '-' || (*ps->p >= '0' && *ps->p <= '9'))
        return read_number(ps, out);
    if (read_word(ps, "true"))
        *out = json_true();
    else if (read_word(ps, "false"))
        *out = json_false();
    else if (read_word(ps, "null"))
        *out = json_null();
    else
        return fail_at(ps, ps->p, "a value is missing");
    return 0;
}

static int read_value(struct parser *ps, json_t **out)
{
    if (ps->p >= ps->end)
        return fail_truncated(ps);
    if (++ps->values > CB_JSON_MAX_VALUES) {
        cb_fail(ps->err, -E2BIG, CB_EXIT_USAGE, "", "%.300s holds more than %u values", ps->name,
                CB_JSON_MAX_VALUES);
        cb_error_remedy(ps->err, "clear the outputs that hold the data, and save the notebook again");
        return -E2BIG;
    }
    int code;
    switch (*ps->p) {
    case '"': {
        const char *s;
        size_t n;
        code = read_string(ps, &s, &n);
        if (!code)
            *out = json_stringn_nocheck(s, n);
        return code;
    }
    case '[':
        *out = json_array();
        code = read_array(ps, *out);
        break;
    case '{':
        *out = json_object();
        code = read_object(ps, *out);
        break;
    default:
        return read_bare_word(ps, out);
    }
    if (code) {
        json_decref(*out);
        *out = NULL;
    }
    return code;
}

static int check_encoding(struct parser *ps)
{
    size_t bad = cb_utf8_check(ps->p, (size_t)(ps->end - ps->p));
    if (ps->p + bad == ps->end)
        return 0;
    cb_fail(ps->err, -EILSEQ, CB_EXIT_USAGE, "", "%.300s is not UTF-8: byte 0x%02x at offset %zu", ps->name,
            (unsigned)(unsigned char)ps->p[bad], (size_t)(ps->p + bad - ps->start));
    cb_error_remedy(ps->err, "convert it, e.g. iconv -f LATIN1 -t UTF-8");
    return -EILSEQ;
}

/* jansson answers a lack of memory with NULL, which would silently leave a value out: end the program, as
 * cb_alloc does. */
static void *checked_malloc(size_t n)
{
    return cb_realloc(NULL, n);
}

int cb_json_parse(const char *text, size_t length, const char *name, json_t **out, struct cb_error *err)
{
    *out = NULL;
    json_set_alloc_funcs(checked_malloc, free);
    struct parser ps = {.start = text, .p = text, .end = text + length, .name = name, .err = err};
    int code = check_encoding(&ps);
    if (code)
        return code;
    /* Python refuses a byte order mark; editors on Windows write one, and it changes nothing. */
    if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
        ps.start = ps.p = text + 3;
    skip_space(&ps);
    if (ps.p >= ps.end) {
        cb_fail(err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is empty", name);
        cb_error_remedy(err, "save the file again");
        return -EINVAL;
    }
    code = read_value(&ps, out);
    if (!code) {
        skip_space(&ps);
        if (ps.p < ps.end) {
            json_decref(*out);
            *out = NULL;
            code = fail_at(&ps, ps.p, "something follows the end of the document");
        }
    }
    cb_buffer_free(&ps.scratch);
    return code;
}
