/*
 * analyzer, private to ipython*.c: pieces of the reader of IPython syntax.
 *
 * ipython_text.c    lines and spaces as Python's str has them; what IPython removes from a cell beforehand
 * ipython_tokens.c  tokens as the standard library's tokenize has them, as far as IPython looks at them
 * ipython.c         finds the items of a cell and writes the Python text
 * ipython_items.c   an item's options, code, names and expressions
 * ipython_expand.c  {expr} and $name in commands
 * ipython_magics.c  the table of magics
 */
#ifndef CB_ANALYZER_IPYTHON_PRIVATE_H
#define CB_ANALYZER_IPYTHON_PRIVATE_H

#include "analyzer/ipython.h"

/* --- text --- */

/* Length of the character at p[0] if Python's str.isspace() holds for it, else 0. */
size_t cb_ipython_space(const char *p, const char *end);
/* Length of the line terminator (of str.splitlines) at p[0], else 0. */
size_t cb_ipython_terminator(const char *p, const char *end);
/* Just past the line that starts at `pos`, its terminator included. */
size_t cb_ipython_line_end(const char *text, size_t n, size_t pos);
/* `end` moved back over spaces, as str.rstrip() does. */
const char *cb_ipython_rstrip(const char *p, const char *end);
/* Whether a byte may match \w: every one of a character beyond ASCII may. */
static inline bool cb_ipython_is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}
/* Whether what starts at p[0], or ends before p[0], is a byte of a word: beyond ASCII, whatever is no space. */
static inline bool cb_ipython_word(const char *p, const char *end)
{
    return p < end && cb_ipython_is_word(*p) && !((unsigned char)*p >= 0x80 && cb_ipython_space(p, end));
}
bool cb_ipython_word_before(const char *p, const char *start);

/* Text that IPython's cleanup transforms have been applied to, with a newline at its end. Leading empty lines
 * stay as line ends: `start` is where the text begins for IPython. */
struct cb_ipython_clean {
    char *text; /* malloc; with NUL at the end */
    size_t length, start;
    bool newline_added, prompts, changed;
};
void cb_ipython_clean(const char *source, size_t n, struct cb_ipython_clean *out);
/* Whether the two first lines hold a prompt. */
bool cb_ipython_has_prompt(const char *text, size_t n);

/* --- tokens --- */

enum cb_ipython_token_type {
    CB_IPT_END,
    CB_IPT_NAME,
    CB_IPT_NUMBER,
    CB_IPT_STRING,
    CB_IPT_OP,
    CB_IPT_ERROR, /* a character that starts no token: ! ? $ … */
    CB_IPT_SPACE, /* spaces before such a character, which tokenize reports as error tokens too */
    CB_IPT_COMMENT,
    CB_IPT_NL,
    CB_IPT_NEWLINE
};

struct cb_ipython_token {
    enum cb_ipython_token_type type;
    size_t start, end;
};

/* A tokenizer may be copied to come back to where it was. */
struct cb_ipython_tokens {
    const char *text;
    size_t n;
    size_t pos, line_start, line_end;
    int64_t depth; /* of brackets, negative after unmatched closing ones, as in tokenize */
    bool continued, blank_line, unclosed[2], ended;
    bool incomplete; /* the text ended in a string, in brackets or after a backslash */
};
void cb_ipython_tokens_begin(struct cb_ipython_tokens *t, const char *text, size_t n, size_t pos);
void cb_ipython_tokens_next(struct cb_ipython_tokens *t, struct cb_ipython_token *out);
/* Go on at the start of a line, as after a complete statement. */
void cb_ipython_tokens_resume(struct cb_ipython_tokens *t, size_t pos);

/* --- reading --- */

struct cb_ipython_reader {
    struct cb_arena *arena;
    struct cb_buffer out;
    struct cb_ipython_item *items; /* malloc */
    size_t n_items, capacity;
    uint32_t line; /* of the end of `out` */
    bool prompts, changed;
};
/* Magics may run code that has magics; deeper ones are not followed. */
#define CB_IPYTHON_DEPTH 16u
/* Append the Python of a cell, or of code that a magic hands to transform_cell(). */
void cb_ipython_region(struct cb_ipython_reader *r, const char *text, size_t n, unsigned depth);

/* --- items --- */

/* Each appends the placeholder, code that follows it on the same line, and the item. */
void cb_ipython_line_magic(struct cb_ipython_reader *r, const char *name, const char *args, bool assigned, unsigned depth);
void cb_ipython_shell(struct cb_ipython_reader *r, const char *command, bool captured);
void cb_ipython_help(struct cb_ipython_reader *r, const char *target, size_t n);
void cb_ipython_call(struct cb_ipython_reader *r, const char *args, const char *call);
/* %%name line, and a body up to the end of the region; appends all its lines. */
void cb_ipython_cell_magic(struct cb_ipython_reader *r, const char *name, const char *line, const char *body, size_t n, unsigned depth);
/* Whether code may stand behind `0; ` on a line. */
bool cb_ipython_can_follow(const char *code, size_t n);

/* --- strings --- */

struct cb_ipython_strings {
    const char **items; /* malloc; the strings are in the arena */
    size_t n, capacity;
};
void cb_ipython_strings_add(struct cb_ipython_strings *s, struct cb_arena *arena, const char *text, size_t n);
/* NULL-terminated, in the arena; frees the list. */
const char *const *cb_ipython_strings_take(struct cb_ipython_strings *s, struct cb_arena *arena);
/* What IPython's var_expand() evaluates in a command: fields in braces, and names after `$`. */
void cb_ipython_expand(struct cb_arena *arena, const char *text, size_t n, struct cb_ipython_strings *out);

/* --- magics --- */

enum cb_ipython_magic_flags {
    CB_IPM_LINE = 1,       /* %name exists */
    CB_IPM_CELL = 2,       /* %%name exists */
    CB_IPM_EXTENSION = 4,  /* only with an extension: no automagic */
    CB_IPM_NO_EXPAND = 8,  /* args are left alone: @no_var_expand */
    CB_IPM_EXPAND_BODY = 16, /* the body of %%name is expanded */
    CB_IPM_WORD = 32,      /* everyday name of a variable: alone on a line it is taken for one */
    CB_IPM_INLINE = 64,    /* runs its argument and body in the namespace */
    CB_IPM_FUNCTION = 128, /* … in a function */
    CB_IPM_SHELL = 256,    /* args, or the body, are a command */
    CB_IPM_STATUS = 512    /* sets _exit_code */
};

/* Which words of its arguments a magic binds or reads by itself. */
enum cb_ipython_words {
    CB_IPW_NONE,
    CB_IPW_CAPTURE,  /* %%capture [options] name */
    CB_IPW_SCRIPT,   /* --out name --err name --proc name */
    CB_IPW_STORE,    /* %store a b: reads; %store -r a b: binds */
    CB_IPW_SC,       /* %sc name=command */
    CB_IPW_FIRST,    /* binds the first word: %macro name … */
    CB_IPW_BOUND,    /* binds (or deletes) all words: %xdel name */
    CB_IPW_READ,     /* reads the object named: %pinfo a.b */
    CB_IPW_R         /* rpy2: -i reads, -o binds */
};

struct cb_ipython_magic_row {
    const char *name;
    uint16_t flags;
    uint8_t words;  /* cb_ipython_words */
    uint8_t effect; /* cb_magic_effect */
    const char *ambient;
    const char *options; /* of getopt, before the code */
};
/* The row of a magic, or NULL. */
const struct cb_ipython_magic_row *cb_ipython_magic_find(const char *name, size_t n);

#endif
