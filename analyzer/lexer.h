/*
 * analyzer, private part: IPython source as logical lines of tokens. Enough to tell code from strings,
 * comments and magics; it never fails, since a cell with a syntax error must be analysed like any other.
 */
#ifndef CB_ANALYZER_LEXER_H
#define CB_ANALYZER_LEXER_H

#include "base/base.h"

enum cb_token_type {
    CB_TOKEN_NAME,
    CB_TOKEN_NUMBER,
    CB_TOKEN_STRING,
    CB_TOKEN_FSTRING,
    CB_TOKEN_OP,
    CB_TOKEN_MAGIC
};

struct cb_token {
    enum cb_token_type type;
    const char *text; /* into the source; a MAGIC token runs to the end of its line */
    size_t length;
};

struct cb_lexer {
    const char *p, *end;
    long base_indent; /* IPython removes the indentation of the first line from all; -1 before that line */
    long indent;      /* of the current logical line, beyond the base */
    struct cb_token *tokens;
    size_t n, capacity;
};

/* Start on a cell. False for a cell magic whose body is not Python of this kernel; then `magic` (may be NULL)
 * is that first line. %%time, %%timeit and %%capture are passed over. */
bool cb_lexer_begin(struct cb_lexer *lexer, const char *source, struct cb_token *magic);
/* Fill `tokens` with the next logical line that holds any. False at the end. */
bool cb_lexer_next(struct cb_lexer *lexer);
void cb_lexer_end(struct cb_lexer *lexer);

bool cb_token_is(const struct cb_token *token, const char *text);

#endif
