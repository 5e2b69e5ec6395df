/*
 * Lines and spaces as Python's str has them, and the cleanup transforms of IPython's core/inputtransformer2.py:
 * leading_empty_lines, leading_indent, classic_prompt, ipython_prompt.
 */
#include "analyzer/ipython_private.h"

#include <string.h>

size_t cb_ipython_space(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t n = (size_t)(end - p);
    if (n == 0)
        return 0;
    if (u[0] < 0x80)
        return u[0] == ' ' || (u[0] >= 0x09 && u[0] <= 0x0d) || (u[0] >= 0x1c && u[0] <= 0x1f) ? 1 : 0;
    if (n >= 2 && u[0] == 0xc2)
        return u[1] == 0x85 || u[1] == 0xa0 ? 2 : 0;
    if (n < 3)
        return 0;
    if (u[0] == 0xe2 && u[1] == 0x80)
        return (u[2] >= 0x80 && u[2] <= 0x8a) || u[2] == 0xa8 || u[2] == 0xa9 || u[2] == 0xaf ? 3 : 0;
    if (u[0] == 0xe2)
        return u[1] == 0x81 && u[2] == 0x9f ? 3 : 0;
    return (u[0] == 0xe1 && u[1] == 0x9a && u[2] == 0x80) || (u[0] == 0xe3 && u[1] == 0x80 && u[2] == 0x80) ? 3 : 0;
}

size_t cb_ipython_terminator(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t n = (size_t)(end - p);
    if (n == 0)
        return 0;
    switch (u[0]) {
    case '\r':
        return n >= 2 && u[1] == '\n' ? 2 : 1;
    case '\n':
    case '\v':
    case '\f':
    case 0x1c:
    case 0x1d:
    case 0x1e:
        return 1;
    case 0xc2:
        return n >= 2 && u[1] == 0x85 ? 2 : 0;
    case 0xe2:
        return n >= 3 && u[1] == 0x80 && (u[2] == 0xa8 || u[2] == 0xa9) ? 3 : 0;
    default:
        return 0;
    }
}

/* Bytes that may start a terminator. */
static const bool ends_line[256] = {['\n'] = true, ['\r'] = true, ['\v'] = true, ['\f'] = true, [0x1c] = true,
                                    [0x1d] = true, [0x1e] = true, [0xc2] = true, [0xe2] = true};

size_t cb_ipython_line_end(const char *text, size_t n, size_t pos)
{
    const char *p = text + pos, *end = text + n;
    for (; p < end; p++) {
        if (!ends_line[(unsigned char)*p])
            continue;
        size_t length = cb_ipython_terminator(p, end);
        if (length)
            return (size_t)(p - text) + length;
    }
    return n;
}

const char *cb_ipython_rstrip(const char *p, const char *end)
{
    while (end > p) {
        if (cb_ipython_space(end - 1, end) == 1)
            end--;
        else if (end - p >= 2 && cb_ipython_space(end - 2, end) == 2)
            end -= 2;
        else if (end - p >= 3 && cb_ipython_space(end - 3, end) == 3)
            end -= 3;
        else
            break;
    }
    return end;
}

bool cb_ipython_word_before(const char *p, const char *start)
{
    if (p == start || !cb_ipython_is_word(p[-1]))
        return false;
    if ((unsigned char)p[-1] < 0x80)
        return true;
    return !(p - start >= 2 && cb_ipython_space(p - 2, p) == 2) && !(p - start >= 3 && cb_ipython_space(p - 3, p) == 3);
}

/* Whether all of a line is space (and there is some). */
static bool blank(const char *p, const char *end)
{
    for (size_t length; p < end; p += length)
        if (!(length = cb_ipython_space(p, end)))
            return false;
    return true;
}

/* Length of `^(>>>|\.\.\.)( |$)` at the start of a line, else 0. */
static size_t classic_prompt(const char *p, const char *end, bool first)
{
    if (end - p < 3 || (memcmp(p, ">>>", 3) != 0 && (first || memcmp(p, "...", 3) != 0)))
        return 0;
    if (end - p == 3 || (end - p == 4 && p[3] == '\n'))
        return 3;
    return p[3] == ' ' ? 4 : 0;
}

