/*
 * What one item of IPython syntax does: its options, the code that it runs, names that it binds and expressions
 * that it evaluates.
 */
#include "analyzer/ipython_private.h"

#include <string.h>

static const char *const no_strings[] = {NULL};

static size_t new_item(struct cb_ipython_reader *r, enum cb_ipython_kind kind, const char *name, const char *args)
{
    if (r->n_items == r->capacity) {
        r->capacity = r->capacity ? 2 * r->capacity : 8;
        r->items = cb_realloc(r->items, r->capacity * sizeof *r->items);
    }
    r->items[r->n_items] = (struct cb_ipython_item){
        .kind = kind, .name = name, .args = args, .names = no_strings, .expressions = no_strings,
        .offset = r->out.length, .line = r->line,
    };
    cb_buffer_adds(&r->out, "0");
    return r->n_items++;
}

/* --- words and options --- */

static const char *skip_space(const char *p)
{
    while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
        p++;
    return p;
}

static const char *word_end(const char *p)
{
    char quote = '\0';
    for (; *p && (quote || (*p != ' ' && (*p < '\t' || *p > '\r'))); p++) {
        if (quote ? *p == quote : *p == '\'' || *p == '"')
            quote = quote ? '\0' : *p;
    }
    return p;
}

/* Past the options that getopt() takes off the front, or NULL where it would refuse them. `--` ends them; %timeit
 * leaves it in the code. */
static const char *skip_options(const char *p, const char *options, bool keep_dashes)
{
    for (;;) {
        p = skip_space(p);
        if (p[0] != '-' || p[1] == '\0' || p[1] == ' ')
            return p;
        const char *end = word_end(p);
        if (p[1] == '-')
            return end - p != 2 ? NULL : keep_dashes ? p : skip_space(end);
        for (p++; p < end; p++) {
            const char *option = *p == ':' ? NULL : strchr(options, *p);
            if (!option)
                return NULL;
            if (option[1] == ':') {
                if (p + 1 == end)
                    end = word_end(skip_space(end));
                break;
            }
        }
        p = end;
    }
}

static bool is_name(const char *p, size_t n)
{
    if (n == 0 || (p[0] >= '0' && p[0] <= '9'))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!cb_ipython_is_word(p[i]))
            return false;
    return true;
}

static void add_name(struct cb_ipython_reader *r, struct cb_ipython_strings *names, const char *p, size_t n)
{
    if (is_name(p, n))
        cb_ipython_strings_add(names, r->arena, p, n);
}

/* --- names --- */

/* --out name, --out=name and shortened as argparse allows; the others alike. */
static void script_names(struct cb_ipython_reader *r, const char *p, struct cb_ipython_strings *names)
{
    for (const char *end; *(p = skip_space(p)); p = end) {
        end = word_end(p);
        if (end - p < 3 || p[0] != '-' || p[1] != '-')
            continue;
        const char *equals = memchr(p, '=', (size_t)(end - p));
        size_t n = (size_t)((equals ? equals : end) - p) - 2;
        if (n == 0 || (strncmp("out", p + 2, n) != 0 && strncmp("err", p + 2, n) != 0 && strncmp("proc", p + 2, n) != 0))
            continue;
        const char *value = equals ? equals + 1 : skip_space(end);
        end = equals ? end : word_end(value);
        add_name(r, names, value, (size_t)(end - value));
    }
}

/* All words that are names and no options; `-r` among them is told. */
static bool plain_words(struct cb_ipython_reader *r, const char *p, size_t most, struct cb_ipython_strings *names)
{
    bool restore = false;
    for (const char *end; *(p = skip_space(p)); p = end) {
        end = word_end(p);
        if (*p == '-')
            restore |= memchr(p, 'r', (size_t)(end - p)) != NULL;
        else if (*p == '>')
            break;
        else if (most-- > 0)
            add_name(r, names, p, (size_t)(end - p));
        else
            break;
    }
    return restore;
}

static void split_commas(struct cb_ipython_reader *r, const char *p, const char *end, struct cb_ipython_strings *names)
{
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma ? comma : end;
        add_name(r, names, p, (size_t)(stop - p));
        p = stop + 1;
    }
}

