/*
 * analyzer: from text to ast.h. What is checked before tree-sitter sees the text, and the one walk over its tree.
 */
#include "analyzer/parse_walk.h"

#include <string.h>

const TSLanguage *tree_sitter_python(void);

enum {
    BRACKETS_MAX = 200,       /* MAXLEVEL, CPython's tokenizer.c */
    INDENTS_MAX = 380,        /* see check_indents */
    WORK_PER_BYTE = 1,        /* progress reports (one for 100 steps of the parser) … */
    WORK_MIN = 20000          /* … that any text may take */
};

/* What the grammar calls its symbols, as our kinds; several symbols may have one name. */
static uint8_t kind_of(const char *name, bool named)
{
#define CB_CONCRETE_ROW(enumerator, text) {CB_K_##enumerator, text},
    static const struct row {
        uint8_t kind;
        const char *name;
    } nodes[] = {CB_CONCRETE_EXPRESSIONS(CB_CONCRETE_ROW) CB_CONCRETE_STATEMENTS(CB_CONCRETE_ROW)
                     CB_CONCRETE_PARTS(CB_CONCRETE_ROW){CB_K_EXTRA, "comment"},
                 {CB_K_EXTRA, "line_continuation"},
                 {0, NULL}},
      tokens[] = {CB_CONCRETE_TOKENS(CB_CONCRETE_ROW){0, NULL}};
    for (const struct row *row = named ? nodes : tokens; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row->kind;
    return CB_K_OTHER;
}

struct cb_parser *cb_parser_new(struct cb_names *names)
{
    const TSLanguage *language = tree_sitter_python();
    struct cb_parser *parser = cb_alloc(sizeof *parser);
    parser->names = names;
    parser->ts = ts_parser_new();
    if (!parser->ts || !ts_parser_set_language(parser->ts, language))
        abort(); /* another version of the grammar than of the library: a build that cannot work */
    parser->n_kinds = ts_language_symbol_count(language);
    parser->kinds = cb_alloc(parser->n_kinds);
    for (uint32_t i = 0; i < parser->n_kinds; i++) {
        TSSymbol symbol = (TSSymbol)i;
        bool named = ts_language_symbol_type(language, symbol) == TSSymbolTypeRegular;
        parser->kinds[i] = kind_of(ts_language_symbol_name(language, symbol), named);
    }
    parser->field_attribute = ts_language_field_id_for_name(language, "attribute", 9);
    return parser;
}

void cb_parser_free(struct cb_parser *parser)
{
    if (!parser)
        return;
    ts_parser_delete(parser->ts);
    free(parser->kinds);
    free(parser->spine);
    free(parser);
}

/* The end of the string whose quote is at `p`. */
static const char *pass_string(const char *p, const char *end, uint32_t *line)
{
    char quote = *p;
    bool triple = end - p >= 3 && p[1] == quote && p[2] == quote;
    for (p += triple ? 3 : 1; p < end; p++) {
        if (*p == '\\' && p + 1 < end) {
            p++;
        } else if (*p == quote && (!triple || (end - p >= 3 && p[1] == quote && p[2] == quote))) {
            return p + (triple ? 3 : 1);
        } else if (*p == '\n' && !triple) {
            return p;
        }
        *line += *p == '\n';
    }
    return end;
}

/* The line where brackets nest too deep, or 0. Knows strings and comments. */
static uint32_t check_brackets(const char *p, const char *end)
{
    uint32_t depth = 0, line = 1;
    while (p < end) {
        switch (*p) {
        case '"':
        case '\'': p = pass_string(p, end, &line); continue;
        case '#':
            p = memchr(p, '\n', (size_t)(end - p));
            if (!p)
                return 0;
            continue;
        case '(':
        case '[':
        case '{':
            if (++depth > BRACKETS_MAX)
                return line;
            break;
        case ')':
        case ']':
        case '}': depth -= depth > 0; break;
        case '\n': line++; break;
        default: break;
        }
        p++;
    }
    return 0;
}

/* Whether the text has more widths of indentation than the grammar's scanner can save: its stack of them is copied
 * into 1024 bytes, and an odd number of open strings lets it write one byte beyond (tree-sitter-python 0.25,
 * scanner.c). The stack has each width once, so their number bounds it. Widths as the scanner counts them. */
static bool check_indents(const char *p, const char *end)
{
    uint64_t seen[1024] = {0};
    uint32_t n = 0;
    while (p < end) {
        uint16_t width = 0;
        for (; p < end; p++) {
            if (*p == ' ')
                width++;
            else if (*p == '\t')
                width = (uint16_t)(width + 8);
            else if (*p == '\n' || *p == '\r' || *p == '\f')
                width = 0;
            else if (*p == '\\' && end - p >= 2 && p[1] == '\n')
                p++;
            else if (*p == '\\' && end - p >= 3 && p[1] == '\r' && p[2] == '\n')
                p += 2;
            else
                break;
        }
        uint64_t bit = (uint64_t)1 << (width & 63);
        n += !(seen[width >> 6] & bit);
        seen[width >> 6] |= bit;
        p = p < end ? memchr(p, '\n', (size_t)(end - p)) : end;
        if (!p)
            break;
    }
    return n <= INDENTS_MAX;
}

/* The text as tree-sitter takes it, of the same length: no NUL, every line end with a newline. A copy only where it
 * differs (to be freed). */
static char *tame(const char *text, size_t length, uint32_t *nul_line)
{
    const char *nul = length ? memchr(text, 0, length) : NULL;
    const char *cr = length ? memchr(text, '\r', length) : NULL;
    if (!nul && !cr)
        return NULL;
    char *copy = cb_alloc(length + 1);
    memcpy(copy, text, length);
    uint32_t line = 1;
    for (size_t i = 0; i < length; i++) {
        if (copy[i] == '\r' && (i + 1 == length || copy[i + 1] != '\n'))
            copy[i] = '\n';
        if (copy[i] == 0) {
            copy[i] = ' ';
            if (!*nul_line)
                *nul_line = line;
        }
        line += copy[i] == '\n';
    }
    return copy;
}

struct source {
    const char *text;
    uint32_t length;
    uint64_t work, work_max;
};

static const char *read_source(void *payload, uint32_t offset, TSPoint position, uint32_t *n)
{
    struct source *source = payload;
    (void)position;
    *n = offset < source->length ? source->length - offset : 0;
    return source->text + (*n ? offset : 0);
}

static bool too_much(TSParseState *state)
{
    struct source *source = state->payload;
    return ++source->work > source->work_max;
}

/* Line of the first error node, or 0; goes only where one is below. */
static uint32_t first_error(struct cb_builder *b)
{
    TSNode root = ts_tree_cursor_current_node(&b->cursor);
    uint32_t line = 0, below = 0;
    if (!ts_node_has_error(root))
        return 0;
    for (;;) {
        TSNode node = ts_tree_cursor_current_node(&b->cursor);
        if (ts_node_is_error(node) || ts_node_is_missing(node)) {
            line = ts_node_start_point(node).row + b->first_line;
            break;
        }
        if (ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&b->cursor)) {
            below++;
            continue;
        }
        while (below && !ts_tree_cursor_goto_next_sibling(&b->cursor)) {
            ts_tree_cursor_goto_parent(&b->cursor);
            below--;
        }
        if (!below)
            break;
    }
    ts_tree_cursor_reset(&b->cursor, root);
    return line;
}

