/*
 * Parameters by papermill's rules: how -p, -r, -y and -f turn text into values. Later values replace earlier
 * ones of the same name and keep their place, as dict.update does.
 */
#include "runtime/notebook/internal.h"

#include <math.h>
#include <strings.h>

#define PARAMETERS_MAX_BYTES (16u << 20)
#define INT_MAX_DIGITS 4300 /* sys.get_int_max_str_digits(): longer text is no int to Python */

struct cb_parameters *cb_parameters_new(void)
{
    struct cb_parameters *p = cb_alloc(sizeof *p);
    p->values = json_object();
    return p;
}

void cb_parameters_free(struct cb_parameters *p)
{
    if (!p)
        return;
    json_decref(p->values);
    free(p);
}

size_t cb_parameters_count(const struct cb_parameters *p)
{
    return json_object_size(p->values);
}

static bool is_keyword(const char *name)
{
    static const char *const keywords[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (!strcmp(name, keywords[i]))
            return true;
    return false;
}

static bool is_identifier(const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];
        bool letter = c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return n > 0 && cb_utf8_check(name, n) == n && !is_keyword(name);
}

int cb_parameters_set(struct cb_parameters *p, const char *name, json_t *value, struct cb_error *err)
{
    if (!is_identifier(name)) {
        json_decref(value);
        cb_fail(err, -EINVAL, CB_EXIT_USAGE, "", "'%.100s' cannot be the name of a parameter", name);
        cb_error_remedy(err, "use a name that Python accepts for a variable");
        return -EINVAL;
    }
    json_object_setn_new_nocheck(p->values, name, strlen(name), value);
    return 0;
}

/* `text` must be UTF-8: it becomes part of the notebook. */
static int check_text(const char *name, const char *text, struct cb_error *err)
{
    if (cb_utf8_check(text, strlen(text)) == strlen(text))
        return 0;
    cb_fail(err, -EILSEQ, CB_EXIT_USAGE, "", "the value of parameter '%.100s' is not UTF-8", name);
    cb_error_remedy(err, "pass its value in UTF-8");
    return -EILSEQ;
}

/* Copy digits, dropping single underscores between them as Python does. NULL at a misplaced one. */
static const char *copy_digits(const char *s, const char *end, struct cb_buffer *out)
{
    const char *begin = s;
    for (; s < end; s++) {
        if (*s == '_') {
            if (s == begin || s[-1] == '_' || s + 1 >= end || s[1] < '0' || s[1] > '9')
                return NULL;
            continue;
        }
        if (*s < '0' || *s > '9')
            break;
        cb_buffer_add(out, s, 1);
    }
    return s;
}

/* int(text), or NULL. */
static json_t *read_int(const char *s, size_t n)
{
    cb_text_strip(&s, &n);
    const char *end = s + n;
    bool negative = n && *s == '-';
    if (n && (*s == '-' || *s == '+'))
        s++;
    cleanup_buffer struct cb_buffer digits = {0};
    if (copy_digits(s, end, &digits) != end || !digits.length || digits.length > INT_MAX_DIGITS)
        return NULL;
    size_t zeros = strspn(digits.text, "0");
    if (zeros == digits.length)
        return json_integer(0);
    cleanup_free char *canonical = cb_format("%s%s", negative ? "-" : "", digits.text + zeros);
    return cb_json_decimal(canonical, strlen(canonical));
}

static json_t *read_special_float(const char *s, size_t n)
{
    bool negative = n && *s == '-';
    if (n && (*s == '-' || *s == '+')) {
        s++;
        n--;
    }
    if ((n == 3 && !strncasecmp(s, "inf", 3)) || (n == 8 && !strncasecmp(s, "infinity", 8)))
        return cb_json_real(negative ? -HUGE_VAL : HUGE_VAL);
    return n == 3 && !strncasecmp(s, "nan", 3) ? cb_json_real(NAN) : NULL;
}