/* rpy2's -i a,b and -o c. */
static void r_names(struct cb_ipython_reader *r, const char *p, struct cb_ipython_strings *names, struct cb_ipython_strings *reads)
{
    for (const char *end; *(p = skip_space(p)); p = end) {
        end = word_end(p);
        bool input = strncmp(p, "-i", 2) == 0 || strncmp(p, "--input", (size_t)(end - p)) == 0;
        bool output = strncmp(p, "-o", 2) == 0 || strncmp(p, "--output", (size_t)(end - p)) == 0;
        if (*p != '-' || (!input && !output))
            continue;
        const char *value = p[1] != '-' && end - p > 2 ? p + 2 : skip_space(end);
        end = value > end ? word_end(value) : end;
        split_commas(r, value, end, input ? reads : names);
    }
}

/* `a.b.c` at the start, up to what is neither name nor dot: what %pinfo and `?` look up. */
static void read_object(struct cb_ipython_reader *r, const char *p, size_t n, struct cb_ipython_strings *reads)
{
    const char *end = p + n;
    while (p < end && (*p == ' ' || *p == '\t'))
        p++;
    const char *start = p;
    while (p < end && (cb_ipython_is_word(*p) || (*p == '.' && p > start && p + 1 < end && cb_ipython_is_word(p[1]))))
        p++;
    if (p < end && *p == '*') /* a pattern: up to the last dot, what is searched */
        while (p > start && *p != '.')
            p--;
    if (p > start && (*start < '0' || *start > '9'))
        cb_ipython_strings_add(reads, r->arena, start, (size_t)(p - start));
}

static void sc_names(struct cb_ipython_reader *r, const char *args, struct cb_ipython_strings *names)
{
    const char *p = skip_options(args, "lv", false), *equals = p ? strchr(p, '=') : NULL;
    if (!equals)
        return;
    const char *end = cb_ipython_rstrip(p, equals);
    add_name(r, names, p, (size_t)(end - p));
}

static void find_names(struct cb_ipython_reader *r, const struct cb_ipython_magic_row *row, const char *args,
                       struct cb_ipython_strings *names, struct cb_ipython_strings *reads)
{
    struct cb_ipython_strings words = {0};
    switch ((enum cb_ipython_words)row->words) {
    case CB_IPW_NONE:
        break;
    case CB_IPW_CAPTURE:
    case CB_IPW_FIRST:
        plain_words(r, args, 1, names);
        break;
    case CB_IPW_SCRIPT:
        script_names(r, args, names);
        break;
    case CB_IPW_STORE: {
        bool restore = plain_words(r, args, SIZE_MAX, &words);
        for (size_t i = 0; i < words.n; i++)
            cb_ipython_strings_add(restore ? names : reads, r->arena, words.items[i], strlen(words.items[i]));
        break;
    }
    case CB_IPW_SC:
        sc_names(r, args, names);
        break;
    case CB_IPW_BOUND:
        plain_words(r, args, SIZE_MAX, names);
        break;
    case CB_IPW_READ: {
        const char *p = skip_options(args, "rb", false); /* what %page and %pdoc may have */
        read_object(r, p ? p : args, strlen(p ? p : args), reads);
        break;
    }
    case CB_IPW_R:
        r_names(r, args, names, reads);
        break;
    }
    free(words.items);
}

/* --- code --- */

bool cb_ipython_can_follow(const char *code, size_t n)
{
    static const char *const compound[] = {"for", "while", "if", "with", "def", "class", "try", "async", NULL};
    struct cb_ipython_tokens tokens;
    struct cb_ipython_token token;
    size_t start = 0;
    while (start < n && (code[start] == ' ' || code[start] == '\t'))
        start++;
    if (start < n && (code[start] == '@' || code[n - 1] == '\\'))
        return false;
    for (size_t i = 0; compound[i]; i++) {
        size_t length = strlen(compound[i]);
        if (n - start >= length && memcmp(code + start, compound[i], length) == 0 &&
            (n - start == length || !cb_ipython_is_word(code[start + length])))
            return false;
    }
    cb_ipython_tokens_begin(&tokens, code, n, start);
    do {
        cb_ipython_tokens_next(&tokens, &token);
        if (token.type == CB_IPT_NL || token.type == CB_IPT_NEWLINE || tokens.depth < 0)
            return false;
    } while (token.type != CB_IPT_END);
    return !tokens.incomplete;
}

