/*
 * analyzer, private part: the tables that stubs_embed.py writes, for stubs.c alone.
 */
#ifndef CB_ANALYZER_STUBS_TABLE_H
#define CB_ANALYZER_STUBS_TABLE_H

#include "analyzer/stubs.h"

/* Open addressing with linear probing; a slot whose name is at place 0 is empty. */
struct cb_stub_slot {
    uint32_t hash;
    uint32_t name; /* place in cb_stub_names */
    uint32_t value;
};
struct cb_stub_table {
    const struct cb_stub_slot *slots;
    uint32_t mask;
};
extern const struct cb_stub_table cb_stub_functions, cb_stub_methods; /* value: index into cb_stub_effects */
extern const struct cb_stub_table cb_stub_ambient_names;              /* into cb_stub_components */
extern const struct cb_stub_table cb_stub_item_names;                 /* into cb_stub_item_types */
extern const struct cb_stub_table cb_stub_builtins, cb_stub_immutable;

struct cb_stub_items {
    const char *const *types; /* NULL-terminated */
    bool by_index;            /* else all are of the first type */
};
extern const struct cb_stub cb_stub_effects[];
extern const char *const cb_stub_components[];
extern const struct cb_stub_items cb_stub_item_types[];
extern const char cb_stub_names[];

enum { CB_STUB_MAX_NAME = 119, CB_STUB_MAX_DOTS = 7 }; /* checked by stubs_embed.py */

#endif
