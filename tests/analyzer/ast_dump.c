/*
 * Prints the analyzer's AST (ast.h) for tests/analyzer/ast_diff.py. On standard input, any number of times: a line with
 * a length, and so many bytes of Python; on standard output the same way: "error line" of the first syntax error (0: none)
 * or "refused", and the dump. With --time N: parses each N times and prints the seconds for the fastest instead.
 */
#include "analyzer/parse.h"

#include <string.h>
#include <time.h>

static const char *const kinds[] = {
    "NONE", "EXPR", "ASSIGN", "ANN_ASSIGN", "AUG_ASSIGN", "DELETE", "FOR", "WHILE", "IF", "WITH", "WITH_ITEM", "TRY",
    "HANDLER", "MATCH", "CASE", "FUNCTION", "CLASS", "IMPORT", "IMPORT_FROM", "ALIAS", "GLOBAL", "NONLOCAL", "RETURN",
    "RAISE", "ASSERT", "PASS", "BREAK", "CONTINUE", "TYPE_ALIAS", "IPYTHON", "NAME", "ATTRIBUTE", "SUBSCRIPT",
    "STARRED", "CALL", "KEYWORD", "BOOL_OP", "UNARY", "BINARY", "COMPARE", "IF_EXP", "TUPLE", "LIST", "SET", "DICT",
    "DOUBLE_STAR", "LIST_COMP", "SET_COMP", "GENERATOR", "DICT_COMP", "CLAUSE", "LAMBDA", "AWAIT", "YIELD",
    "YIELD_FROM", "NAMED", "STRING", "FSTRING", "NUMBER", "CONSTANT", "SLICE", "PARAM", "TYPE_PARAM", "P_CAPTURE",
    "P_VALUE", "P_SEQUENCE", "P_STAR", "P_MAPPING", "P_CLASS", "P_OR"};

/* Nodes whose counterparts in Python have no line. */
static bool has_line(enum cb_ast_kind kind)
{
    return kind != CB_AST_WITH_ITEM && kind != CB_AST_CASE && kind != CB_AST_CLAUSE && kind != CB_AST_DOUBLE_STAR &&
           kind != CB_AST_TYPE_PARAM;
}

static bool has_value(enum cb_ast_kind kind)
{
    return kind == CB_AST_NUMBER || kind == CB_AST_CONSTANT || kind == CB_AST_IMPORT_FROM || kind == CB_AST_IPYTHON;
}

static void dump_text(struct cb_buffer *out, const char *text)
{
    cb_buffer_adds(out, " '");
    for (; *text; text++)
        if ((uint8_t)*text < 0x21 || (uint8_t)*text > 0x7e || *text == '\'' || *text == '\\')
            cb_buffer_addf(out, "\\%02x", (uint8_t)*text);
        else
            cb_buffer_add(out, text, 1);
    cb_buffer_adds(out, "'");
}

static void dump_list(struct cb_buffer *out, const struct cb_names *names, const struct cb_ast *node, bool lines)
{
    for (; node; node = node->next) {
        cb_buffer_adds(out, kinds[node->kind]);
        if (lines && has_line(node->kind))
            cb_buffer_addf(out, " @%u", node->line);
        if (node->name)
            dump_text(out, names->text[node->name]);
        if (node->text)
            dump_text(out, node->text);
        else if (node->kind == CB_AST_STRING)
            cb_buffer_adds(out, " ~");
        if (has_value(node->kind))
            cb_buffer_addf(out, " %d", node->value);
        if (node->flags)
            cb_buffer_addf(out, " !%u", node->flags);
        const struct cb_ast *parts[] = {node->a, node->b, node->c, node->d, node->extra};
        size_t n = sizeof parts / sizeof *parts;
        while (n && !parts[n - 1])
            n--;
        for (size_t i = 0; i < n; i++) {
            cb_buffer_adds(out, i ? "\n|\n" : "\n(\n");
            dump_list(out, names, parts[i], lines && node->kind != CB_AST_FSTRING);
        }
        if (n)
            cb_buffer_adds(out, ")");
        cb_buffer_adds(out, "\n");
    }
}

/* Not the clock: other work on the machine is left out. */
static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void one(const char *text, size_t length, long repeat)
{
    double fastest = 1e9;
    for (long i = 0; i < (repeat ? repeat : 1); i++) {
        struct cb_arena arena = {0};
        struct cb_names names;
        cb_names_init(&names, &arena);
        struct cb_parser *parser = cb_parser_new(&names);
        struct cb_ipython cell = {.python = text, .length = length};
        struct cb_module module;
        double begin = cpu_seconds();
        cb_parse(parser, &cell, &module);
        double seconds = cpu_seconds() - begin;
        if (seconds < fastest)
            fastest = seconds;
        if (!repeat) {
            struct cb_buffer out = {0};
            cb_buffer_addf(&out, "error line %u%s%s\n", module.error_line, module.refused ? " refused: " : "",
                           module.refused ? module.refused : "");
            dump_list(&out, &names, module.body, true);
            printf("%zu\n%s", out.length, out.text);
            fflush(stdout);
            cb_buffer_free(&out);
        }
        cb_parser_free(parser);
        cb_names_free(&names);
        cb_arena_free(&arena);
    }
    if (repeat) {
        printf("%.9f\n", fastest);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    long repeat = argc > 2 && strcmp(argv[1], "--time") == 0 ? strtol(argv[2], NULL, 10) : 0;
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        size_t length = strtoul(line, NULL, 10);
        cleanup_free char *text = cb_alloc(length + 1);
        if (fread(text, 1, length, stdin) != length)
            return 1;
        /* Exactly as long as it is, so that a sanitizer sees any read behind it. */
        cleanup_free char *exact = cb_alloc(length ? length : 1);
        memcpy(exact, text, length);
        one(exact, length, repeat);
    }
    return 0;
}
