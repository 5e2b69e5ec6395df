/*
 * analyzer, private part of scope*.c: scopes while they are made. scope_collect.c walks the tree once and
 * notes in each scope what it does with which names; scope_resolve.c then finds where each name lives. Both
 * take time linear in the number of symbols: what a name means in the scopes that are open at the moment is
 * kept with the name, not searched for in the scopes.
 */
#ifndef CB_ANALYZER_SCOPE_BUILD_H
#define CB_ANALYZER_SCOPE_BUILD_H

#include "analyzer/scope.h"

enum {
    CB_SCOPE_LOCAL = CB_SYMBOL_ASSIGNED | CB_SYMBOL_ANNOTATED | CB_SYMBOL_DELETED, /* symtable's DEF_LOCAL */
    CB_SCOPE_BOUND = CB_SCOPE_LOCAL | CB_SYMBOL_PARAM | CB_SYMBOL_IMPORTED         /* its DEF_BOUND */
};

/* A name in one scope. */
struct cb_scope_entry {
    struct cb_scope_entry *next; /* of the scope */
    struct cb_scope_entry
        *outer; /* of the same name, in the nearest open scope around this one that has it */
    struct cb_scope_frame *frame;
    cb_name name;
    uint32_t slot; /* of the name in this cell */
    uint8_t flags, ipython, binding;
    bool iteration; /* target of a comprehension's `for` */
    bool visible;   /* whether an enclosing function's binding was seen before this scope's own */
};

/* A scope; while its code is walked it is open. */
struct cb_scope_frame {
    struct cb_scope *scope;
    struct cb_scope_frame *parent, *first_child, *last_child, *next;
    struct cb_scope_entry *first, *last;
    uint32_t depth;
    uint32_t in_iterable; /* >0: in the iterable of a comprehension, where `:=` is refused */
    bool in_target;       /* in the target of a comprehension's `for` */
    uint32_t class_slot;  /* of a class: 1 + the slot of `__class__` */
};

struct cb_scope_builder {
    struct cb_names *names;
    struct cb_arena *arena; /* of the result */
    struct cb_arena scratch;
    const struct cb_ipython *cell;
    struct cb_scope_frame *module, *frame; /* frame: the innermost open one */

    /* Names of this cell, numbered as they come: open addressing by name, `slots` next to `keys`. */
    cb_name *keys;
    uint32_t *slots, mask, shift, n_slots, capacity;
    cb_name *slot_names;             /* [slot] */
    struct cb_scope_entry **entries; /* [slot]: innermost open scope's */
    bool *visible;                   /* [slot], while resolving: bound by an enclosing function */

    cb_name name_super, name_class, name_get_ipython;
    uint32_t ipython; /* >0: below an IPYTHON node */
    uint32_t error_line;
};

void cb_scope_collect(struct cb_scope_builder *b, const struct cb_module *module);
void cb_scope_resolve(struct cb_scope_builder *b, struct cb_scope_frame *frame);
/* Keeps the first. */
void cb_scope_error(struct cb_scope_builder *b, uint32_t line);

#endif
