/*
 * Tokens as Python 3.11's tokenize.py finds them, as far as IPython's inputtransformer2.py looks at them: where
 * logical lines begin and end, strings, comments, operators, and characters that are none of these. Like
 * tokenize, it goes on after an error. Spaces and kinds of numbers, which nobody asks for, are not told apart.
 */
#include "analyzer/ipython_private.h"

#include <string.h>

void cb_ipython_tokens_begin(struct cb_ipython_tokens *t, const char *text, size_t n, size_t pos)
{
    *t = (struct cb_ipython_tokens){.text = text, .n = n};
    cb_ipython_tokens_resume(t, pos);
}

void cb_ipython_tokens_resume(struct cb_ipython_tokens *t, size_t pos)
{
    t->pos = t->line_start = t->line_end = pos;
    t->continued = t->blank_line = t->ended = t->incomplete = false;
}

/* Move to the line at line_end. False at the end of the text. */
static bool next_line(struct cb_ipython_tokens *t)
{
    t->line_start = t->pos = t->line_end;
    if (t->pos >= t->n)
        return false;
    t->line_end = cb_ipython_line_end(t->text, t->n, t->pos);
    t->unclosed[0] = t->unclosed[1] = false;
    return true;
}

static bool end(struct cb_ipython_tokens *t, bool incomplete, struct cb_ipython_token *out)
{
    t->ended = true;
    t->incomplete = incomplete;
    *out = (struct cb_ipython_token){CB_IPT_END, t->n, t->n};
    return true;
}

/* Length of a newline (\n or \r\n) at `pos`. */
static size_t newline_at(const struct cb_ipython_tokens *t, size_t pos)
{
    if (pos >= t->line_end)
        return 0;
    if (t->text[pos] == '\n')
        return 1;
    return t->text[pos] == '\r' && pos + 1 < t->line_end && t->text[pos + 1] == '\n' ? 2 : 0;
}

/* After a token that ended on a later line. */
static void find_line(struct cb_ipython_tokens *t, size_t pos)
{
    size_t start = pos;
    while (start > t->line_start && !cb_ipython_terminator(t->text + start - 1, t->text + pos))
        start--;
    t->line_start = start;
    t->pos = pos;
    t->line_end = cb_ipython_line_end(t->text, t->n, pos);
    t->unclosed[0] = t->unclosed[1] = false;
}

/* Past the end of a triple-quoted string whose text starts at `pos`, or 0. */
static size_t triple_end(const struct cb_ipython_tokens *t, size_t pos, char quote)
{
    const char *p = t->text + pos, *stop = t->text + t->n;
    for (; p + 2 < stop; p++) {
        if (*p == '\\')
            p++;
        else if (*p == quote && p[1] == quote && p[2] == quote)
            return (size_t)(p - t->text) + 3;
    }
    return 0;
}

/* The lines after one that ended in a backslash inside a string of one line. */
static bool continue_string(struct cb_ipython_tokens *t, char quote, struct cb_ipython_token *out)
{
    while (next_line(t)) {
        size_t p = t->pos;
        for (; p < t->line_end && t->text[p] != quote; p++)
            if (t->text[p] == '\\' && p + 1 < t->line_end)
                p++;
        if (p < t->line_end) {
            out->type = CB_IPT_STRING;
            out->end = t->pos = p + 1;
            return true;
        }
        size_t length = t->line_end - t->line_start;
        const char *last = t->text + t->line_end;
        bool again = (length >= 2 && memcmp(last - 2, "\\\n", 2) == 0) || (length >= 3 && memcmp(last - 3, "\\\r\n", 3) == 0);
        if (!again) { /* the line is lost with its newline */
            out->type = CB_IPT_ERROR;
            out->end = t->pos = t->line_end;
            return true;
        }
    }
    return end(t, true, out);
}

/* A string whose quote is at `pos`; out->start is set. False if it does not end on its line. */
static bool string(struct cb_ipython_tokens *t, size_t pos, struct cb_ipython_token *out)
{
    char quote = t->text[pos];
    if (pos + 2 < t->line_end && t->text[pos + 1] == quote && t->text[pos + 2] == quote) {
        size_t after = triple_end(t, pos + 3, quote);
        if (!after)
            return end(t, true, out);
        out->type = CB_IPT_STRING;
        out->end = after;
        if (after > t->line_end)
            find_line(t, after);
        t->pos = after;
        return true;
    }
    /* A scan that failed from an earlier quote of the line would fail from here. */
    bool *unclosed = &t->unclosed[quote == '"'];
    if (*unclosed)
        return false;
    size_t p = pos + 1;
    for (; p < t->line_end && t->text[p] != '\n' && t->text[p] != quote; p++) {
        if (t->text[p] != '\\')
            continue;
        if (newline_at(t, p + 1))
            return continue_string(t, quote, out);
        if (p + 1 < t->line_end)
            p++;
    }
    if (p >= t->line_end || t->text[p] != quote) {
        *unclosed = true;
        return false;
    }
    out->type = CB_IPT_STRING;
    out->end = t->pos = p + 1;
    return true;
}

static bool is_prefix(const char *p, size_t n)
{
    static const char *const prefixes[] = {"b", "r", "u", "f", "br", "rb", "fr", "rf"};
    if (n > 2)
        return false;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strlen(prefixes[i]) == n && strncasecmp(prefixes[i], p, n) == 0)
            return true;
    return false;
}

