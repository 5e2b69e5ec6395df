#include "analyzer/lexer.h"

#include <string.h>

static bool is_name_start(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool cb_token_is(const struct cb_token *token, const char *text)
{
    return token->length == strlen(text) && !memcmp(token->text, text, token->length);
}

static const char *line_end(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    return newline ? newline : end;
}

/* The end of a magic line: IPython joins lines that end in a backslash. */
static const char *magic_end(const char *p, const char *end)
{
    for (;;) {
        const char *e = line_end(p, end);
        const char *last = e > p && e[-1] == '\r' ? e - 1 : e;
        if (e == end || last == p || last[-1] != '\\')
            return e;
        p = e + 1;
    }
}

static void add(struct cb_lexer *lx, enum cb_token_type type, const char *text, const char *end)
{
    if (lx->n == lx->capacity) {
        lx->capacity = lx->capacity ? 2 * lx->capacity : 64;
        lx->tokens = cb_realloc(lx->tokens, lx->capacity * sizeof *lx->tokens);
    }
    lx->tokens[lx->n++] = (struct cb_token){type, text, (size_t)(end - text)};
}

static const char *skip_blank_lines(const char *p, const char *end)
{
    for (const char *line = p; line < end;) {
        const char *e = line_end(line, end);
        for (const char *c = line; c < e; c++)
            if (!strchr(" \t\r\f", *c))
                return line;
        line = e < end ? e + 1 : end;
        p = line;
    }
    return p;
}

static bool magic_is(const char *line, const char *end, const char *name)
{
    size_t n = strlen(name);
    return (size_t)(end - line) >= n && !memcmp(line, name, n) &&
           (line + n == end || strchr(" \t\r\n", line[n]));
}

bool cb_lexer_begin(struct cb_lexer *lx, const char *source, struct cb_token *magic)
{
    *lx = (struct cb_lexer){.p = source, .end = source + strlen(source), .base_indent = -1};
    for (;;) {
        lx->p = skip_blank_lines(lx->p, lx->end);
        const char *e = line_end(lx->p, lx->end);
        if (e - lx->p < 2 || memcmp(lx->p, "%%", 2))
            return true;
        if (!magic_is(lx->p, e, "%%time") && !magic_is(lx->p, e, "%%timeit") &&
            !magic_is(lx->p, e, "%%capture")) {
            if (magic)
                *magic = (struct cb_token){CB_TOKEN_MAGIC, lx->p, (size_t)(e - lx->p)};
            return false;
        }
        lx->p = e < lx->end ? e + 1 : lx->end;
    }
}

void cb_lexer_end(struct cb_lexer *lx)
{
    free(lx->tokens);
    lx->tokens = NULL;
}

/* Past the string that opens at `p` with quote `p[0]`. One without end stops at its line, a triple one at the
 * end. */
static const char *string_end(const char *p, const char *end)
{
    char quote = *p;
    if (end - p >= 3 && p[1] == quote && p[2] == quote) {
        for (p += 3; p < end; p++) {
            if (*p == '\\')
                p++;
            else if (*p == quote && end - p >= 3 && p[1] == quote && p[2] == quote)
                return p + 3;
        }
        return end;
    }
    for (p++; p < end && *p != '\n'; p++) {
        if (*p == '\\')
            p++;
        else if (*p == quote)
            return p + 1;
    }
    return p < end ? p : end;
}

/* Whether the name before a quote is a string prefix. *formatted where code may hide inside. */
static bool is_prefix(const char *name, size_t n, bool *formatted)
{
    *formatted = false;
    if (n > 2)
        return false;
    for (size_t i = 0; i < n; i++) {
        int c = name[i] | 0x20;
        if (c == 'f')
            *formatted = true;
        else if (c != 'r' && c != 'b' && c != 'u')
            return false;
    }
    return true;
}

static void lex_name(struct cb_lexer *lx)
{
    const char *begin = lx->p;
    while (lx->p < lx->end && (is_name_start(*lx->p) || is_digit(*lx->p)))
        lx->p++;
    bool formatted;
    if (lx->p < lx->end && (*lx->p == '"' || *lx->p == '\'') &&
        is_prefix(begin, (size_t)(lx->p - begin), &formatted)) {
        lx->p = string_end(lx->p, lx->end);
        add(lx, formatted ? CB_TOKEN_FSTRING : CB_TOKEN_STRING, begin, lx->p);
        return;
    }
    add(lx, CB_TOKEN_NAME, begin, lx->p);
}

static void lex_number(struct cb_lexer *lx)
{
    const char *begin = lx->p;
    while (lx->p < lx->end && (is_name_start(*lx->p) || is_digit(*lx->p) || *lx->p == '.'))
        lx->p++;
    add(lx, CB_TOKEN_NUMBER, begin, lx->p);
}

/* `x = !cmd` and `x = %magic`: what follows is not Python. */
static bool starts_assigned_magic(const struct cb_lexer *lx)
{
    if (*lx->p == '!')
        return lx->p + 1 >= lx->end || lx->p[1] != '=';
    return *lx->p == '%' && lx->n > 0 && cb_token_is(&lx->tokens[lx->n - 1], "=");
}

/* One token or blank. False at the end of the logical line, which is passed. */
static bool lex_one(struct cb_lexer *lx, long *depth)
{
    char c = *lx->p;
    if (c == '\n') {
        lx->p++;
        return *depth > 0;
    }
    if (c == '#') {
        lx->p = line_end(lx->p, lx->end);
    } else if (c == '\\' && lx->p + 1 < lx->end && (lx->p[1] == '\n' || lx->p[1] == '\r')) {
        lx->p += lx->p[1] == '\r' && lx->p + 2 < lx->end && lx->p[2] == '\n' ? 3 : 2;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
        lx->p++;
    } else if (c == '"' || c == '\'') {
        const char *begin = lx->p;
        lx->p = string_end(begin, lx->end);
        add(lx, CB_TOKEN_STRING, begin, lx->p);
    } else if (is_name_start(c)) {
        lex_name(lx);
    } else if (is_digit(c)) {
        lex_number(lx);
    } else if (starts_assigned_magic(lx)) {
        const char *begin = lx->p;
        lx->p = magic_end(begin, lx->end);
        add(lx, CB_TOKEN_MAGIC, begin, lx->p);
    } else {
        if (strchr("([{", c))
            ++*depth;
        else if (strchr(")]}", c) && *depth > 0)
            --*depth;
        add(lx, CB_TOKEN_OP, lx->p, lx->p + 1);
        lx->p++;
    }
    return true;
}

/* Indentation at p, with tabs to multiples of eight as Python counts them. */
static long measure_indent(struct cb_lexer *lx)
{
    long column = 0;
    for (; lx->p < lx->end && strchr(" \t\f", *lx->p); lx->p++)
        column = *lx->p == '\t' ? (column / 8 + 1) * 8 : column + 1;
    return column;
}

static bool is_help_line(const char *p, const char *e)
{
    while (e > p && strchr(" \t\r", e[-1]))
        e--;
    return e > p && e[-1] == '?';
}

bool cb_lexer_next(struct cb_lexer *lx)
{
    lx->n = 0;
    while (lx->p < lx->end && !lx->n) {
        long column = measure_indent(lx);
        if (lx->p >= lx->end)
            break;
        if (*lx->p == '\n' || *lx->p == '\r') {
            lx->p++;
            continue;
        }
        if (lx->base_indent < 0)
            lx->base_indent = column;
        lx->indent = column > lx->base_indent ? column - lx->base_indent : 0;
        const char *begin = lx->p;
        if (*begin == '%' || *begin == '!' || *begin == '?') {
            lx->p = magic_end(begin, lx->end);
            add(lx, CB_TOKEN_MAGIC, begin, lx->p);
            break;
        }
        if (*begin != '#' && is_help_line(begin, line_end(begin, lx->end)) &&
            !memchr(begin, '#', (size_t)(line_end(begin, lx->end) - begin))) {
            lx->p = line_end(begin, lx->end);
            add(lx, CB_TOKEN_MAGIC, begin, lx->p);
            break;
        }
        long depth = 0;
        while (lx->p < lx->end && lex_one(lx, &depth))
            ;
    }
    return lx->n > 0;
}
