/*
 * analyzer: abstract values. Made in the arena and never changed; equal ones have equal hashes.
 */
#include "analyzer/flow.h"

#include <string.h>

uint64_t cb_hash_mix(uint64_t h, uint64_t x)
{
    h ^= x + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
    h *= 0xff51afd7ed558ccdu;
    return h ^ (h >> 32);
}

uint32_t cb_flow_library(struct cb_flow *flow, const char *dotted)
{
    size_t n = strnlen(dotted, CB_TEXT_LENGTH);
    return n < 256 ? cb_names_intern(&flow->library, dotted, n) : 0;
}

uint32_t cb_flow_library_below(struct cb_flow *flow, uint32_t module, const char *name)
{
    const char *head = flow->library.text[module];
    size_t a = strlen(head), b = strlen(name);
    char dotted[256];
    if (a + b + 2 > sizeof dotted)
        return 0;
    memcpy(dotted, head, a);
    dotted[a] = '.';
    memcpy(dotted + a + 1, name, b + 1);
    return cb_names_intern(&flow->library, dotted, a + b + 1);
}

const struct cb_stub *cb_flow_stub(struct cb_flow *flow, uint32_t library)
{
    if (library >= flow->library_capacity) {
        uint32_t capacity = flow->library.capacity > library ? flow->library.capacity : library + 1;
        flow->library_stub = cb_realloc(flow->library_stub, capacity * sizeof *flow->library_stub);
        flow->library_known = cb_realloc(flow->library_known, capacity);
        memset(flow->library_known + flow->library_capacity, 0, capacity - flow->library_capacity);
        flow->library_capacity = capacity;
    }
    if (!flow->library_known[library]) {
        flow->library_known[library] = 1;
        flow->library_stub[library] = cb_stub_function(flow->library.text[library]);
    }
    return flow->library_stub[library];
}

static bool is_immutable(struct cb_flow *flow, const struct cb_atom *atom)
{
    switch (atom->kind) {
    case CB_ATOM_LIBRARY:
    case CB_ATOM_STRING:
        return true;
    case CB_ATOM_TYPE:
        return cb_stub_is_immutable_type(flow->library.text[atom->id]);
    default:
        return false;
    }
}

static uint64_t atom_hash(const struct cb_atom *atom)
{
    uint64_t h = cb_hash_mix(atom->kind, atom->id);
    if (atom->kind == CB_ATOM_FUNCTION || atom->kind == CB_ATOM_BOUND || atom->kind == CB_ATOM_PARAM)
        h = cb_hash_mix(h, atom->fn->id);
    else if (atom->kind == CB_ATOM_CLASS || atom->kind == CB_ATOM_INSTANCE || atom->kind == CB_ATOM_SUPER)
        h = cb_hash_mix(h, atom->cls->id);
    else if (atom->kind == CB_ATOM_STRING)
        for (const char *p = atom->text; *p; p++)
            h = cb_hash_mix(h, (unsigned char)*p);
    if (atom->env)
        h = cb_hash_mix(h, atom->env->hash);
    for (unsigned i = 0; i < atom->n_items; i++)
        h = cb_hash_mix(h, atom->items[i] ? atom->items[i]->hash : 1);
    return cb_hash_mix(h, atom->complete);
}

static void describe(struct cb_flow *flow, struct cb_value *v)
{
    uint64_t h = 7;
    v->immutable = v->n_atoms > 0;
    for (unsigned i = 0; i < v->n_atoms; i++) {
        const struct cb_atom *atom = &v->atoms[i];
        h ^= atom_hash(atom); /* a set: order does not count */
        v->immutable = v->immutable && is_immutable(flow, atom);
        if (atom->kind == CB_ATOM_PARAM)
            v->symbolic = true;
        if (atom->kind == CB_ATOM_FUNCTION || atom->kind == CB_ATOM_BOUND) {
            v->callable = true;
            if (atom->env ? atom->env->symbolic : atom->fn->outer != NULL)
                v->symbolic = true;
        }
        if (atom->kind == CB_ATOM_CLASS || atom->kind == CB_ATOM_INSTANCE || atom->kind == CB_ATOM_HOLDER)
            v->callable = true;
        if (atom->kind == CB_ATOM_INSTANCE)
            v->instance = true;
        for (unsigned k = 0; k < atom->n_items; k++) {
            cb_val item = atom->items[k];
            if (!item)
                continue;
            v->symbolic |= item->symbolic;
            v->callable |= item->callable;
            if (item->depth >= v->depth)
                v->depth = (uint8_t)(item->depth + 1);
        }
    }
    v->atoms_hash = cb_hash_mix(h, v->n_atoms);
    h = v->atoms_hash;
    uint64_t r = 3;
    for (unsigned i = 0; i < v->n_roots; i++) {
        const struct cb_root *root = &v->roots[i];
        if (root->fn)
            v->symbolic = true;
        r ^= cb_hash_mix(cb_hash_mix(root->name, root->gen), root->fn ? root->fn->id + 2 : root->part);
    }
    v->hash = cb_hash_mix(h, r);
}