static void walk(struct cb_parser *parser, TSTree *tree, const struct source *source, uint32_t first_line,
                 const struct cb_ipython *ipython, struct cb_module *out)
{
    struct cb_builder b = {
        .parser = parser, .names = parser->names, .arena = parser->names->arena, .text = source->text,
        .length = source->length, .first_line = first_line, .ipython = ipython && ipython->n_items ? ipython : NULL};
    b.cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    uint32_t line = first_error(&b);
    if (line)
        cb_note_error(&b, line);
    b.node = ts_tree_cursor_current_node(&b.cursor);
    out->body = cb_build_block(&b);
    out->error_line = b.error_line;
    ts_tree_cursor_delete(&b.cursor);
}

static void parse(struct cb_parser *parser, const char *text, size_t length, uint32_t first_line,
                  const struct cb_ipython *ipython, struct cb_module *out)
{
    uint32_t nul_line = 0, deep;
    if (length > INT32_MAX) {
        out->refused = "longer than 2 GiB";
        return;
    }
    cleanup_free char *tamed = tame(text, length, &nul_line);
    struct source source = {.text = tamed ? tamed : text, .length = (uint32_t)length};
    source.work_max = (uint64_t)length * WORK_PER_BYTE + WORK_MIN;
    if ((deep = check_brackets(source.text, source.text + length))) {
        out->refused = "brackets are nested more than 200 deep";
        out->error_line = deep + first_line - 1;
        return;
    }
    if (!check_indents(source.text, source.text + length)) {
        out->refused = "too many levels of indentation";
        out->error_line = first_line;
        return;
    }
    TSInput input = {.payload = &source, .read = read_source, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = &source, .progress_callback = too_much};
    TSTree *tree = ts_parser_parse_with_options(parser->ts, NULL, input, options);
    if (!tree) {
        ts_parser_reset(parser->ts);
        out->refused = "too much work to parse";
        return;
    }
    walk(parser, tree, &source, first_line, ipython, out);
    ts_tree_delete(tree);
    if (nul_line && (!out->error_line || nul_line + first_line - 1 < out->error_line))
        out->error_line = nul_line + first_line - 1;
}

void cb_parse(struct cb_parser *parser, const struct cb_ipython *cell, struct cb_module *out)
{
    *out = (struct cb_module){.ipython = cell};
    parse(parser, cell->python, cell->length, 1, cell, out);
}

struct cb_ast *cb_parse_fragment(struct cb_parser *parser, const char *text, size_t length, uint32_t first_line)
{
    struct cb_module module = {0};
    parse(parser, text, length, first_line, NULL, &module);
    return module.body;
}
