/*
 * analyzer: classes of the notebook. One table a class holds what its body binds and what is stored on it or any of
 * its instances.
 */
#include "analyzer/flow.h"

static struct cb_attribute *probe(struct cb_attribute *table, uint32_t mask, cb_name name)
{
    uint32_t at = (name * 2654435761u) & mask;
    while (table[at].name && table[at].name != name)
        at = (at + 1) & mask;
    return &table[at];
}

struct cb_slot *cb_class_slot(struct cb_flow *flow, struct cb_class *cls, cb_name name, bool make)
{
    if (cls->mask) {
        struct cb_attribute *found = probe(cls->attributes, cls->mask, name);
        if (found->name)
            return found->slot;
    }
    if (!make)
        return NULL;
    if (cls->n * 2 >= cls->mask) {
        uint32_t size = cls->mask ? (cls->mask + 1) * 2 : 16;
        struct cb_attribute *own = cb_arena_alloc(flow->arena, size * sizeof *own);
        for (uint32_t i = 0; cls->mask && i <= cls->mask; i++)
            if (cls->attributes[i].name)
                *probe(own, size - 1, cls->attributes[i].name) = cls->attributes[i];
        cls->attributes = own;
        cls->mask = size - 1;
    }
    struct cb_slot *slot = cb_arena_alloc(flow->arena, sizeof *slot);
    *probe(cls->attributes, cls->mask, name) = (struct cb_attribute){name, slot};
    cls->n++;
    return slot;
}

enum { BASES_DEPTH = 16 };

cb_val cb_class_bases_find(struct cb_walk *walk, struct cb_class *cls, cb_name name, int depth)
{
    if (!name || depth > BASES_DEPTH)
        return NULL;
    for (uint32_t i = 0; i < cls->n_bases; i++) {
        cb_val base = cls->base_list[i];
        for (unsigned k = 0; base && k < base->n_atoms; k++) {
            if (base->atoms[k].kind != CB_ATOM_CLASS || base->atoms[k].cls == cls)
                continue;
            cb_val found = cb_class_find(walk, base->atoms[k].cls, name, depth + 1);
            if (found)
                return found;
        }
    }
    return NULL;
}

cb_val cb_class_find(struct cb_walk *walk, struct cb_class *cls, cb_name name, int depth)
{
    if (!name)
        return NULL;
    struct cb_slot *slot = cb_class_slot(walk->flow, cls, name, walk->summary != NULL);
    if (slot)
        cb_flow_watch(walk, slot);
    if (slot && slot->value)
        return slot->value;
    return cb_class_bases_find(walk, cls, name, depth);
}

static void join_attribute(struct cb_walk *walk, struct cb_class *cls, cb_name name, cb_val value)
{
    struct cb_slot *slot = cb_class_slot(walk->flow, cls, name, true);
    cb_val joined = cb_value_join(walk->flow, slot->value, value);
    if (!cb_value_equal(joined, slot->value))
        cb_flow_set(walk, slot, joined, CB_SLOT_BOUND);
}

void cb_class_store(struct cb_walk *walk, cb_val receiver, cb_name name, cb_val value)
{
    if (!receiver)
        return;
    if (walk->summary && receiver->symbolic && value && (value->symbolic || value->callable)) {
        struct cb_event *event = cb_event_add(walk, CB_EVENT_SET_ATTRIBUTE, cb_hash_mix(cb_hash_mix(receiver->hash, value->hash), name));
        if (event) {
            event->value = receiver;
            event->name = name;
            event->other = value;
        }
    }
    for (unsigned i = 0; i < receiver->n_atoms; i++) {
        const struct cb_atom *atom = &receiver->atoms[i];
        if (atom->kind != CB_ATOM_INSTANCE && atom->kind != CB_ATOM_CLASS)
            continue;
        cb_val found = atom->kind == CB_ATOM_INSTANCE ? cb_class_find(walk, atom->cls, name, 0) : NULL;
        bool property = false;
        for (unsigned k = 0; found && k < found->n_atoms; k++)
            if (found->atoms[k].kind == CB_ATOM_FUNCTION && found->atoms[k].fn->is_setter) {
                struct cb_call call = {.positional = (cb_val[]){receiver, value}, .n = 2};
                cb_call_value(walk, cb_value_atom(walk->flow, &found->atoms[k]), &call);
                property = true;
            }
        if (!property && value && !value->symbolic)
            join_attribute(walk, atom->cls, name, value);
    }
}