static cb_val make(struct cb_flow *flow, const struct cb_atom *atoms, size_t n_atoms, const struct cb_root *roots, size_t n_roots)
{
    if (!n_atoms && !n_roots)
        return NULL;
    struct cb_value *v = cb_arena_alloc(flow->arena, sizeof *v + n_atoms * sizeof *atoms + n_roots * sizeof *roots);
    struct cb_atom *own = (struct cb_atom *)(v + 1);
    struct cb_root *own_roots = (struct cb_root *)(own + n_atoms);
    if (n_atoms)
        memcpy(own, atoms, n_atoms * sizeof *atoms);
    if (n_roots)
        memcpy(own_roots, roots, n_roots * sizeof *roots);
    v->atoms = own;
    v->roots = own_roots;
    v->n_atoms = (uint8_t)n_atoms;
    v->n_roots = (uint8_t)n_roots;
    describe(flow, v);
    return v->depth > CB_VALUE_DEPTH ? NULL : v;
}

cb_val cb_value_atom(struct cb_flow *flow, const struct cb_atom *atom)
{
    return make(flow, atom, 1, NULL, 0);
}

cb_val cb_value_library(struct cb_flow *flow, uint32_t name)
{
    return name ? cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_LIBRARY, .id = name}) : NULL;
}

cb_val cb_value_type(struct cb_flow *flow, const char *type)
{
    uint32_t id = cb_flow_library(flow, type);
    return id ? cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_TYPE, .id = id}) : NULL;
}

cb_val cb_value_text(struct cb_flow *flow, const char *text, bool path)
{
    if (!text || strnlen(text, CB_TEXT_LENGTH) >= CB_TEXT_LENGTH)
        return NULL;
    return cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_STRING, .id = path, .text = text});
}

cb_val cb_value_display(struct cb_flow *flow, const char *type, const cb_val *items, size_t n, bool complete)
{
    cb_val kept[CB_VALUE_ITEMS];
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (n_kept < CB_VALUE_ITEMS)
            kept[n_kept++] = items[i];
        else
            kept[n_kept - 1] = cb_value_join(flow, kept[n_kept - 1], items[i]);
    }
    struct cb_atom atom = {.kind = CB_ATOM_DISPLAY, .id = cb_flow_library(flow, type), .complete = complete && n <= CB_VALUE_ITEMS};
    cb_val *own = cb_arena_alloc(flow->arena, (n_kept ? n_kept : 1) * sizeof *own);
    for (size_t i = 0; i < n_kept; i++)
        own[i] = kept[i] && kept[i]->depth >= CB_VALUE_DEPTH ? NULL : kept[i];
    atom.items = own;
    atom.n_items = (uint8_t)n_kept;
    return cb_value_atom(flow, &atom);
}

cb_val cb_value_holder(struct cb_flow *flow, cb_val held)
{
    if (!held || !(held->callable || held->symbolic))
        return NULL;
    for (unsigned i = 0; i < held->n_atoms; i++)
        if (held->atoms[i].kind == CB_ATOM_HOLDER && held->n_atoms == 1)
            return cb_value_bare(flow, held);
    cb_val *own = cb_arena_alloc(flow->arena, sizeof *own);
    *own = cb_value_bare(flow, held);
    if (!*own)
        return NULL;
    return cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_HOLDER, .n_items = 1, .items = own});
}

/* A set of atoms and roots being collected. */
struct set {
    struct cb_atom atoms[CB_VALUE_ATOMS];
    uint64_t hashes[CB_VALUE_ATOMS];
    struct cb_root roots[CB_VALUE_ROOTS];
    size_t n_atoms, n_roots;
    bool full;
};

static void add_atom(struct set *set, const struct cb_atom *atom)
{
    uint64_t h = atom_hash(atom);
    for (size_t i = 0; i < set->n_atoms; i++)
        if (set->hashes[i] == h)
            return;
    if (set->n_atoms == CB_VALUE_ATOMS) {
        set->full = true;
        return;
    }
    set->hashes[set->n_atoms] = h;
    set->atoms[set->n_atoms++] = *atom;
}

