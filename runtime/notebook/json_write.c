/*
 * JSON as Python writes it: json.dumps(indent=1, sort_keys=True, separators=(",", ": "), ensure_ascii=False),
 * and with nbformat's splitting of text into lines where the value lies in a notebook.
 */
#include "runtime/notebook/internal.h"

#include <math.h>

/* Where in a notebook a value lies: decides which strings are split into lines (nbformat v4/rwbase.py,
 * split_lines). */
enum place { PLAIN, NOTEBOOK, CELLS, CELL, ATTACHMENTS, BUNDLE, OUTPUTS, OUTPUT, LINES };

/* The fewest digits that read back as `value`, without trailing zeros, and the decimal exponent of the first.
 */
static int shortest_digits(double value, char digits[24])
{
    /* Up to 15 digits survive the way through a double, so shorter numbers show as zeros at the end of 15;
     * not so in the subnormal range, where 5e-324 has but one. */
    int precision = value < 2.3e-308 ? 1 : 15;
    for (;; precision++) {
        char text[40];
        snprintf(text, sizeof text, "%.*e", precision - 1, value);
        const char *e = strchr(text, 'e');
        int n = 0;
        for (const char *c = text; c < e && n < 20; c++) /* skips the point, whatever the locale's is */
            if (*c >= '0' && *c <= '9')
                digits[n++] = *c;
        digits[n] = '\0';
        int exponent = atoi(e + 1);
        char back[48];
        snprintf(back, sizeof back, "%se%d", digits, exponent - (n - 1));
        bool same = cb_json_read_real(back) >= value && cb_json_read_real(back) <= value;
        if (!same && precision < 17 && digits[n - 1] < '9') {
            /* At a power of two the gap above is twice the gap below: the next number up may still be this
             * one. */
            digits[n - 1]++;
            snprintf(back, sizeof back, "%se%d", digits, exponent - (n - 1));
            same = cb_json_read_real(back) >= value && cb_json_read_real(back) <= value;
        }
        if (!same && precision < 17)
            continue;
        while (n > 1 && digits[n - 1] == '0')
            digits[--n] = '\0';
        return exponent;
    }
}

void cb_json_format_real(double value, char out[40])
{
    char digits[24];
    const char *sign = signbit(value) ? "-" : "";
    double size = fabs(value);
    if (!(size > 0)) {
        snprintf(out, 40, "%s0.0", sign);
        return;
    }
    int exponent = shortest_digits(size, digits);
    int n = (int)strlen(digits);
    if (exponent < -4 || exponent >= 16)
        snprintf(out, 40, "%s%c%s%.17se%+03d", sign, digits[0], n > 1 ? "." : "", digits + 1, exponent);
    else if (exponent < 0)
        snprintf(out, 40, "%s0.%.*s%.17s", sign, -exponent - 1, "0000", digits);
    else if (n <= exponent + 1)
        snprintf(out, 40, "%s%.17s%.*s.0", sign, digits, exponent + 1 - n, "0000000000000000");
    else
        snprintf(out, 40, "%s%.*s.%.17s", sign, exponent + 1, digits, digits + exponent + 1);
}

const char *cb_json_literal_text(const json_t *value)
{
    const char *s = json_string_value(value);
    if (!s || (unsigned char)*s != 0xff)
        return NULL;
    s++;
    if (!strcmp(s, "NaN") || !strcmp(s, "Infinity") || !strcmp(s, "-Infinity"))
        return s;
    const char *digits = s + (*s == '-');
    size_t n = strspn(digits, "0123456789");
    return n && !digits[n] && json_string_length(value) == (size_t)(digits - s) + n + 1 ? s : NULL;
}

static void put_escape(struct cb_buffer *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = c ? strchr(from, c) : NULL;
    if (found) {
        char two[2] = {'\\', to[found - from]};
        cb_buffer_add(out, two, 2);
    } else {
        cb_buffer_addf(out, "\\u%04x", (unsigned)c);
    }
}

static void put_string(struct cb_buffer *out, const char *s, size_t n)
{
    cb_buffer_add(out, "\"", 1);
    size_t run = 0, i = 0;
    while (i < n) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c < 0x80) {
            i++;
            continue;
        }
        uint32_t code_point;
        size_t length = c < 0x80 ? 0 : cb_utf8_next(s + i, n - i, &code_point);
        if (length) {
            i += length;
            continue;
        }
        cb_buffer_add(out, s + run, i - run);
        if (c < 0x80) {
            put_escape(out, c);
            i++;
        } else {
            cb_utf8_put(out, 0xfffd);
            i += cb_utf8_skip(s + i, n - i);
        }
        run = i;
    }
    cb_buffer_add(out, s + run, n - run);
    cb_buffer_add(out, "\"", 1);
}

static void put_newline(struct cb_buffer *out, unsigned indent)
{
    static const char spaces[] = "                                                                ";
    cb_buffer_add(out, "\n", 1);
    while (indent > 0) {
        unsigned n = indent < sizeof spaces - 1 ? indent : (unsigned)sizeof spaces - 1;
        cb_buffer_add(out, spaces, n);
        indent -= n;
    }
}

