/*
 * YAML for parameters: one document from libyaml's events, scalars typed as PyYAML's SafeLoader does without
 * dates. Aliases count as often as they are used, so that a few lines cannot grow into gigabytes.
 */
#include "runtime/notebook/internal.h"

#include <math.h>
#include <regex.h>
#include <yaml.h>

#define YAML_MAX_DEPTH 100
#define YAML_MAX_SIZE (32u << 20) /* bytes of scalars plus 64 for each value, aliases expanded */

enum { RE_BOOL, RE_INT, RE_FLOAT, RE_NULL, RE_COUNT };

/* yaml/resolver.py of PyYAML 6 */
static const char *const patterns[RE_COUNT] = {
    [RE_BOOL] = "^(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$",
    [RE_INT] = "^([-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+"
               "|[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+)$",
    [RE_FLOAT] = "^([-+]?[0-9][0-9_]*\\.[0-9_]*([eE][-+][0-9]+)?|\\.[0-9][0-9_]*([eE][-+][0-9]+)?"
                 "|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\\.[0-9_]*|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN))$",
    [RE_NULL] = "^(~|null|Null|NULL|)$",
};

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    regex_t re[RE_COUNT];
    json_t *anchors;
    size_t size;
    unsigned depth;
    const char *name;
    struct cb_error *err;
};

static int fail(struct reader *r, size_t line, const char *what)
{
    cb_fail(r->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s, line %zu: %s", r->name, line + 1, what);
    cb_error_remedy(r->err, "write parameters as NAME: VALUE, one a line");
    return -EINVAL;
}

static int next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return 0;
    return fail(r, r->parser.problem_mark.line, r->parser.problem ? r->parser.problem : "is not YAML");
}

static int grow(struct reader *r, size_t bytes)
{
    r->size += 64 + bytes;
    return r->size > YAML_MAX_SIZE ? fail(r, r->event.start_mark.line, "the parameters are too large") : 0;
}

/* Count a value again, as an alias to it repeats it. */
static int grow_by(struct reader *r, const json_t *value)
{
    int code = grow(r, json_string_length(value));
    size_t index;
    const char *key;
    json_t *item;
    if (json_is_array(value)) {
        json_array_foreach(value, index, item) if (!code) code = grow_by(r, item);
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, item) if (!code)
        {
            code = grow(r, strlen(key));
            if (!code)
                code = grow_by(r, item);
        }
    }
    return code;
}

static bool matches(const struct reader *r, int which, const char *text)
{
    return regexec(&r->re[which], text, 0, NULL, 0) == 0;
}

/* The value of digits in `base`, or NULL where they exceed 64 bits or there are none. */
static json_t *based_integer(const char *digits, int base, bool negative)
{
    if (!*digits)
        return NULL;
    errno = 0;
    long long value = strtoll(digits, NULL, base);
    return errno ? NULL : json_integer(negative ? -value : value);
}

static json_t *sexagesimal(const char *s, bool negative)
{
    long long value = 0;
    for (;;) {
        char *end;
        errno = 0;
        long long part = strtoll(s, &end, 10);
        if (errno || __builtin_mul_overflow(value, 60, &value) || __builtin_add_overflow(value, part, &value))
            return NULL;
        if (*end != ':')
            return json_integer(negative ? -value : value);
        s = end + 1;
    }
}

static void drop_underscores(char *s)
{
    char *to = s;
    for (; *s; s++)
        if (*s != '_')
            *to++ = *s;
    *to = '\0';
}

static json_t *read_int(const char *text)
{
    cleanup_free char *copy = cb_strdup(text);
    drop_underscores(copy);
    bool negative = *copy == '-';
    const char *s = copy + (*copy == '-' || *copy == '+');
    if (!strcmp(s, "0"))
        return json_integer(0);
    if (!strncmp(s, "0b", 2))
        return based_integer(s + 2, 2, negative);
    if (!strncmp(s, "0x", 2))
        return based_integer(s + 2, 16, negative);
    if (*s == '0')
        return based_integer(s, 8, negative);
    if (strchr(s, ':'))
        return sexagesimal(s, negative);
    cleanup_free char *canonical = cb_format("%s%s", negative ? "-" : "", s);
    return cb_json_decimal(canonical, strlen(canonical));
}