static void add_root(struct set *set, const struct cb_root *root, bool part)
{
    for (size_t i = 0; i < set->n_roots; i++)
        if (set->roots[i].name == root->name && set->roots[i].gen == root->gen && set->roots[i].fn == root->fn) {
            set->roots[i].part = set->roots[i].part && (root->part || part);
            return;
        }
    if (set->n_roots == CB_VALUE_ROOTS)
        return;
    set->roots[set->n_roots] = *root;
    set->roots[set->n_roots++].part |= part;
}

static void add_all(struct set *set, cb_val v, bool part)
{
    if (!v)
        return;
    for (unsigned i = 0; i < v->n_atoms; i++)
        add_atom(set, &v->atoms[i]);
    for (unsigned i = 0; i < v->n_roots; i++)
        add_root(set, &v->roots[i], part);
}

static cb_val made(struct cb_flow *flow, const struct set *set)
{
    return make(flow, set->atoms, set->n_atoms, set->roots, set->n_roots);
}

cb_val cb_value_join(struct cb_flow *flow, cb_val a, cb_val b)
{
    if (!b || cb_value_equal(a, b))
        return a;
    if (!a)
        return b;
    struct set set;
    set.n_atoms = set.n_roots = 0;
    add_all(&set, a, false);
    add_all(&set, b, false);
    return made(flow, &set);
}

cb_val cb_value_bare(struct cb_flow *flow, cb_val v)
{
    return v && v->n_roots ? make(flow, v->atoms, v->n_atoms, NULL, 0) : v;
}

cb_val cb_value_rooted(struct cb_flow *flow, cb_val v, const struct cb_root *roots, size_t n, bool part)
{
    if (!n || (v && v->immutable))
        return v;
    struct set set;
    set.n_atoms = set.n_roots = 0;
    for (size_t i = 0; i < n; i++)
        add_root(&set, &roots[i], part);
    add_all(&set, v, false);
    return made(flow, &set);
}

cb_val cb_value_part(struct cb_flow *flow, cb_val v)
{
    if (!v || !v->n_roots)
        return NULL;
    return cb_value_rooted(flow, NULL, v->roots, v->n_roots, true);
}

cb_val cb_value_only(struct cb_flow *flow, cb_val v, enum cb_atom_kind kind)
{
    if (!v)
        return NULL;
    struct set set;
    set.n_atoms = set.n_roots = 0;
    for (unsigned i = 0; i < v->n_atoms; i++)
        if (v->atoms[i].kind == kind)
            add_atom(&set, &v->atoms[i]);
    for (unsigned i = 0; i < v->n_roots; i++)
        add_root(&set, &v->roots[i], false);
    return set.n_atoms ? made(flow, &set) : NULL;
}

static const cb_val *find_param(const struct cb_bindings *b, const struct cb_function *fn, uint32_t index)
{
    for (; b; b = b->outer)
        if (b->fn == fn)
            return index < b->n ? &b->values[index] : NULL;
    return NULL;
}

static bool binds(const struct cb_bindings *b, const struct cb_function *fn)
{
    while (b && b->fn != fn)
        b = b->outer;
    return b != NULL;
}

static const struct cb_bindings *bind_env(struct cb_flow *flow, const struct cb_bindings *env, const struct cb_bindings *b)
{
    if (!env || !env->symbolic)
        return env;
    struct cb_bindings *own = cb_arena_alloc(flow->arena, sizeof *own + env->n * sizeof(cb_val));
    *own = *env;
    own->outer = bind_env(flow, env->outer, b);
    own->symbolic = own->outer && own->outer->symbolic;
    own->hash = cb_hash_mix(env->fn->id, own->outer ? own->outer->hash : 0);
    for (uint32_t i = 0; i < env->n; i++) {
        own->values[i] = cb_value_bind(flow, env->values[i], b);
        own->symbolic |= own->values[i] && own->values[i]->symbolic;
        own->hash = cb_hash_mix(own->hash, own->values[i] ? own->values[i]->hash : 1);
    }
    return own;
}

