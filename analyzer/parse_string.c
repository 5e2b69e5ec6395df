/*
 * analyzer: string literals, their values as Python decodes them, and f-strings.
 */
#include "analyzer/parse_walk.h"

#include <string.h>

/* Longer ones name no file and are no code that anyone follows. */
enum { TEXT_MAX = 4096 };

struct prefix {
    bool raw, bytes, format, broken;
    uint32_t content; /* offset of what is between the quotes */
    uint32_t quotes;  /* 1 or 3 */
};

static struct prefix prefix_at(struct cb_builder *b, uint32_t start, uint32_t end)
{
    struct prefix prefix = {0};
    uint32_t i = start;
    for (; i < end && b->text[i] != '"' && b->text[i] != '\''; i++) {
        char c = (char)(b->text[i] | 0x20);
        prefix.raw |= c == 'r';
        prefix.bytes |= c == 'b';
        prefix.format |= c == 'f' || c == 't';
        if (b->text[i] == '`') /* repr of Python 2 */
            prefix.broken = true;
    }
    prefix.quotes = end - i >= 6 && b->text[i + 1] == b->text[i] && b->text[i + 2] == b->text[i] ? 3 : 1;
    prefix.content = i + prefix.quotes;
    if (prefix.content > end)
        prefix.broken = true;
    return prefix;
}

static void put_utf8(struct cb_buffer *out, uint32_t c)
{
    char bytes[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i; i--, c >>= 6)
        bytes[i] = (char)(0x80 | (c & 0x3f));
    bytes[0] = (char)(lead[n] | c);
    cb_buffer_add(out, bytes, n);
}

static int digit(char c, int base)
{
    int value = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 99;
    return value < base ? value : -1;
}