static json_t *read_float(const char *text)
{
    cleanup_free char *copy = cb_strdup(text);
    drop_underscores(copy);
    double sign = *copy == '-' ? -1 : 1;
    const char *s = copy + (*copy == '-' || *copy == '+');
    if (!strcasecmp(s, ".inf"))
        return cb_json_real(sign * HUGE_VAL);
    if (!strcasecmp(s, ".nan"))
        return cb_json_real(NAN);
    if (!strchr(s, ':'))
        return cb_json_real(sign * cb_json_read_real(s));
    double value = 0;
    for (const char *part = s; part; part = strchr(part, ':') ? strchr(part, ':') + 1 : NULL)
        value = value * 60 + cb_json_read_real(part);
    return cb_json_real(sign * value);
}

static json_t *read_bool(const char *text)
{
    return !strcasecmp(text, "yes") || !strcasecmp(text, "true") || !strcasecmp(text, "on") ? json_true()
                                                                                            : json_false();
}

/* A scalar by its tag, or by its looks where it is plain and has none. NULL where the tag does not fit. */
static json_t *typed_scalar(const struct reader *r, const char *text, size_t n, bool plain, const char *tag)
{
    static const char prefix[] = "tag:yaml.org,2002:";
    bool has_nul = strlen(text) != n;
    if (tag && !strcmp(tag, "!")) /* PyYAML takes it for no tag */
        tag = NULL;
    if (tag && strncmp(tag, prefix, sizeof prefix - 1))
        return NULL;
    const char *kind = tag ? tag + sizeof prefix - 1 : NULL;
    bool any = !kind && plain && !has_nul;
    if ((any && matches(r, RE_NULL, text)) || (kind && !strcmp(kind, "null")))
        return json_null();
    if ((any || (kind && !strcmp(kind, "bool"))) && matches(r, RE_BOOL, text))
        return read_bool(text);
    if ((any || (kind && !strcmp(kind, "int"))) && matches(r, RE_INT, text))
        return read_int(text);
    if ((any || (kind && !strcmp(kind, "float"))) &&
        (matches(r, RE_FLOAT, text) || (kind && matches(r, RE_INT, text))))
        return read_float(text);
    return !kind || !strcmp(kind, "str") ? json_stringn_nocheck(text, n) : NULL;
}

static int read_scalar(struct reader *r, json_t **out)
{
    const char *text = (const char *)r->event.data.scalar.value;
    size_t n = r->event.data.scalar.length;
    int code = grow(r, n);
    if (code)
        return code;
    bool plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    *out = typed_scalar(r, text, n, plain, (const char *)r->event.data.scalar.tag);
    if (*out)
        return 0;
    char what[160];
    snprintf(what, sizeof what, "the value %.40s cannot be read as %.60s", text,
             r->event.data.scalar.tag ? (const char *)r->event.data.scalar.tag : "an integer of 64 bits");
    return fail(r, r->event.start_mark.line, what);
}

/* A key as Python's str() of it: parameters are written with string keys only. */
static char *key_text(const json_t *key)
{
    const char *literal = cb_json_literal_text(key);
    char real[40];
    switch (json_typeof(key)) {
    case JSON_STRING:
        if (!literal)
            return json_string_length(key) == strlen(json_string_value(key))
                       ? cb_strdup(json_string_value(key))
                       : NULL;
        return cb_strdup(!strcmp(literal, "NaN")         ? "nan"
                         : !strcmp(literal, "Infinity")  ? "inf"
                         : !strcmp(literal, "-Infinity") ? "-inf"
                                                         : literal);
    case JSON_REAL:
        cb_json_format_real(json_real_value(key), real);
        return cb_strdup(real);
    case JSON_INTEGER:
        return cb_format("%" JSON_INTEGER_FORMAT, json_integer_value(key));
    case JSON_TRUE:
        return cb_strdup("True");
    case JSON_FALSE:
        return cb_strdup("False");
    case JSON_NULL:
        return cb_strdup("None");
    default:
        return NULL;
    }
}

static int read_node(struct reader *r, json_t **out);

static int read_sequence(struct reader *r, json_t *list)
{
    int code = next(r);
    while (!code && r->event.type != YAML_SEQUENCE_END_EVENT) {
        json_t *item = NULL;
        code = read_node(r, &item);
        if (code)
            break;
        json_array_append_new(list, item);
        code = next(r);
    }
    return code;
}

/* "<<": what the mapping itself says wins, then the first of a list. */
static int collect_merge(struct reader *r, json_t *merged, json_t *value, size_t line)
{
    if (json_is_object(value)) {
        json_object_update_missing(merged, value);
        return 0;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!json_is_object(json_array_get(value, i)))
            return fail(r, line, "<< needs a mapping, or a list of them");
        json_object_update_missing(merged, json_array_get(value, i));
    }
    return json_is_array(value) ? 0 : fail(r, line, "<< needs a mapping, or a list of them");
}