/* Python of code that does not stand in `out`: as text of its own. Items in it get placeholders behind the one of `item`. */
static void run_apart(struct cb_ipython_reader *r, size_t item, const char *const code[2], const size_t n[2], unsigned depth)
{
    struct cb_buffer outer = r->out;
    uint32_t line = r->line;
    size_t first = r->n_items;
    r->out = (struct cb_buffer){0};
    for (int i = 0; i < 2; i++) {
        if (i && code[0] && code[1]) {
            cb_buffer_adds(&r->out, "\n");
            r->line++;
        }
        if (code[i])
            cb_ipython_region(r, code[i], n[i], depth + 1);
    }
    r->items[item].body = cb_arena_copy(r->arena, r->out.text ? r->out.text : "", r->out.length);
    r->items[item].body_length = r->out.length;
    cb_buffer_free(&r->out);
    r->out = outer;
    r->line = line;
    for (size_t i = first; i < r->n_items; i++) {
        cb_buffer_adds(&r->out, "; ");
        r->items[i].offset = r->out.length;
        cb_buffer_adds(&r->out, "0");
    }
}

/* Code of a line magic, or of the first line of a cell magic whose body follows. */
static void run_line(struct cb_ipython_reader *r, size_t item, const char *code, bool apart, unsigned depth)
{
    size_t n = strlen(code);
    if (*skip_space(code) == '\0' || depth >= CB_IPYTHON_DEPTH) {
        r->items[item].code = CB_IPYTHON_NO_CODE;
        return;
    }
    if (apart || r->items[item].code == CB_IPYTHON_FUNCTION || !cb_ipython_can_follow(code, n)) {
        run_apart(r, item, (const char *const[2]){code, NULL}, (const size_t[2]){n, 0}, depth);
        return;
    }
    cb_buffer_adds(&r->out, "; ");
    cb_ipython_region(r, code, n, depth + 1);
}

static enum cb_ipython_code code_of(const struct cb_ipython_magic_row *row)
{
    return row->flags & CB_IPM_INLINE ? CB_IPYTHON_INLINE : row->flags & CB_IPM_FUNCTION ? CB_IPYTHON_FUNCTION : CB_IPYTHON_NO_CODE;
}

/* --- the kinds --- */

static void set_strings(struct cb_ipython_reader *r, size_t item, struct cb_ipython_strings *names, struct cb_ipython_strings *expressions)
{
    r->items[item].names = cb_ipython_strings_take(names, r->arena);
    r->items[item].expressions = cb_ipython_strings_take(expressions, r->arena);
}

void cb_ipython_line_magic(struct cb_ipython_reader *r, const char *name, const char *args, bool assigned, unsigned depth)
{
    const struct cb_ipython_magic_row *row = cb_ipython_magic_find(name, strlen(name));
    struct cb_ipython_strings names = {0}, expressions = {0};
    size_t item = new_item(r, row && row->flags & CB_IPM_SHELL ? CB_IPYTHON_SHELL : CB_IPYTHON_MAGIC, name, args);
    bool no_expand = row && (row->flags & CB_IPM_NO_EXPAND) && (row->flags & CB_IPM_LINE);
    if (!no_expand)
        cb_ipython_expand(r->arena, args, strlen(args), &expressions);
    if (row && (row->flags & CB_IPM_LINE)) {
        find_names(r, row, args, &names, &expressions);
        if (row->flags & CB_IPM_STATUS)
            cb_ipython_strings_add(&names, r->arena, "_exit_code", 10);
        const char *equals = row->words == CB_IPW_SC ? strchr(args, '=') : NULL;
        if (equals)
            r->items[item].args = equals + 1;
        const char *code = row->options ? skip_options(args, row->options, row->flags & CB_IPM_FUNCTION) : args;
        for (size_t length; code && row->flags & CB_IPM_FUNCTION && (length = cb_ipython_space(code, code + strnlen(code, 3))); code += length)
            ;
        r->items[item].code = code ? code_of(row) : CB_IPYTHON_NO_CODE;
        if (r->items[item].code)
            run_line(r, item, code, assigned, depth);
    }
    set_strings(r, item, &names, &expressions);
}

