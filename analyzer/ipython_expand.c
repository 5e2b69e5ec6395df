/*
 * What IPython evaluates in a command before it runs it: InteractiveShell.var_expand() with utils/text.py's
 * DollarFormatter. Fields are found as CPython's string formatter does (Objects/stringlib/unicode_format.h,
 * MarkupIterator_next and parse_field). The first error leaves the command as it is, but what stands before has
 * been evaluated by then.
 */
#include "analyzer/ipython_private.h"

#include <string.h>

void cb_ipython_strings_add(struct cb_ipython_strings *s, struct cb_arena *arena, const char *text, size_t n)
{
    if (s->n == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 8;
        s->items = cb_realloc(s->items, s->capacity * sizeof *s->items);
    }
    s->items[s->n++] = cb_arena_copy(arena, text, n);
}

const char *const *cb_ipython_strings_take(struct cb_ipython_strings *s, struct cb_arena *arena)
{
    static const char *const none[] = {NULL};
    if (s->n == 0)
        return none;
    const char **out = cb_arena_alloc(arena, (s->n + 1) * sizeof *out);
    memcpy(out, s->items, s->n * sizeof *out);
    free(s->items);
    *s = (struct cb_ipython_strings){0};
    return out;
}

/* A piece of the format string: literal text, and the field that follows it. */
struct piece {
    const char *literal, *literal_end;
    const char *field, *name_end; /* NULL for none */
    const char *spec, *spec_end; /* evaluated with the name, so that slices work */
};

/* parse_field: `p` is past the brace. Returns what follows the field, or NULL. */
static const char *parse_field(const char *p, const char *end, struct piece *out)
{
    out->field = p;
    for (; p < end && *p != '}' && *p != ':' && *p != '!'; p++) {
        if (*p == '{')
            return NULL;
        if (*p == '[') {
            while (p < end && *p != ']')
                p++;
            if (p == end)
                return NULL;
        }
    }
    if (p == end)
        return NULL;
    out->name_end = p;
    char c = *p++;
    if (c == '!') {
        if (p == end)
            return NULL;
        p++; /* the conversion */
        if (p == end || (*p != '}' && *p != ':'))
            return NULL;
        c = *p++;
    }
    if (c == '}')
        return p;
    out->spec = p;
    for (int64_t depth = 1; p < end; p++) {
        depth += *p == '{' ? 1 : *p == '}' ? -1 : 0;
        if (depth == 0) {
            out->spec_end = p;
            return p + 1;
        }
    }
    return NULL;
}

/* The next piece, or NULL after an error. */
static const char *next_piece(const char *p, const char *end, struct piece *out)
{
    *out = (struct piece){.literal = p};
    while (p < end && *p != '{' && *p != '}')
        p++;
    out->literal_end = p;
    if (p == end)
        return p;
    if (p + 1 < end && p[1] == *p) { /* {{ or }} */
        out->literal_end = p + 1;
        return p + 2;
    }
    return *p == '}' || p + 1 == end ? NULL : parse_field(p + 1, end, out);
}

/* Whether text cannot be an expression: then nothing after it is evaluated. Other errors are the parser's. */
static bool is_no_expression(const char *p, size_t n)
{
    int64_t depth = 0;
    bool empty = true;
    char quote = '\0';
    for (const char *end = p + n; p < end; p++) {
        if (quote) {
            p += *p == '\\';
            if (p < end && *p == quote)
                quote = '\0';
            continue;
        }
        if (*p == '\'' || *p == '"')
            quote = *p;
        if (*p == '$' || *p == '?' || *p == '`' || *p == ';')
            return true;
        depth += *p == '(' || *p == '[' ? 1 : *p == ')' || *p == ']' ? -1 : 0;
        if (depth < 0)
            return true;
        empty = empty && cb_ipython_space(p, end) != 0;
    }
    return empty || depth != 0 || quote;
}

/* Add an expression; false if it fails for certain. */
static bool add(struct cb_arena *arena, const char *p, size_t n, struct cb_ipython_strings *out)
{
    if (is_no_expression(p, n))
        return false;
    cb_ipython_strings_add(out, arena, p, n);
    return true;
}

/* `$name` in literal text, where an even number of single quotes follows (_dollar_pattern_ignore_single_quote). */
static bool expand_dollars(struct cb_arena *arena, const char *p, const char *end, struct cb_ipython_strings *out)
{
    if (!memchr(p, '$', (size_t)(end - p)))
        return true;
    size_t quotes = 0;
    for (const char *q = p; (q = memchr(q, '\'', (size_t)(end - q))); q++)
        quotes++;
    while (p < end) {
        char c = *p++;
        quotes -= c == '\'';
        if (c != '$' || p == end)
            continue;
        bool escaped = *p == '$' && p + 1 < end && (cb_ipython_word(p + 1, end) || p[1] == '.');
        const char *name = p + escaped, *stop = name;
        while (cb_ipython_word(stop, end) || (stop < end && *stop == '.'))
            stop++;
        if (stop == name || quotes % 2 != 0)
            continue;
        p = stop;
        /* A dot at the end is a syntax error, unless it stands after a number or is an ellipsis. */
        bool ellipsis = stop - name == 3 && memcmp(name, "...", 3) == 0;
        if (!escaped && stop[-1] == '.' && (name[0] < '0' || name[0] > '9') && !ellipsis)
            return false;
        if (!escaped && !add(arena, name, (size_t)(stop - name), out))
            return false;
    }
    return true;
}

void cb_ipython_expand(struct cb_arena *arena, const char *text, size_t n, struct cb_ipython_strings *out)
{
    const char *p = text, *end = text + n;
    while (p < end) {
        struct piece piece;
        p = next_piece(p, end, &piece);
        if (!p || !expand_dollars(arena, piece.literal, piece.literal_end, out))
            return;
        if (!piece.field)
            continue;
        if (!piece.spec || piece.spec == piece.spec_end) {
            if (!add(arena, piece.field, (size_t)(piece.name_end - piece.field), out))
                return;
            continue;
        }
        cleanup_buffer struct cb_buffer field = {0}; /* a slice: name:spec */
        cb_buffer_add(&field, piece.field, (size_t)(piece.name_end - piece.field));
        cb_buffer_adds(&field, ":");
        cb_buffer_add(&field, piece.spec, (size_t)(piece.spec_end - piece.spec));
        if (!add(arena, field.text, field.length, out))
            return;
    }
}
