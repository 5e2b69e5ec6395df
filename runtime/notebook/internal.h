/*
 * notebook, private part: what the files of this folder share.
 */
#ifndef CB_NOTEBOOK_INTERNAL_H
#define CB_NOTEBOOK_INTERNAL_H

#include "runtime/notebook/notebook.h"

#include <string.h>

#define CB_JSON_MAX_VALUES 10000000u /* some 250 bytes each at worst in a jansson tree */
#define CB_ID_MAX 64                 /* nbformat 4.5: 1 to 64 of [a-zA-Z0-9-_] */

struct code_cell {
    json_t *cell; /* borrowed from the tree */
    char id[CB_ID_MAX + 1];
    bool blank, skip, raises_exception;
    bool clear_pending;    /* clear_output(wait=True) seen, no output since */
    size_t displays;       /* registrations held for this cell */
    json_t *stream;        /* the stream output that is growing, borrowed from the tree, or NULL */
    struct cb_buffer text; /* its text: appending to a jansson string would copy it each time */
};

struct cb_notebook {
    json_t *root;
    json_t *cells; /* borrowed from root */
    long long minor;
    struct code_cell *code;
    size_t n_code;
    json_t *displays; /* display id -> cell number -> [outputs] */
};

/* ---- text.c: UTF-8 and what Python calls a line and white space ---- */

/* Length of the valid sequence at `s` and its code point, or 0. `n` must be at least 1. */
size_t cb_utf8_next(const char *s, size_t n, uint32_t *code_point);
/* How many bytes of the invalid sequence at `s` one U+FFFD stands for. */
size_t cb_utf8_skip(const char *s, size_t n);
/* Offset of the first byte that is not UTF-8, or `n`. */
size_t cb_utf8_check(const char *s, size_t n);
void cb_utf8_put(struct cb_buffer *b, uint32_t code_point);
void cb_utf8_add_replaced(struct cb_buffer *b, const char *s, size_t n);
/* Length of the first line with its terminator, by the rules of str.splitlines(True). */
size_t cb_text_line(const char *s, size_t n);
/* str.strip(): narrows s and n. */
void cb_text_strip(const char **s, size_t *n);

/* ---- JSON values that jansson cannot hold ---- */

/* NaN, Infinity and integers beyond 64 bits are kept as a string of 0xFF and their text: no UTF-8 holds that
 * byte. */
json_t *cb_json_literal(const char *text, size_t length);
/* The text of such a value, or NULL. */
const char *cb_json_literal_text(const json_t *value);
/* A float as Python's repr writes it; `value` must be finite. */
void cb_json_format_real(double value, char out[40]);
/* strtod in the C locale, whatever the program's; overflow gives an infinity. */
double cb_json_read_real(const char *text);
/* A finite float, or the literal for what is not. */
json_t *cb_json_real(double value);
/* Decimal text "-?[0-9]+" as an integer or, beyond 64 bits, a literal. */
json_t *cb_json_decimal(const char *text, size_t length);

/* ---- document.c, check.c, outputs.c ---- */

/* Whole content of `path` ("-": standard input), at most `max` bytes. */
int cb_notebook_slurp(const char *path, size_t max, struct cb_buffer *out, struct cb_error *err);
/* Check the tree, join what nbformat joins, fill what is missing. */
int cb_notebook_check(struct cb_notebook *nb, const char *name, struct cb_error *err);
/* Build `code` anew from the tree; ids are repaired (4.5) or made up (before). */
void cb_notebook_index(struct cb_notebook *nb);
/* Put growing streams into the tree. */
void cb_notebook_settle(struct cb_notebook *nb);
bool cb_cell_has_tag(const json_t *cell, const char *tag);

/* ---- parameters ---- */

struct cb_parameters {
    json_t *values; /* an object: jansson keeps the order of insertion, as Python's dict does */
};
int cb_parameters_set(struct cb_parameters *p, const char *name, json_t *value,
                      struct cb_error *err); /* steals */
/* One YAML document as PyYAML's SafeLoader reads it, without dates. *out is NULL for an empty document. */
int cb_yaml_parse(const char *text, size_t length, const char *name, json_t **out, struct cb_error *err);

#endif