static void bind_atom(struct cb_flow *flow, struct set *set, const struct cb_atom *atom, const struct cb_bindings *b)
{
    if (atom->kind == CB_ATOM_PARAM) {
        const cb_val *value = find_param(b, atom->fn, atom->id);
        if (!value)
            add_atom(set, atom);
        else if (*value)
            for (unsigned i = 0; i < (*value)->n_atoms; i++)
                add_atom(set, &(*value)->atoms[i]);
        return;
    }
    struct cb_atom own = *atom;
    if (own.kind == CB_ATOM_FUNCTION || own.kind == CB_ATOM_BOUND) {
        if (own.env)
            own.env = bind_env(flow, own.env, b);
        else if (own.fn->outer && binds(b, own.fn->outer))
            own.env = b;
    }
    if (own.n_items) {
        cb_val *items = cb_arena_alloc(flow->arena, own.n_items * sizeof *items);
        for (unsigned i = 0; i < own.n_items; i++) {
            items[i] = cb_value_bind(flow, atom->items[i], b);
            if (items[i] && items[i]->depth >= CB_VALUE_DEPTH)
                items[i] = NULL;
        }
        own.items = items;
    }
    add_atom(set, &own);
}

/* `self` stands for an instance of the class of its method, until it is known which object it is. */
static bool is_known_self(cb_val v, const struct cb_atom *instance, const struct cb_bindings *b)
{
    if (instance->kind != CB_ATOM_INSTANCE)
        return false;
    for (unsigned i = 0; i < v->n_atoms; i++) {
        const struct cb_atom *atom = &v->atoms[i];
        if (atom->kind != CB_ATOM_PARAM || atom->id != 0 || atom->fn->cls != instance->cls)
            continue;
        const cb_val *value = find_param(b, atom->fn, 0);
        if (value && *value && (*value)->instance)
            return true;
    }
    return false;
}

cb_val cb_value_bind(struct cb_flow *flow, cb_val v, const struct cb_bindings *b)
{
    if (!v || !v->symbolic || !b)
        return v;
    struct set set;
    set.n_atoms = set.n_roots = 0;
    for (unsigned i = 0; i < v->n_atoms; i++)
        if (!is_known_self(v, &v->atoms[i], b))
            bind_atom(flow, &set, &v->atoms[i], b);
    for (unsigned i = 0; i < v->n_roots; i++) {
        const struct cb_root *root = &v->roots[i];
        const cb_val *value = root->fn ? find_param(b, root->fn, root->name) : NULL;
        if (!value)
            add_root(&set, root, false);
        else if (*value)
            for (unsigned k = 0; k < (*value)->n_roots; k++)
                add_root(&set, &(*value)->roots[k], root->part);
    }
    return made(flow, &set);
}

static cb_val item_of_atom(struct cb_flow *flow, const struct cb_atom *atom, size_t index, cb_val all)
{
    if (atom->kind == CB_ATOM_HOLDER || (atom->kind == CB_ATOM_DISPLAY && !(atom->complete && index < atom->n_items))) {
        cb_val joined = NULL;
        for (unsigned i = 0; i < atom->n_items; i++)
            joined = cb_value_join(flow, joined, atom->items[i]);
        return joined;
    }
    if (atom->kind == CB_ATOM_DISPLAY)
        return atom->items[index];
    if (atom->kind == CB_ATOM_TYPE) {
        const char *type = cb_stub_item(flow->library.text[atom->id], index == SIZE_MAX ? 0 : index);
        return type ? cb_value_type(flow, type) : NULL;
    }
    if (atom->kind == CB_ATOM_PARAM) /* what a parameter holds may be called as well */
        return cb_value_holder(flow, cb_value_bare(flow, all));
    return NULL;
}

cb_val cb_value_item(struct cb_flow *flow, cb_val v, size_t index)
{
    if (!v || v->immutable)
        return NULL;
    cb_val item = NULL;
    bool apart = v->n_atoms > 0; /* items of a display that are known are not part of anything else */
    for (unsigned i = 0; i < v->n_atoms; i++) {
        item = cb_value_join(flow, item, item_of_atom(flow, &v->atoms[i], index, v));
        apart = apart && v->atoms[i].kind == CB_ATOM_DISPLAY && v->atoms[i].complete && index < v->atoms[i].n_items && v->atoms[i].items[index] &&
            v->atoms[i].items[index]->immutable;
    }
    if (apart)
        return item;
    return cb_value_rooted(flow, item, v->roots, v->n_roots, true);
}

const char *cb_value_string(cb_val v)
{
    return v && v->n_atoms == 1 && v->atoms[0].kind == CB_ATOM_STRING ? v->atoms[0].text : NULL;
}

bool cb_value_is_type(struct cb_flow *flow, cb_val v, const char *type)
{
    if (!v)
        return false;
    for (unsigned i = 0; i < v->n_atoms; i++)
        if ((v->atoms[i].kind == CB_ATOM_TYPE || v->atoms[i].kind == CB_ATOM_DISPLAY) && strcmp(flow->library.text[v->atoms[i].id], type) == 0)
            return true;
    return false;
}