static int read_pair(struct reader *r, json_t *own, json_t *merged)
{
    size_t line = r->event.start_mark.line;
    bool merge = r->event.type == YAML_SCALAR_EVENT &&
                 r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !r->event.data.scalar.tag &&
                 !strcmp((const char *)r->event.data.scalar.value, "<<");
    json_t *key = NULL, *value = NULL;
    int code = read_node(r, &key);
    if (!code)
        code = next(r);
    if (!code)
        code = read_node(r, &value);
    if (!code && merge) {
        code = collect_merge(r, merged, value, line);
    } else if (!code) {
        cleanup_free char *name = key_text(key);
        if (name)
            json_object_setn_new_nocheck(own, name, strlen(name), json_incref(value));
        else
            code = fail(r, line, "a key must be a plain value");
    }
    json_decref(key);
    json_decref(value);
    return code;
}

static int read_mapping(struct reader *r, json_t *out)
{
    json_t *own = json_object();
    int code = next(r);
    while (!code && r->event.type != YAML_MAPPING_END_EVENT) {
        code = read_pair(r, own, out); /* merged members come first, as in PyYAML's flatten_mapping */
        if (!code)
            code = next(r);
    }
    if (!code)
        json_object_update(out, own);
    json_decref(own);
    return code;
}

static int read_alias(struct reader *r, json_t **out)
{
    json_t *target = json_object_get(r->anchors, (const char *)r->event.data.alias.anchor);
    if (!target)
        return fail(r, r->event.start_mark.line, "an alias names an anchor that does not exist yet");
    int code = grow_by(r, target);
    if (!code)
        *out = json_incref(target);
    return code;
}

static int read_collection(struct reader *r, json_t **out)
{
    bool sequence = r->event.type == YAML_SEQUENCE_START_EVENT;
    const char *tag =
        (const char *)(sequence ? r->event.data.sequence_start.tag : r->event.data.mapping_start.tag);
    if (tag && strcmp(tag, sequence ? YAML_SEQ_TAG : YAML_MAP_TAG))
        return fail(r, r->event.start_mark.line, "a list or mapping with a tag is not supported");
    int code = grow(r, 0);
    if (code)
        return code;
    if (++r->depth > YAML_MAX_DEPTH)
        return fail(r, r->event.start_mark.line, "the parameters are nested too deep");
    *out = sequence ? json_array() : json_object();
    code = sequence ? read_sequence(r, *out) : read_mapping(r, *out);
    r->depth--;
    if (code) {
        json_decref(*out);
        *out = NULL;
    }
    return code;
}

static int read_node(struct reader *r, json_t **out)
{
    const yaml_char_t *anchor = NULL;
    if (r->event.type == YAML_SCALAR_EVENT)
        anchor = r->event.data.scalar.anchor;
    else if (r->event.type == YAML_SEQUENCE_START_EVENT)
        anchor = r->event.data.sequence_start.anchor;
    else if (r->event.type == YAML_MAPPING_START_EVENT)
        anchor = r->event.data.mapping_start.anchor;
    cleanup_free char *name = anchor ? cb_strdup((const char *)anchor) : NULL;
    int code = r->event.type == YAML_ALIAS_EVENT    ? read_alias(r, out)
               : r->event.type == YAML_SCALAR_EVENT ? read_scalar(r, out)
                                                    : read_collection(r, out);
    if (!code && name)
        json_object_set(r->anchors, name, *out);
    return code;
}

static int read_stream(struct reader *r, json_t **out)
{
    int code = next(r); /* stream start */
    if (!code)
        code = next(r);
    if (code || r->event.type == YAML_STREAM_END_EVENT)
        return code;
    code = next(r);
    if (!code)
        code = read_node(r, out);
    if (!code)
        code = next(r); /* document end */
    if (!code)
        code = next(r);
    if (!code && r->event.type != YAML_STREAM_END_EVENT)
        code = fail(r, r->event.start_mark.line, "there is more than one document");
    return code;
}

int cb_yaml_parse(const char *text, size_t length, const char *name, json_t **out, struct cb_error *err)
{
    *out = NULL;
    struct reader r = {.name = name, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        return cb_fail(err, -ENOMEM, CB_EXIT_INTERNAL, "", "no memory to read %.300s", name);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    for (int i = 0; i < RE_COUNT; i++)
        regcomp(&r.re[i], patterns[i], REG_EXTENDED | REG_NOSUB);
    r.anchors = json_object();
    int code = read_stream(&r, out);
    if (code && *out) {
        json_decref(*out);
        *out = NULL;
    }
    json_decref(r.anchors);
    for (int i = 0; i < RE_COUNT; i++)
        regfree(&r.re[i]);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return code;
}
