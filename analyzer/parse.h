/*
 * analyzer, private part: from Python text to ast.h, with tree-sitter.
 */
#ifndef CB_ANALYZER_PARSE_H
#define CB_ANALYZER_PARSE_H

#include "analyzer/ast.h"
#include "analyzer/ipython.h"

struct cb_parser; /* reusable; one a thread */

/* What one cell is. */
struct cb_module {
    struct cb_ast *body;         /* statements list */
    const struct cb_ipython *ipython;
    uint32_t error_line;         /* of the first syntax error, 0 for none */
    const char *refused;         /* why nothing was parsed (too deep, too much work), a constant; else NULL */
};

struct cb_parser *cb_parser_new(struct cb_names *names);
void cb_parser_free(struct cb_parser *parser);

/* Bounds, above which a cell is refused: nesting of brackets beyond CPython's own 200 (MAXLEVEL, tokenizer.c)
 * is a syntax error; of the tree, 3000; work, a count that grows with the length of the text, not the clock. */
void cb_parse(struct cb_parser *parser, const struct cb_ipython *cell, struct cb_module *out);

#endif
