/*
 * analyzer, private part: what one analysis shares. An arena that everything of one notebook is allocated from
 * and freed with, and names as small numbers.
 */
#ifndef CB_ANALYZER_NAMES_H
#define CB_ANALYZER_NAMES_H

#include "base/base.h"

/* Memory that is freed all at once. Never fails (cb_alloc ends the program). */
struct cb_arena {
    struct cb_arena_block *blocks;
    char *p, *end;
    size_t used; /* bytes handed out */
};
void *cb_arena_alloc(struct cb_arena *arena, size_t n); /* zeroed, 8-byte aligned */
char *cb_arena_copy(struct cb_arena *arena, const char *text, size_t n); /* NUL-terminated */
void cb_arena_free(struct cb_arena *arena);

/* A name of the notebook: dense, from 1; 0 is no name. Equal text (after NFKC where not ASCII, as Python
 * compares identifiers; PEP 3131) has the equal number. */
typedef uint32_t cb_name;
#define CB_NO_NAME 0u

struct cb_names {
    struct cb_arena *arena;
    const char **text; /* [name]; NUL-terminated */
    uint32_t *hashes;  /* [name] */
    uint32_t n, capacity; /* n counts the unused 0 */
    uint32_t *table;   /* open addressing; 0 is free */
    uint32_t mask;
};
void cb_names_init(struct cb_names *names, struct cb_arena *arena);
cb_name cb_names_intern(struct cb_names *names, const char *text, size_t n);
/* The number of a name that was interned, else CB_NO_NAME. */
cb_name cb_names_find(const struct cb_names *names, const char *text);
void cb_names_free(struct cb_names *names); /* the table; texts go with the arena */

#endif