/* float(text), or NULL. */
static json_t *read_float(const char *s, size_t n)
{
    cb_text_strip(&s, &n);
    json_t *special = read_special_float(s, n);
    if (special)
        return special;
    const char *end = s + n;
    cleanup_buffer struct cb_buffer b = {0};
    cb_buffer_adds(&b, "");
    if (s < end && (*s == '-' || *s == '+'))
        cb_buffer_add(&b, s++, 1);
    size_t before = b.length;
    s = copy_digits(s, end, &b);
    size_t digits = b.length - before;
    if (s && s < end && *s == '.') {
        cb_buffer_add(&b, s++, 1);
        before = b.length;
        s = copy_digits(s, end, &b);
        digits += b.length - before;
    }
    if (!s || !digits)
        return NULL;
    if (s < end && (*s == 'e' || *s == 'E')) {
        cb_buffer_add(&b, s++, 1);
        if (s < end && (*s == '-' || *s == '+'))
            cb_buffer_add(&b, s++, 1);
        before = b.length;
        s = copy_digits(s, end, &b);
        if (!s || b.length == before)
            return NULL;
    }
    return s == end ? cb_json_real(cb_json_read_real(b.text)) : NULL;
}

int cb_parameters_add_typed(struct cb_parameters *p, const char *name, const char *text, struct cb_error *err)
{
    int code = check_text(name, text, err);
    if (code)
        return code;
    size_t n = strlen(text);
    json_t *value = !strcmp(text, "True")    ? json_true()
                    : !strcmp(text, "False") ? json_false()
                    : !strcmp(text, "None")  ? json_null()
                                             : read_int(text, n);
    if (!value)
        value = read_float(text, n);
    if (!value)
        value = json_stringn_nocheck(text, n);
    return cb_parameters_set(p, name, value, err);
}

int cb_parameters_add_raw(struct cb_parameters *p, const char *name, const char *text, struct cb_error *err)
{
    int code = check_text(name, text, err);
    return code ? code : cb_parameters_set(p, name, json_stringn_nocheck(text, strlen(text)), err);
}

/* Add all members of `mapping`, which is given up. */
static int add_mapping(struct cb_parameters *p, json_t *mapping, const char *name, struct cb_error *err)
{
    int code = 0;
    if (!mapping || json_is_null(mapping)) {
        json_decref(mapping);
        return 0;
    }
    if (!json_is_object(mapping)) {
        code = cb_fail(err, -EINVAL, CB_EXIT_USAGE, "", "%.300s does not map names to values", name);
        cb_error_remedy(err, "write parameters as NAME: VALUE, one a line");
    }
    for (void *it = json_object_iter(mapping); it && !code; it = json_object_iter_next(mapping, it))
        code = cb_parameters_set(p, json_object_iter_key(it), json_incref(json_object_iter_value(it)), err);
    json_decref(mapping);
    return code;
}

int cb_parameters_add_yaml(struct cb_parameters *p, const char *text, struct cb_error *err)
{
    json_t *mapping = NULL;
    int code = cb_yaml_parse(text, strlen(text), "the YAML of the parameters", &mapping, err);
    return code ? code : add_mapping(p, mapping, "the YAML of the parameters", err);
}

/* papermill reads a .json file as YAML, which makes a string of 1e5. JSON is read as JSON here, and as YAML
 * only where it is not JSON. */
int cb_parameters_add_file(struct cb_parameters *p, const char *path, struct cb_error *err)
{
    cleanup_buffer struct cb_buffer text = {0};
    cb_buffer_adds(&text, "");
    int code = cb_notebook_slurp(path, PARAMETERS_MAX_BYTES, &text, err);
    if (code)
        return code;
    json_t *mapping = NULL;
    size_t n = strlen(path);
    bool json = n > 5 && !strcmp(path + n - 5, ".json");
    if (json && cb_json_parse(text.text, text.length, path, &mapping, NULL) == 0)
        return add_mapping(p, mapping, path, err);
    code = cb_yaml_parse(text.text, text.length, path, &mapping, err);
    return code ? code : add_mapping(p, mapping, path, err);
}