/* The escape at `p` (behind its backslash). The place behind it, or NULL where its value is not plain text. */
static const char *escape(struct cb_buffer *out, const char *p, const char *end)
{
    static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
    if (p == end)
        return NULL;
    const char *simple = strchr(from, *p);
    if (*p && simple) {
        cb_buffer_add(out, &to[simple - from], 1);
        return p + 1;
    }
    if (*p == '\n')
        return p + 1;
    if (*p == '\r')
        return p + 1 < end && p[1] == '\n' ? p + 2 : p + 1;
    int base = 16, n = *p == 'x' ? 2 : *p == 'u' ? 4 : *p == 'U' ? 8 : 0;
    if (*p == 'N')
        return NULL;
    if (!n && digit(*p, 8) < 0) {
        cb_buffer_adds(out, "\\");
        return p;
    }
    if (!n)
        base = 8, n = 3;
    else
        p++;
    uint32_t c = 0;
    int i = 0;
    for (; i < n && p < end && digit(*p, base) >= 0; i++, p++)
        c = c * (uint32_t)base + (uint32_t)digit(*p, base);
    if ((base == 16 && i < n) || !c || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return NULL;
    put_utf8(out, c);
    return p;
}

/* RFC 3629. */
static bool is_utf8(const char *text, size_t length)
{
    const uint8_t *p = (const uint8_t *)text, *end = p + length;
    while (p < end) {
        if (*p < 0x80) {
            p++;
            continue;
        }
        size_t n = *p >= 0xc2 && *p < 0xe0 ? 1 : *p >= 0xe0 && *p < 0xf0 ? 2 : *p >= 0xf0 && *p < 0xf5 ? 3 : 0;
        if (!n || (size_t)(end - p) <= n || (*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
            (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
            return false;
        for (size_t i = 1; i <= n; i++)
            if ((p[i] & 0xc0) != 0x80)
                return false;
        p += n + 1;
    }
    return true;
}

/* Add the value of the literal text; false where it is not plain. */
static bool decode(struct cb_buffer *out, const char *p, size_t length, const struct prefix *prefix)
{
    const char *end = p + length;
    if (prefix->bytes || prefix->broken || length > (size_t)TEXT_MAX * 10 || out->length > TEXT_MAX ||
        !is_utf8(p, length))
        return false;
    while (p < end) {
        const char *special = p;
        while (special < end && *special != '\\' && *special != '\r' && *special != '{' && *special != '}')
            special++;
        cb_buffer_add(out, p, (size_t)(special - p));
        if ((p = special) == end)
            break;
        if (*p == '\r') { /* line ends are one newline */
            cb_buffer_adds(out, "\n");
            p += p + 1 < end && p[1] == '\n' ? 2 : 1;
        } else if (*p == '\\' && !prefix->raw) {
            if (!(p = escape(out, p + 1, end)))
                return false;
        } else {
            cb_buffer_add(out, p, 1);
            p += prefix->format && *p != '\\' && p + 1 < end && p[1] == *p ? 2 : 1; /* {{ */
        }
    }
    return out->length <= TEXT_MAX;
}

/* A string under construction: neighbours are joined, and f-strings end what is pending. */
struct pieces {
    struct cb_buffer text;
    bool pending, plain;
    uint32_t line; /* of the first pending piece */
    struct cb_ast_list parts;
};

static struct cb_ast *take_pending(struct cb_builder *b, struct pieces *pieces)
{
    struct cb_ast *node = cb_node_at(b, CB_AST_STRING, pieces->line);
    if (pieces->plain && !(pieces->text.length && memchr(pieces->text.text, 0, pieces->text.length)))
        node->text = cb_arena_copy(b->arena, pieces->text.text, pieces->text.length);
    pieces->text.length = 0;
    pieces->pending = false;
    return node;
}

static void add_literal(struct cb_builder *b, struct pieces *pieces, uint32_t start, uint32_t end, uint32_t line,
                        const struct prefix *prefix)
{
    if (!pieces->pending) {
        pieces->pending = pieces->plain = true;
        pieces->line = line;
    }
    if (pieces->plain)
        pieces->plain = end < start || decode(&pieces->text, b->text + start, end - start, prefix);
}

static void add_format(struct cb_builder *b, struct cb_ast_list *out);

/* {value!r:spec}: the value, and the expressions in the spec behind it. {value=} adds its own text, to `pieces`. */
static void add_interpolation(struct cb_builder *b, struct pieces *pieces, struct cb_ast_list *out)
{
    uint32_t start = ts_node_start_byte(b->node) + 1, line = cb_line(b);
    struct cb_ast_list inside = {0};
    bool equal = false;
    if (!cb_enter(b))
        return;
    do {
        if (equal && pieces) {
            static const struct prefix as_it_is = {.raw = true};
            add_literal(b, pieces, start, ts_node_start_byte(b->node), line, &as_it_is);
        }
        equal = b->kind == CB_K_T_EQUAL;
        if (b->kind == CB_K_NAMED_EXPRESSION && !inside.first) { /* {x:=5}: a value and its format */
            if (!cb_enter(b))
                continue;
            if (cb_is_expression(b->kind))
                cb_list_add(&inside, cb_build_expression(b));
            cb_leave(b);
        } else if (cb_is_expression(b->kind)) {
            cb_list_add(&inside, cb_build_expression(b));
        } else if (b->kind == CB_K_FORMAT_SPECIFIER) {
            add_format(b, &inside);
        }
    } while (cb_next(b));
    cb_leave(b);
    if (pieces && pieces->pending)
        cb_list_add(out, take_pending(b, pieces));
    cb_list_add(out, inside.first);
}

static void add_format(struct cb_builder *b, struct cb_ast_list *out)
{
    if (b->depth >= CB_DEPTH_MAX || !cb_enter(b))
        return;
    b->depth++;
    do
        if (b->kind == CB_K_FORMAT_EXPRESSION || b->kind == CB_K_INTERPOLATION)
            add_interpolation(b, NULL, out);
    while (cb_next(b));
    b->depth--;
    cb_leave(b);
}

/* One literal. True where it is an f-string. */
static bool add_string(struct cb_builder *b, struct pieces *pieces)
{
    uint32_t start = ts_node_start_byte(b->node), end = ts_node_end_byte(b->node), line = cb_line(b);
    struct prefix prefix = prefix_at(b, start, end);
    uint32_t stop = end >= prefix.content + prefix.quotes ? end - prefix.quotes : prefix.content;
    if (prefix.broken)
        cb_note_error(b, line);
    if (!prefix.format || prefix.broken) {
        add_literal(b, pieces, prefix.content, stop, line, &prefix);
        return false;
    }
    uint32_t at = prefix.content;
    if (cb_enter(b)) {
        do {
            if (b->kind != CB_K_INTERPOLATION)
                continue;
            uint32_t from = ts_node_start_byte(b->node), to = ts_node_end_byte(b->node);
            if (from > at)
                add_literal(b, pieces, at, from, line, &prefix);
            add_interpolation(b, pieces, &pieces->parts);
            at = to;
        } while (cb_next(b));
        cb_leave(b);
    }
    if (stop > at)
        add_literal(b, pieces, at, stop, line, &prefix);
    return true;
}

struct cb_ast *cb_build_string(struct cb_builder *b)
{
    struct pieces pieces = {0};
    uint32_t line = cb_line(b);
    bool format = false;
    if (b->kind == CB_K_STRING) {
        format = add_string(b, &pieces);
    } else if (cb_enter(b)) {
        do
            if (b->kind == CB_K_STRING)
                format |= add_string(b, &pieces);
        while (cb_next(b));
        cb_leave(b);
    }
    if (!pieces.pending) { /* nothing at all: an empty text */
        pieces.line = line;
        pieces.plain = true;
    }
    struct cb_ast *node;
    if (format) {
        if (pieces.pending)
            cb_list_add(&pieces.parts, take_pending(b, &pieces));
        node = cb_node_at(b, CB_AST_FSTRING, line);
        node->a = pieces.parts.first;
    } else {
        node = take_pending(b, &pieces);
    }
    cb_buffer_free(&pieces.text);
    return node;
}
