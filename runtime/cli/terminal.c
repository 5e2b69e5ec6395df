/*
 * What people see. Text that comes from a notebook or a cell may hold escape sequences that rename the
 * window, type commands into some terminals, or hide what was done; none of it reaches the terminal as it is.
 */
#include "runtime/cli/cli.h"

#include <string.h>

/* Decode one UTF-8 sequence (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). Its length, 0 if
 * wrong. */
static size_t decode(const unsigned char *p, size_t n, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (p[0] < 0x80) {
        *out = p[0];
        return 1;
    }
    size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || n < length)
        return 0;
    uint32_t c = p[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3Fu);
    }
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    *out = c;
    return length;
}

/* C1 controls, marks that turn the direction of writing, separators of lines, and other marks that nobody
 * sees. */
static bool hidden(uint32_t c)
{
    return (c >= 0x80 && c <= 0x9F) || c == 0xAD || c == 0x61C || c == 0x180E ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

void cb_terminal_add(struct cb_buffer *out, const char *text, size_t length, enum cb_lines lines)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;
    cb_buffer_adds(out, "");
    while (p < end) {
        uint32_t c = 0;
        size_t n = decode(p, (size_t)(end - p), &c);
        if (n == 0) {
            cb_buffer_addf(out, "\\x%02x", *p++);
            continue;
        }
        if (c == '\n' || c == '\t')
            cb_buffer_adds(out, lines == CB_ONE_LINE ? " " : c == '\n' ? "\n" : "\t");
        else if (c < 0x20 || c == 0x7F)
            cb_buffer_addf(out, "^%c", (int)(c ^ 0x40));
        else if (hidden(c))
            cb_buffer_addf(out, c <= 0xFFFF ? "\\u%04x" : "\\U%08x", c);
        else
            cb_buffer_add(out, p, n);
        p += n;
    }
}

/* Columns of a character: wcwidth would depend on the caller's locale. Ranges: Unicode 15, East Asian Wide.
 */
static size_t columns_of(uint32_t c)
{
    static const uint32_t zero[][2] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},
                                       {0x64B, 0x65F},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                       {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
    static const uint32_t wide[][2] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xA960, 0xA97C}, {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
        {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}};
    for (size_t i = 0; i < sizeof zero / sizeof *zero; i++)
        if (c >= zero[i][0] && c <= zero[i][1])
            return 0;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (c >= wide[i][0] && c <= wide[i][1])
            return 2;
    return 1;
}

void cb_terminal_fit(struct cb_buffer *text, size_t columns)
{
    size_t used = 0, at = 0, cut = 0; /* `cut`: where to stop so that the ellipsis still fits */
    while (at < text->length) {
        uint32_t c = ' ';
        size_t n = decode((unsigned char *)text->text + at, text->length - at, &c);
        used += columns_of(c);
        if (used > columns) {
            text->length = cut;
            text->text[cut] = '\0';
            if (columns > 0)
                cb_buffer_adds(text, "…");
            return;
        }
        at += n ? n : 1;
        if (used < columns)
            cut = at;
    }
}

static void add_text(struct cb_buffer *out, const char *text)
{
    cb_terminal_add(out, text, strlen(text), CB_ONE_LINE);
}

void cb_terminal_explain(struct cb_buffer *out, const struct cb_error *err, const char *source)
{
    cb_buffer_adds(out, "cellblock: ");
    add_text(out, err->message[0] ? err->message : "something went wrong that left no message");
    if (err->phase[0]) {
        cb_buffer_adds(out, " (");
        add_text(out, err->phase);
        cb_buffer_adds(out, ")");
    }
    cb_buffer_adds(out, "\n");
    if (err->cell >= 0) {
        cb_buffer_addf(out, "  in cell %d", err->cell + 1);
        cleanup_buffer struct cb_buffer line = {0};
        if (source) {
            const char *end = strchr(source, '\n');
            cb_terminal_add(&line, source, end ? (size_t)(end - source) : strlen(source), CB_ONE_LINE);
            cb_terminal_fit(&line, 90);
        }
        if (line.length)
            cb_buffer_addf(out, ": %s", line.text);
        cb_buffer_adds(out, "\n");
    }
    if (err->remedy[0]) {
        cb_buffer_adds(out, "  what to do: ");
        add_text(out, err->remedy);
        cb_buffer_adds(out, "\n");
    }
}

int cb_cli_fail(const struct cb_error *err, const char *source)
{
    cleanup_buffer struct cb_buffer text = {0};
    cb_terminal_explain(&text, err, source);
    (void)cb_write_full(STDERR_FILENO, text.text, text.length);
    return (int)err->exit;
}

void cb_cli_note(const char *note)
{
    cleanup_buffer struct cb_buffer text = {0};
    cb_buffer_adds(&text, "cellblock: ");
    add_text(&text, note);
    cb_buffer_adds(&text, "\n");
    (void)cb_write_full(STDERR_FILENO, text.text, text.length);
}

int cb_cli_print(const char *text, size_t length)
{
    int code = cb_write_full(STDOUT_FILENO, text, length);
    if (code == 0)
        return 0;
    struct cb_error err = CB_ERROR_INIT;
    cb_fail_errno(&err, code, "", "cannot write to standard output");
    return cb_cli_fail(&err, NULL);
}