void cb_ipython_shell(struct cb_ipython_reader *r, const char *command, bool captured)
{
    struct cb_ipython_strings names = {0}, expressions = {0};
    size_t item = new_item(r, CB_IPYTHON_SHELL, "", command);
    cb_ipython_expand(r->arena, command, strlen(command), &expressions);
    if (!captured) /* system_piped() keeps the status in the namespace, getoutput() does not */
        cb_ipython_strings_add(&names, r->arena, "_exit_code", 10);
    set_strings(r, item, &names, &expressions);
}

void cb_ipython_help(struct cb_ipython_reader *r, const char *target, size_t n)
{
    struct cb_ipython_strings names = {0}, expressions = {0};
    size_t item = new_item(r, CB_IPYTHON_HELP, "", cb_arena_copy(r->arena, target, n));
    cb_ipython_expand(r->arena, target, n, &expressions);
    read_object(r, target, n, &expressions);
    set_strings(r, item, &names, &expressions);
}

void cb_ipython_call(struct cb_ipython_reader *r, const char *args, const char *call)
{
    struct cb_ipython_strings names = {0}, expressions = {0};
    size_t item = new_item(r, CB_IPYTHON_CALL, "", args);
    cb_ipython_strings_add(&expressions, r->arena, call, strlen(call));
    set_strings(r, item, &names, &expressions);
}

static void add_newlines(struct cb_ipython_reader *r, const char *p, size_t n)
{
    for (const char *end = p + n; (p = memchr(p, '\n', (size_t)(end - p))); p++) {
        cb_buffer_add(&r->out, "\n", 1);
        r->line++;
    }
}

/* A body that is Python: on its own lines, or apart. */
static void run_body(struct cb_ipython_reader *r, size_t item, const struct cb_ipython_magic_row *row, const char *code,
                     const char *body, size_t n, unsigned depth)
{
    bool has_line = *code != '\0';
    if (row->flags & CB_IPM_FUNCTION || (has_line && !cb_ipython_can_follow(code, strlen(code)))) {
        run_apart(r, item, (const char *const[2]){has_line ? code : NULL, body}, (const size_t[2]){strlen(code), n}, depth);
        cb_buffer_adds(&r->out, "\n");
        r->line++;
        add_newlines(r, body, n);
        return;
    }
    if (has_line)
        run_line(r, item, code, false, depth);
    cb_buffer_adds(&r->out, "\n");
    r->line++;
    cb_ipython_region(r, body, n, depth + 1);
}

/* What %%name runs of its first line: code of %%prun and %%timeit; nothing where IPython refuses it (NULL). */
static const char *first_line_code(const struct cb_ipython_magic_row *row, const char *line)
{
    if (row->words == CB_IPW_CAPTURE || strcmp(row->name, "debug") == 0)
        return "";
    const char *code = row->options ? skip_options(line, row->options, row->flags & CB_IPM_FUNCTION) : skip_space(line);
    return code && *code && strcmp(row->name, "time") == 0 ? NULL : code;
}

void cb_ipython_cell_magic(struct cb_ipython_reader *r, const char *name, const char *line, const char *body, size_t n,
                           unsigned depth)
{
    const struct cb_ipython_magic_row *row = cb_ipython_magic_find(name, strlen(name));
    struct cb_ipython_strings names = {0}, expressions = {0};
    size_t item = new_item(r, CB_IPYTHON_CELL, name, line);
    bool known = row && (row->flags & CB_IPM_CELL);
    if (!known || !(row->flags & CB_IPM_NO_EXPAND))
        cb_ipython_expand(r->arena, line, strlen(line), &expressions);
    if (known && n > 0) { /* with an empty body IPython only tells the usage */
        find_names(r, row, line, &names, &expressions);
        if (row->flags & CB_IPM_EXPAND_BODY)
            cb_ipython_expand(r->arena, body, n, &expressions);
    }
    set_strings(r, item, &names, &expressions);
    const char *code = known && code_of(row) && depth < CB_IPYTHON_DEPTH ? first_line_code(row, line) : NULL;
    if (code) {
        r->items[item].code = code_of(row);
        if (n > 0) {
            run_body(r, item, row, code, body, n, depth);
            return;
        }
    }
    r->items[item].body = code ? NULL : cb_arena_copy(r->arena, body, n);
    r->items[item].body_length = code ? 0 : n;
    cb_buffer_adds(&r->out, "\n");
    r->line++;
    add_newlines(r, body, n);
}
