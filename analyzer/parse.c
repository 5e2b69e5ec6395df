/*
 * analyzer: from text to ast.h. What is checked before tree-sitter sees the text, and the one walk over its tree.
 */
#include "analyzer/parse_walk.h"

#include <stdatomic.h>
#include <string.h>

const TSLanguage *tree_sitter_python(void);

enum {
    BRACKETS_MAX = 200,       /* MAXLEVEL, CPython's tokenizer.c */
    INDENTS_MAX = 380,        /* see check_indents */
    CONTINUED_MAX = 200,      /* see struct look */
    DOTS_MAX = 1000,
    UNFOLD_FROM = 256 << 10,  /* bytes of text, from which parse_table.c pays */
    BYTES_PER_WORK = 5,       /* text for a progress report (100 steps of the parser; Python takes 20 bytes and more) … */
    WORK_MIN = 20000          /* … and reports that any text may take */
};

static _Atomic size_t parsed; /* bytes, by all parsers */

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

/* Parsers that are not in use: making one costs as much as parsing some kilobytes, and a used one has its pools filled. */
enum { SPARES = 8 };
static struct cb_parser *_Atomic spares[SPARES];

static struct cb_parser *make_parser(void)
{
    const TSLanguage *language = tree_sitter_python();
    struct cb_parser *parser = cb_alloc(sizeof *parser);
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

struct cb_parser *cb_parser_new(struct cb_names *names)
{
    struct cb_parser *parser = NULL;
    for (int i = 0; i < SPARES && !parser; i++)
        parser = atomic_exchange(&spares[i], NULL);
    if (!parser)
        parser = make_parser();
    parser->names = names;
    return parser;
}

void cb_parser_free(struct cb_parser *parser)
{
    if (!parser)
        return;
    ts_parser_reset(parser->ts);
    parser->names = NULL;
    for (int i = 0; i < SPARES; i++) {
        struct cb_parser *none = NULL;
        if (atomic_compare_exchange_strong(&spares[i], &none, parser))
            return;
    }
    ts_parser_delete(parser->ts);
    free(parser->kinds);
    free(parser->spine);
    free(parser);
}

/* What a first look over the text finds. It knows strings and comments, and blanks the comments: the grammar's scanner
 * would read a run of them again from each of them (as it does with empty continued lines, which are bounded). */
struct look {
    char *p, *end;
    uint32_t line, depth;
    uint32_t continued; /* empty lines with a backslash, in a row */
    uint32_t dots;      /* in a row: recovery from an error looks at all `...` before for each */
    const char *refused;
};

/* To the end of the string whose quote is at `p`. */
static void pass_string(struct look *look)
{
    char *p = look->p, quote = *p;
    bool triple = look->end - p >= 3 && p[1] == quote && p[2] == quote;
    for (p += triple ? 3 : 1; p < look->end; p++) {
        if (*p == '\\' && p + 1 < look->end) {
            p++;
        } else if (*p == quote && (!triple || (look->end - p >= 3 && p[1] == quote && p[2] == quote))) {
            p += triple ? 3 : 1;
            break;
        } else if (*p == '\n' && !triple) {
            break;
        }
        look->line += *p == '\n';
    }
    look->p = p < look->end ? p : look->end;
}

static void pass_continuation(struct look *look)
{
    char *p = look->p + 1;
    if (p < look->end && *p == '\r')
        p++;
    if (p < look->end && *p == '\n') {
        look->line++;
        if (++look->continued > CONTINUED_MAX)
            look->refused = "too many continued lines without anything in them";
    }
    look->p = p < look->end ? p + 1 : look->end;
}

static void pass_comment(struct look *look)
{
    char *stop = memchr(look->p, '\n', (size_t)(look->end - look->p));
    if (!stop)
        stop = look->end;
    memset(look->p, ' ', (size_t)(stop - look->p));
    look->p = stop;
}

static void look_over(struct look *look)
{
    while (look->p < look->end && !look->refused) {
        char c = *look->p;
        if (c == '\\') {
            pass_continuation(look);
            continue;
        }
        if (c != ' ' && c != '\t') {
            look->continued = 0;
            look->dots = c == '.' ? look->dots + 1 : 0;
        }
        switch (c) {
        case '"':
        case '\'': pass_string(look); continue;
        case '#': pass_comment(look); continue;
        case '(':
        case '[':
        case '{':
            if (++look->depth > BRACKETS_MAX)
                look->refused = "brackets are nested more than 200 deep";
            break;
        case ')':
        case ']':
        case '}': look->depth -= look->depth > 0; break;
        case '\n': look->line++; break;
        case '.':
            if (look->dots > DOTS_MAX)
                look->refused = "too many dots in a row";
            break;
        default: break;
        }
        look->p++;
    }
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

/* A copy of the text as tree-sitter takes it: without NUL, and every line end with a newline. */
static char *tame(const char *text, size_t length, uint32_t *nul_line)
{
    char *copy = cb_alloc(length + 1);
    if (!length)
        return copy;
    memcpy(copy, text, length);
    if (memchr(text, '\r', length))
        for (size_t i = 0; i < length; i++)
            if (copy[i] == '\r' && (i + 1 == length || copy[i + 1] != '\n'))
                copy[i] = '\n';
    if (memchr(copy, 0, length)) {
        uint32_t line = 1;
        for (size_t i = 0; i < length; i++) {
            line += copy[i] == '\n';
            if (copy[i] == 0) {
                copy[i] = ' ';
                if (!*nul_line)
                    *nul_line = line;
            }
        }
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

static void walk(struct cb_parser *parser, TSTree *tree, const struct source *source, uint32_t first_line, uint32_t depth,
                 const struct cb_ipython *ipython, struct cb_module *out)
{
    struct cb_builder b = {
        .parser = parser, .names = parser->names, .arena = parser->names->arena, .text = source->text,
        .length = source->length, .first_line = first_line, .depth = depth, .ipython = ipython && ipython->n_items ? ipython : NULL};
    b.cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    uint32_t line = first_error(&b);
    if (line)
        cb_note_error(&b, line);
    b.node = ts_tree_cursor_current_node(&b.cursor);
    out->body = cb_build_block(&b);
    out->error_line = b.error_line;
    ts_tree_cursor_delete(&b.cursor);
}

static void parse(struct cb_parser *parser, const char *text, size_t length, uint32_t first_line, uint32_t depth,
                  const struct cb_ipython *ipython, struct cb_module *out)
{
    uint32_t nul_line = 0;
    if (length > INT32_MAX) {
        out->refused = "longer than 2 GiB";
        return;
    }
    cleanup_free char *tamed = tame(text, length, &nul_line);
    struct source source = {.text = tamed, .length = (uint32_t)length};
    source.work_max = (uint64_t)length / BYTES_PER_WORK + WORK_MIN;
    struct look look = {.p = tamed, .end = tamed + length, .line = first_line};
    look_over(&look);
    if (look.refused) {
        out->refused = look.refused;
        out->error_line = look.line;
        return;
    }
    if (atomic_fetch_add(&parsed, length) + length >= UNFOLD_FROM && !parser->unfolded)
        parser->unfolded = ts_parser_set_language(parser->ts, cb_parse_language());
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
    walk(parser, tree, &source, first_line, depth, ipython, out);
    ts_tree_delete(tree);
    if (nul_line && (!out->error_line || nul_line + first_line - 1 < out->error_line))
        out->error_line = nul_line + first_line - 1;
}

void cb_parse(struct cb_parser *parser, const struct cb_ipython *cell, struct cb_module *out)
{
    *out = (struct cb_module){.ipython = cell};
    parse(parser, cell->python, cell->length, 1, 0, cell, out);
}

struct cb_ast *cb_parse_fragment(struct cb_builder *b, const char *text, size_t length, uint32_t first_line)
{
    struct cb_module module = {0};
    if (b->depth >= CB_DEPTH_MAX)
        return NULL;
    parse(b->parser, text, length, first_line, b->depth, NULL, &module);
    if (module.error_line)
        cb_note_error(b, module.error_line);
    return module.body;
}