/* A name, a number or a string with a prefix. */
static bool word(struct cb_ipython_tokens *t, size_t pos, struct cb_ipython_token *out)
{
    const char *stop = t->text + t->line_end, *start = t->text + pos, *p = start;
    bool number = (*p >= '0' && *p <= '9') || *p == '.';
    while (cb_ipython_word(p, stop) || (number && p < stop && *p == '.'))
        p++;
    out->type = number ? CB_IPT_NUMBER : CB_IPT_NAME;
    out->start = pos;
    out->end = t->pos = (size_t)(p - t->text);
    if (p < stop && (*p == '\'' || *p == '"') && is_prefix(start, (size_t)(p - start)))
        string(t, out->end, out);
    return true;
}

static size_t operator_length(const char *p, size_t n)
{
    size_t length = 1;
    if (n < 2 || (p[1] != '=' && p[1] != p[0] && p[1] != '>'))
        return 1;
    if (p[1] == p[0] && strchr("*/<>", p[0]))
        length = 2;
    if (n > length && p[length] == '=' && strchr("=!<>+-*/%&|^@:", p[0]))
        length++;
    else if (p[0] == '-' && p[1] == '>')
        length = 2;
    return length;
}

/* Skips what stands for itself at the start of a statement's line. True if `out` was set. */
static bool line_begins(struct cb_ipython_tokens *t, struct cb_ipython_token *out)
{
    const char *p = t->text;
    while (t->pos < t->line_end && (p[t->pos] == ' ' || p[t->pos] == '\t' || p[t->pos] == '\f'))
        t->pos++;
    if (t->pos == t->line_end) /* a line of spaces without newline ends the text for tokenize */
        return end(t, false, out);
    t->blank_line = p[t->pos] == '#' || p[t->pos] == '\r' || p[t->pos] == '\n';
    return false;
}

/* A comment line or an empty line: the comment, then NL with all that is left. */
static void blank_token(struct cb_ipython_tokens *t, struct cb_ipython_token *out)
{
    size_t stop = t->line_end;
    out->start = t->pos;
    if (t->text[t->pos] == '#') {
        while (stop > t->pos && (t->text[stop - 1] == '\n' || t->text[stop - 1] == '\r'))
            stop--;
        *out = (struct cb_ipython_token){CB_IPT_COMMENT, t->pos, stop};
        t->pos = stop;
        if (stop < t->line_end)
            return;
    } else {
        *out = (struct cb_ipython_token){CB_IPT_NL, t->pos, t->line_end};
    }
    t->pos = t->line_end;
    t->blank_line = false;
}

static const bool is_operator[256] = {['('] = true, [')'] = true, ['['] = true, [']'] = true, ['{'] = true, ['}'] = true,
                                      ['<'] = true, ['>'] = true, ['+'] = true, ['-'] = true, ['*'] = true, ['/'] = true,
                                      ['%'] = true, ['&'] = true, ['|'] = true, ['^'] = true, ['@'] = true, [':'] = true,
                                      ['='] = true, ['~'] = true, ['.'] = true, [','] = true, [';'] = true, ['!'] = true};

/* The token at `p`, after `pos` and spaces that belong to no token unless it is an error. False: none. */
static bool token_at(struct cb_ipython_tokens *t, size_t p, struct cb_ipython_token *out)
{
    char c = t->text[p];
    size_t length = newline_at(t, p);
    *out = (struct cb_ipython_token){CB_IPT_OP, p, p + 1};
    if (length) {
        out->type = t->depth > 0 ? CB_IPT_NL : CB_IPT_NEWLINE;
        out->end = t->pos = p + length;
        return true;
    }
    if (c == '\\' && newline_at(t, p + 1)) {
        t->continued = true;
        t->pos = t->line_end;
        return false;
    }
    if (c == '#') {
        while (out->end < t->line_end && t->text[out->end] != '\n' && t->text[out->end] != '\r')
            out->end++;
        out->type = CB_IPT_COMMENT;
        t->pos = out->end;
        return true;
    }
    if ((c == '\'' || c == '"') && string(t, p, out))
        return true;
    bool digit = p + 1 < t->line_end && t->text[p + 1] >= '0' && t->text[p + 1] <= '9';
    if (cb_ipython_word(t->text + p, t->text + t->line_end) || (c == '.' && digit))
        return word(t, p, out);
    if (is_operator[(unsigned char)c]) {
        out->end = p + operator_length(t->text + p, t->line_end - p);
        if (c != '!' || out->end > p + 1) {
            if (c == '(' || c == '[' || c == '{')
                t->depth++;
            else if (c == ')' || c == ']' || c == '}')
                t->depth--;
            t->pos = out->end;
            return true;
        }
    }
    out->type = CB_IPT_ERROR;
    if (p > t->pos) {
        *out = (struct cb_ipython_token){CB_IPT_SPACE, t->pos, p};
    } else {
        size_t space = cb_ipython_space(t->text + p, t->text + t->line_end);
        if (space)
            *out = (struct cb_ipython_token){CB_IPT_SPACE, p, p + space};
    }
    t->pos = out->end;
    return true;
}

void cb_ipython_tokens_next(struct cb_ipython_tokens *t, struct cb_ipython_token *out)
{
    while (!t->ended) {
        if (t->pos >= t->line_end) {
            if (!next_line(t)) {
                end(t, t->depth != 0 || t->continued, out);
                return;
            }
            bool statement = t->depth == 0 && !t->continued;
            t->continued = false;
            if (statement && line_begins(t, out))
                return;
        }
        if (t->blank_line) {
            blank_token(t, out);
            return;
        }
        size_t p = t->pos;
        while (p < t->line_end && (t->text[p] == ' ' || t->text[p] == '\t' || t->text[p] == '\f'))
            p++;
        if (p == t->line_end)
            t->pos = p;
        else if (token_at(t, p, out))
            return;
    }
    *out = (struct cb_ipython_token){CB_IPT_END, t->n, t->n};
}