/* Length of `In [12]: `, or of spaces and `...: `, at the start of a line, else 0. */
static size_t ipython_prompt(const char *p, const char *end)
{
    const char *q = p;
    if (end - q >= 6 && (memcmp(q, "[nav] ", 6) == 0 || memcmp(q, "[ins] ", 6) == 0))
        q += 6;
    else if (q < end && *q == ' ')
        q++;
    if (end - q >= 4 && memcmp(q, "In [", 4) == 0) {
        const char *digits = q += 4;
        while (q < end && *q >= '0' && *q <= '9')
            q++;
        if (q > digits && end - q >= 3 && memcmp(q, "]: ", 3) == 0)
            return (size_t)(q - p) + 3;
    }
    q = p;
    for (size_t length; (length = cb_ipython_space(q, end)) > 0; q += length)
        ;
    const char *dots = q;
    while (q < end && *q == '.')
        q++;
    if (q - dots < 3 || q == end || *q != ':')
        return 0;
    q++;
    return (size_t)(q - p) + (q < end && *q == ' ' ? 1 : 0);
}

/* Copy all lines without the indent and the prompts. */
static size_t copy_lines(const char *p, size_t n, const char *indent, size_t n_indent, unsigned prompts, char *out)
{
    size_t used = 0;
    for (size_t pos = 0, next; pos < n; pos = next) {
        next = cb_ipython_line_end(p, n, pos);
        const char *line = p + pos, *end = p + next;
        if (n_indent && (size_t)(end - line) >= n_indent && memcmp(line, indent, n_indent) == 0)
            line += n_indent;
        if (prompts & 1)
            line += classic_prompt(line, end, false);
        if (prompts & 2)
            line += ipython_prompt(line, end);
        memcpy(out + used, line, (size_t)(end - line));
        used += (size_t)(end - line);
    }
    return used;
}

/* PromptStripper.__call__: whether one of the first two lines has a prompt of a kind. */
static bool has_prompt(const char *text, size_t n, bool classic)
{
    size_t first = cb_ipython_line_end(text, n, 0), both = cb_ipython_line_end(text, n, first);
    const char *second = text + first, *third = text + both;
    if (classic)
        return classic_prompt(text, second, true) || (first < n && classic_prompt(second, third, false));
    return ipython_prompt(text, second) || (first < n && ipython_prompt(second, third));
}

/* Which kinds of prompts to remove: 1 classic, 2 IPython's, which is looked for when indent and classic prompts have gone.
 * Two lines are enough to tell. */
static unsigned find_prompts(const char *p, size_t n, size_t n_indent)
{
    size_t both = cb_ipython_line_end(p, n, cb_ipython_line_end(p, n, 0));
    cleanup_free char *copy = cb_alloc(both + 1);
    size_t used = copy_lines(p, both, p, n_indent, 0, copy);
    unsigned prompts = has_prompt(copy, used, true) ? 1 : 0;
    if (prompts)
        used = copy_lines(p, both, p, n_indent, prompts, copy);
    return prompts | (has_prompt(copy, used, false) ? 2u : 0);
}

bool cb_ipython_has_prompt(const char *text, size_t n)
{
    return has_prompt(text, n, true) || has_prompt(text, n, false);
}

void cb_ipython_clean(const char *source, size_t n, struct cb_ipython_clean *out)
{
    *out = (struct cb_ipython_clean){.newline_added = n == 0 || source[n - 1] != '\n'};
    char *text = out->text = malloc(n + 2);
    if (!text)
        text = out->text = cb_alloc(n + 2); /* ends the program */
    size_t skipped = 0;
    while (skipped < n) {
        size_t next = cb_ipython_line_end(source, n, skipped);
        if (!blank(source + skipped, source + next))
            break;
        skipped = next;
    }
    if (skipped == n) /* nothing but space: left as it is */
        skipped = 0;
    for (size_t i = 0; i < skipped; i++)
        if (source[i] == '\n' || source[i] == '\r')
            text[out->start++] = source[i];
    out->changed = out->start < skipped;
    const char *p = source + skipped, *end = source + n;
    size_t n_indent = 0;
    while (p + n_indent < end && (p[n_indent] == ' ' || p[n_indent] == '\t'))
        n_indent++;
    unsigned prompts = p < end ? find_prompts(p, n - skipped, n_indent) : 0;
    out->length = out->start;
    if (n_indent == 0 && prompts == 0) {
        memcpy(text + out->length, p, n - skipped);
        out->length += n - skipped;
    } else {
        out->length += copy_lines(p, n - skipped, p, n_indent, prompts, text + out->length);
        out->changed = true;
        out->prompts = prompts != 0;
    }
    if (out->newline_added)
        text[out->length++] = '\n';
    text[out->length] = '\0';
}