static void put_lines(struct cb_buffer *out, const char *s, size_t n, unsigned indent)
{
    if (!n) {
        cb_buffer_add(out, "[]", 2);
        return;
    }
    const char *separator = "[";
    while (n > 0) {
        cb_buffer_add(out, separator, 1);
        separator = ",";
        put_newline(out, indent + 1);
        size_t line = cb_text_line(s, n);
        put_string(out, s, line);
        s += line;
        n -= line;
    }
    put_newline(out, indent);
    cb_buffer_add(out, "]", 1);
}

static bool is_string(const json_t *object, const char *key, const char *value)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s && !strcmp(s, value);
}

static enum place place_in_output(const json_t *output, const char *key)
{
    if (!strcmp(key, "data"))
        return is_string(output, "output_type", "execute_result") ||
                       is_string(output, "output_type", "display_data")
                   ? BUNDLE
                   : PLAIN;
    return !strcmp(key, "text") && is_string(output, "output_type", "stream") ? LINES : PLAIN;
}

static enum place place_of_member(enum place place, const json_t *object, const char *key)
{
    switch (place) {
    case NOTEBOOK:
        return strcmp(key, "cells") ? PLAIN : CELLS;
    case CELL:
        if (!strcmp(key, "source"))
            return LINES;
        if (!strcmp(key, "attachments"))
            return ATTACHMENTS;
        return !strcmp(key, "outputs") && is_string(object, "cell_type", "code") ? OUTPUTS : PLAIN;
    case ATTACHMENTS:
        return BUNDLE;
    case BUNDLE:
        return !strncmp(key, "text/", 5) || !strcmp(key, "application/javascript") ||
                       !strcmp(key, "image/svg+xml")
                   ? LINES
                   : PLAIN;
    case OUTPUT:
        return place_in_output(object, key);
    default:
        return PLAIN;
    }
}

struct member {
    const char *key;
    size_t length;
    json_t *value;
};

/* Byte order of UTF-8 is the order of code points, by which Python sorts. */
static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    int order = memcmp(x->key, y->key, x->length < y->length ? x->length : y->length);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static void put_value(struct cb_buffer *out, const json_t *value, unsigned indent, enum place place);

static void put_object(struct cb_buffer *out, const json_t *object, unsigned indent, enum place place)
{
    size_t n = 0, size = json_object_size(object);
    if (!size) {
        cb_buffer_add(out, "{}", 2);
        return;
    }
    cleanup_free struct member *members = cb_alloc(size * sizeof *members);
    for (void *it = json_object_iter((json_t *)(uintptr_t)object); it && n < size;
         it = json_object_iter_next((json_t *)(uintptr_t)object, it))
        members[n++] = (struct member){json_object_iter_key(it), json_object_iter_key_len(it),
                                       json_object_iter_value(it)};
    qsort(members, n, sizeof *members, compare_members);
    for (size_t i = 0; i < n; i++) {
        cb_buffer_add(out, i ? "," : "{", 1);
        put_newline(out, indent + 1);
        put_string(out, members[i].key, members[i].length);
        cb_buffer_add(out, ": ", 2);
        put_value(out, members[i].value, indent + 1, place_of_member(place, object, members[i].key));
    }
    put_newline(out, indent);
    cb_buffer_add(out, "}", 1);
}

static void put_array(struct cb_buffer *out, const json_t *array, unsigned indent, enum place place)
{
    size_t n = json_array_size(array);
    enum place inside = place == CELLS ? CELL : place == OUTPUTS ? OUTPUT : PLAIN;
    for (size_t i = 0; i < n; i++) {
        cb_buffer_add(out, i ? "," : "[", 1);
        put_newline(out, indent + 1);
        put_value(out, json_array_get(array, i), indent + 1, inside);
    }
    if (n)
        put_newline(out, indent);
    cb_buffer_adds(out, n ? "]" : "[]");
}

static void put_value(struct cb_buffer *out, const json_t *value, unsigned indent, enum place place)
{
    char real[40];
    const char *literal;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_object(out, value, indent, place);
        break;
    case JSON_ARRAY:
        put_array(out, value, indent, place);
        break;
    case JSON_STRING:
        literal = cb_json_literal_text(value);
        if (literal)
            cb_buffer_adds(out, literal);
        else if (place == LINES)
            put_lines(out, json_string_value(value), json_string_length(value), indent);
        else
            put_string(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        cb_buffer_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        cb_json_format_real(json_real_value(value), real);
        cb_buffer_adds(out, real);
        break;
    case JSON_TRUE:
        cb_buffer_adds(out, "true");
        break;
    case JSON_FALSE:
        cb_buffer_adds(out, "false");
        break;
    case JSON_NULL:
        cb_buffer_adds(out, "null");
        break;
    }
}

void cb_json_dump(const json_t *value, struct cb_buffer *out)
{
    put_value(out, value, 0, PLAIN);
}

void cb_notebook_dump(struct cb_notebook *nb, struct cb_buffer *out)
{
    cb_notebook_settle(nb);
    put_value(out, nb->root, 0, NOTEBOOK);
    cb_buffer_add(out, "\n", 1);
}
