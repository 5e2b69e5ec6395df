/*
 * analyzer: look-ups in the tables made of stubs.txt. Called for every call and attribute of a notebook, so a
 * lookup hashes the name once and probes once, and again for each dot where an entry such as "numpy.*" may
 * match.
 */
#include "analyzer/stubs_table.h"

#include <string.h>

static const uint32_t FNV_BASIS = 2166136261u, FNV_PRIME = 16777619u;

static inline uint32_t hash_more(uint32_t hash, char c)
{
    return (hash ^ (unsigned char)c) * FNV_PRIME;
}

/* The slot of the name `text[0..length)` followed by `tail`, or NULL. */
static const struct cb_stub_slot *find(const struct cb_stub_table *table, uint32_t hash, const char *text,
                                       size_t length, const char *tail)
{
    for (uint32_t at = (hash ^ hash >> 15) & table->mask;; at = (at + 1) & table->mask) {
        const struct cb_stub_slot *slot = &table->slots[at];
        if (slot->name == 0)
            return NULL;
        const char *name = cb_stub_names + slot->name;
        if (slot->hash == hash && strncmp(name, text, length) == 0 && strcmp(name + length, tail) == 0)
            return slot;
    }
}

/* A short name that has to match as a whole. */
static const struct cb_stub_slot *find_whole(const struct cb_stub_table *table, const char *name)
{
    uint32_t hash = FNV_BASIS;
    size_t n = 0;
    for (; name[n] != 0; n++) {
        if (n == CB_STUB_MAX_NAME)
            return NULL;
        hash = hash_more(hash, name[n]);
    }
    return find(table, hash, name, n, "");
}

/* A dotted name with the hashes of what stands before its dots, as far as an entry can reach. */
struct dotted {
    const char *text;
    uint32_t hash; /* of all of it, if `whole` */
    size_t length;
    bool whole;
    size_t n_dots;
    struct {
        uint32_t hash;
        size_t length;
    } before[CB_STUB_MAX_DOTS];
};

static void split(const char *name, struct dotted *out)
{
    uint32_t hash = FNV_BASIS;
    size_t n = 0;
    out->text = name;
    out->n_dots = 0;
    out->whole = true;
    for (; name[n] != 0; n++) {
        if (n == CB_STUB_MAX_NAME || (name[n] == '.' && out->n_dots == CB_STUB_MAX_DOTS)) {
            out->whole = false;
            break;
        }
        if (name[n] == '.') {
            out->before[out->n_dots].hash = hash;
            out->before[out->n_dots++].length = n;
        }
        hash = hash_more(hash, name[n]);
    }
    out->hash = hash;
    out->length = n;
}

const struct cb_stub *cb_stub_function(const char *qualified_name)
{
    struct dotted name;
    split(qualified_name, &name);
    const struct cb_stub_slot *slot = NULL;
    if (name.whole)
        slot = find(&cb_stub_functions, name.hash, name.text, name.length, "");
    for (size_t i = name.n_dots; slot == NULL && i-- > 0;) {
        uint32_t hash = hash_more(hash_more(name.before[i].hash, '.'), '*');
        slot = find(&cb_stub_functions, hash, name.text, name.before[i].length, ".*");
    }
    return slot != NULL ? &cb_stub_effects[slot->value] : NULL;
}

const struct cb_stub *cb_stub_method(const char *name)
{
    const struct cb_stub_slot *slot = find_whole(&cb_stub_methods, name);
    if (slot == NULL && name[0] != '_' && name[0] != 0) {
        /* "set_*" and the like: the first word decides. */
        uint32_t hash = FNV_BASIS;
        size_t n = 0;
        while (name[n] != 0 && name[n] != '_' && n < CB_STUB_MAX_NAME)
            hash = hash_more(hash, name[n++]);
        if (name[n] == '_')
            slot = find(&cb_stub_methods, hash_more(hash_more(hash, '_'), '*'), name, n, "_*");
    }
    return slot != NULL ? &cb_stub_effects[slot->value] : NULL;
}

const char *cb_stub_ambient(const char *qualified_name)
{
    struct dotted name;
    split(qualified_name, &name);
    const struct cb_stub_slot *slot = NULL;
    if (name.whole)
        slot = find(&cb_stub_ambient_names, name.hash, name.text, name.length, "");
    for (size_t i = name.n_dots; slot == NULL && i-- > 0;)
        slot = find(&cb_stub_ambient_names, name.before[i].hash, name.text, name.before[i].length, "");
    return slot != NULL ? cb_stub_components[slot->value] : NULL;
}

const char *cb_stub_item(const char *type, size_t index)
{
    const struct cb_stub_slot *slot = find_whole(&cb_stub_item_names, type);
    if (slot == NULL)
        return NULL;
    const struct cb_stub_items *items = &cb_stub_item_types[slot->value];
    if (!items->by_index)
        return items->types[0];
    for (size_t i = 0; items->types[i] != NULL; i++)
        if (i == index)
            return items->types[i];
    return NULL;
}

bool cb_stub_is_immutable_type(const char *type)
{
    return find_whole(&cb_stub_immutable, type) != NULL;
}

bool cb_stub_is_builtin(const char *name)
{
    return find_whole(&cb_stub_builtins, name) != NULL;
}
