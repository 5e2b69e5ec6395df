/*
 * analyzer: what a walk finds, noted: in a cell as its effects, in a function as events of its summary.
 */
#include "analyzer/flow.h"

#include <string.h>

/* Whether `hash` is new in the set, which then holds it. */
static bool set_add(struct cb_flow *flow, uint64_t **set, uint32_t *n, uint32_t *mask, uint64_t hash)
{
    if (!hash)
        hash = 1;
    if (*n * 2 >= *mask) {
        uint32_t size = *mask ? (*mask + 1) * 2 : 32;
        uint64_t *own = cb_arena_alloc(flow->arena, size * sizeof *own);
        for (uint32_t i = 0; *mask && i <= *mask; i++)
            if ((*set)[i]) {
                uint32_t at = (uint32_t)(*set)[i] & (size - 1);
                while (own[at])
                    at = (at + 1) & (size - 1);
                own[at] = (*set)[i];
            }
        *set = own;
        *mask = size - 1;
    }
    uint32_t at = (uint32_t)hash & *mask;
    for (; (*set)[at]; at = (at + 1) & *mask)
        if ((*set)[at] == hash)
            return false;
    (*set)[at] = hash;
    (*n)++;
    return true;
}

/* A new event, or NULL where the same was noted before. Key 0: always new. */
struct cb_event *cb_event_add(struct cb_walk *walk, uint8_t kind, uint64_t key)
{
    struct cb_summary *summary = walk->summary;
    bool may = cb_walk_may(walk);
    if (key) {
        key = cb_hash_mix(key, kind);
        if (!set_add(walk->flow, &walk->seen, &walk->n_seen, &walk->seen_mask, cb_hash_mix(key, may)))
            return NULL;
    }
    summary->events = cb_flow_grow(walk->flow, summary->events, summary->n, &summary->capacity, sizeof *summary->events);
    struct cb_event *event = &summary->events[summary->n++];
    *event = (struct cb_event){.kind = kind, .may = may};
    return event;
}

/* What a function's walk did to a global. */
static struct cb_slot *inner_slot(struct cb_walk *walk, cb_name name)
{
    if (walk->n_globals * 2 >= walk->globals_mask) {
        uint32_t size = walk->globals_mask ? (walk->globals_mask + 1) * 2 : 16;
        struct cb_name_slot *own = cb_arena_alloc(walk->flow->arena, size * sizeof *own);
        for (uint32_t i = 0; walk->globals_mask && i <= walk->globals_mask; i++)
            if (walk->globals[i].name) {
                uint32_t at = (walk->globals[i].name * 2654435761u) & (size - 1);
                while (own[at].name)
                    at = (at + 1) & (size - 1);
                own[at] = walk->globals[i];
            }
        walk->globals = own;
        walk->globals_mask = size - 1;
    }
    uint32_t at = (name * 2654435761u) & walk->globals_mask;
    for (; walk->globals[at].name; at = (at + 1) & walk->globals_mask)
        if (walk->globals[at].name == name)
            return walk->globals[at].slot;
    struct cb_slot *slot = cb_arena_alloc(walk->flow->arena, sizeof *slot);
    slot->name = name;
    slot->state = CB_SLOT_BEFORE;
    walk->globals[at] = (struct cb_name_slot){name, slot};
    walk->n_globals++;
    return slot;
}

static bool is_builtin(struct cb_flow *flow, cb_name name)
{
    if (!flow->builtin[name])
        flow->builtin[name] = cb_stub_is_builtin(flow->names->text[name]) ? 2 : 1;
    return flow->builtin[name] == 2;
}

static struct cb_effect *list_add(struct cb_flow *flow, struct cb_list *list, const char *name, uint32_t line)
{
    list->items = cb_flow_grow(flow, list->items, list->n, &list->capacity, sizeof *list->items);
    struct cb_effect *effect = &list->items[list->n++];
    *effect = (struct cb_effect){.name = name, .flags = CB_EFFECT_MAY | CB_EFFECT_LATENT, .line = line};
    return effect;
}

static void see(struct cb_effect *effect, bool may, bool latent)
{
    if (!may)
        effect->flags &= ~(uint32_t)CB_EFFECT_MAY;
    if (!latent)
        effect->flags &= ~(uint32_t)CB_EFFECT_LATENT;
}

/* ---- variables of a cell ---- */

/* What a name may be that nothing binds: a builtin, or from a module whose names were all imported. */
static cb_val unbound_value(struct cb_flow *flow, cb_name name)
{
    if (is_builtin(flow, name))
        return cb_value_library(flow, cb_flow_library(flow, flow->names->text[name]));
    cb_val v = NULL;
    for (uint32_t i = 0; i < flow->n_stars; i++) {
        uint32_t below = cb_flow_library_below(flow, flow->stars[i], flow->names->text[name]);
        if (below && cb_flow_stub(flow, below))
            v = cb_value_join(flow, v, cb_value_library(flow, below));
    }
    return v;
}

static void note_read(struct cb_walk *walk, struct cb_slot *slot, bool may)
{
    struct cb_flow *flow = walk->flow;
    if (!(slot->state & CB_SLOT_BEFORE) || (!slot->prior && (flow->stars_here || is_builtin(flow, slot->name))))
        return; /* what nothing binds and this cell's own `import *` may bind comes from there */
    if (!slot->read_at) {
        list_add(flow, &flow->reads, flow->names->text[slot->name], walk->line);
        slot->read_at = flow->reads.n;
    }
    see(&flow->reads.items[slot->read_at - 1],
        may || slot->state != CB_SLOT_BEFORE || (flow->n_stars && (!slot->prior || flow->stars_here)), walk->latent > 0);
}

static struct cb_effect *note_write(struct cb_walk *walk, struct cb_slot *slot)
{
    struct cb_flow *flow = walk->flow;
    if (!slot->write_at) {
        list_add(flow, &flow->writes, flow->names->text[slot->name], walk->line);
        slot->write_at = flow->writes.n;
        if (flow->writes.n > flow->written_capacity) {
            flow->written_capacity = flow->writes.capacity;
            flow->written = cb_realloc(flow->written, flow->written_capacity * sizeof *flow->written);
        }
        flow->written[flow->writes.n - 1] = slot;
    }
    struct cb_effect *effect = &flow->writes.items[slot->write_at - 1];
    see(effect, false, walk->latent > 0);
    return effect;
}

static void remember_alias(struct cb_flow *flow, cb_val value, struct cb_slot *slot)
{
    for (unsigned i = 0; value && i < value->n_roots; i++) {
        const struct cb_root *root = &value->roots[i];
        if (root->fn || root->part || root->name == slot->name)
            continue;
        struct cb_slot *other = cb_flow_global(flow, root->name);
        if (other->n_aliases == CB_VALUE_ROOTS) { /* the oldest goes */
            memmove(other->aliases, other->aliases + 1, (CB_VALUE_ROOTS - 1) * sizeof *other->aliases);
            other->n_aliases--;
        }
        if (!other->aliases)
            other->aliases = cb_arena_alloc(flow->arena, CB_VALUE_ROOTS * sizeof *other->aliases);
        other->aliases[other->n_aliases++] = slot;
    }
}

static cb_val loaded(struct cb_flow *flow, struct cb_slot *slot, bool inside)
{
    cb_val *cache = inside ? &slot->loaded_inside : &slot->loaded;
    if (!*cache) {
        struct cb_root root = {.name = slot->name, .gen = inside ? 0 : slot->gen};
        *cache = cb_value_rooted(flow, inside ? cb_value_bare(flow, slot->value) : slot->value, &root, 1, false);
    }
    return *cache;
}

cb_val cb_global_read(struct cb_walk *walk, cb_name name)
{
    struct cb_flow *flow = walk->flow;
    struct cb_slot *slot = cb_flow_global(flow, name);
    if (walk->summary) {
        struct cb_slot *own = inner_slot(walk, name);
        uint8_t kind = cb_walk_may(walk) || own->state != CB_SLOT_BEFORE ? 1 : 2;
        if ((own->state & CB_SLOT_BEFORE) && own->emitted < kind) {
            own->emitted = kind;
            struct cb_event *event = cb_event_add(walk, CB_EVENT_READ, 0);
            event->name = name;
            event->may = kind == 1;
        }
        if (own->state == CB_SLOT_BOUND)
            return own->value;
        cb_flow_watch(walk, slot);
        if (!slot->prior && (slot->state & CB_SLOT_BEFORE) && !slot->value)
            return unbound_value(flow, name);
        cb_val outside = loaded(flow, slot, true);
        return own->state == CB_SLOT_BEFORE ? outside : cb_value_join(flow, own->value, outside);
    }
    note_read(walk, slot, cb_walk_may(walk));
    if (!slot->prior && slot->state == CB_SLOT_BEFORE && !slot->value) {
        cb_val v = unbound_value(flow, name);
        if (v)
            return v;
    }
    return loaded(flow, slot, false);
}

void cb_global_bind(struct cb_walk *walk, cb_name name, cb_val value)
{
    struct cb_flow *flow = walk->flow;
    struct cb_slot *slot = cb_flow_global(flow, name);
    if (walk->summary) {
        struct cb_slot *own = inner_slot(walk, name);
        struct cb_event *event = cb_event_add(walk, CB_EVENT_BIND, cb_hash_mix(name, value ? value->hash : 0) ^ own->state);
        if (event) {
            event->name = name;
            event->value = value;
        }
        cb_flow_set(walk, own, value, CB_SLOT_BOUND);
        return;
    }
    if (!walk->discard)
        note_write(walk, slot);
    bool may = walk->latent && cb_walk_may(walk); /* branches of the cell itself are joined */
    if (may)
        value = cb_value_join(flow, slot->value, value);
    cb_flow_set(walk, slot, value, may ? slot->state | CB_SLOT_BOUND : CB_SLOT_BOUND);
    remember_alias(flow, value, slot);
}

void cb_global_delete(struct cb_walk *walk, cb_name name)
{
    struct cb_slot *slot = cb_flow_global(walk->flow, name);
    if (walk->summary) {
        struct cb_slot *own = inner_slot(walk, name);
        cb_global_read(walk, name);
        struct cb_event *event = cb_event_add(walk, CB_EVENT_DELETE, 0);
        event->name = name;
        own->emitted = 0;
        cb_flow_set(walk, own, NULL, CB_SLOT_DELETED);
        return;
    }
    note_read(walk, slot, cb_walk_may(walk));
    if (!walk->discard)
        note_write(walk, slot);
    bool may = walk->latent && cb_walk_may(walk);
    cb_flow_set(walk, slot, may ? slot->value : NULL, may ? slot->state | CB_SLOT_DELETED : CB_SLOT_DELETED);
}

/* ---- mutation ---- */

static void mutate_slot(struct cb_walk *walk, struct cb_slot *slot, bool may)
{
    if (!slot->prior && !slot->value && slot->state == CB_SLOT_BEFORE && is_builtin(walk->flow, slot->name))
        return;
    note_write(walk, slot);
    if (slot->state & CB_SLOT_BEFORE) {
        uint8_t sure = may || slot->state != CB_SLOT_BEFORE ? 1 : 2;
        if (slot->mutated < sure) {
            cb_val value = slot->value;
            uint32_t gen = slot->gen, version = slot->version;
            cb_flow_set(walk, slot, value, slot->state); /* to have it logged */
            slot->gen = gen;
            slot->version = version;
            slot->mutated = sure;
        }
    }
}

static void mutate_cell(struct cb_walk *walk, cb_val v, bool may, int depth)
{
    struct cb_flow *flow = walk->flow;
    for (unsigned i = 0; i < v->n_roots; i++) {
        const struct cb_root *root = &v->roots[i];
        if (root->fn)
            continue;
        struct cb_slot *slot = cb_flow_global(flow, root->name);
        if (root->gen && root->gen != slot->gen)
            continue;
        mutate_slot(walk, slot, may);
        if (!root->gen && depth == 0 && slot->value && slot->value->n_roots)
            mutate_cell(walk, slot->value, may, 1);
        for (uint32_t k = 0; k < slot->n_aliases && !root->part; k++) {
            struct cb_slot *other = slot->aliases[k];
            cb_flow_global(flow, other->name);
            for (unsigned r = 0; other->value && r < other->value->n_roots; r++)
                if (other->value->roots[r].name == slot->name && other->value->roots[r].gen == slot->gen && !other->value->roots[r].part)
                    mutate_slot(walk, other, may);
        }
    }
}

void cb_mutate(struct cb_walk *walk, cb_val v)
{
    if (!v || !v->n_roots)
        return;
    if (walk->summary) {
        cb_val roots = cb_value_rooted(walk->flow, NULL, v->roots, v->n_roots, false);
        struct cb_event *event = cb_event_add(walk, CB_EVENT_MUTATE, roots->hash);
        if (event)
            event->value = roots;
        return;
    }
    mutate_cell(walk, v, cb_walk_may(walk), 0);
}

/* Something that can be called is put into an object: calling into the object may call it. */
void cb_attach(struct cb_walk *walk, cb_val receiver, cb_val held)
{
    struct cb_flow *flow = walk->flow;
    if (!receiver || !receiver->n_roots || !held || !(held->callable || held->symbolic))
        return;
    cb_val holder = cb_value_holder(flow, held);
    if (!holder)
        return;
    if (walk->summary) {
        cb_val roots = cb_value_rooted(flow, NULL, receiver->roots, receiver->n_roots, false);
        struct cb_event *event = cb_event_add(walk, CB_EVENT_ATTACH, cb_hash_mix(roots->hash, holder->hash));
        if (event) {
            event->value = roots;
            event->other = holder;
        }
        return;
    }
    for (unsigned i = 0; i < receiver->n_roots; i++) {
        const struct cb_root *root = &receiver->roots[i];
        struct cb_slot *slot = root->fn ? NULL : cb_flow_global(flow, root->name);
        if (!slot || (root->gen && root->gen != slot->gen))
            continue;
        cb_val value = cb_value_join(flow, slot->value, holder);
        if (cb_value_equal(value, slot->value))
            continue;
        uint32_t gen = slot->gen;
        cb_flow_set(walk, slot, value, slot->state);
        slot->gen = gen; /* still the same object */
    }
}

/* ---- files, ambient state, open world ---- */

static struct cb_text_place *text_place(struct cb_flow *flow, const char *text, cb_name *id)
{
    *id = cb_names_intern(&flow->texts, text, strlen(text));
    if (*id >= flow->places_capacity) {
        uint32_t capacity = flow->texts.capacity > *id ? flow->texts.capacity : *id + 1;
        flow->places = cb_realloc(flow->places, capacity * sizeof *flow->places);
        memset(flow->places + flow->places_capacity, 0, (capacity - flow->places_capacity) * sizeof *flow->places);
        flow->places_capacity = capacity;
    }
    return &flow->places[*id];
}

static void note_text(struct cb_walk *walk, enum cb_text_list which, const char *text)
{
    struct cb_flow *flow = walk->flow;
    cb_name id;
    struct cb_text_place *place = text_place(flow, text, &id);
    struct cb_list *list = &flow->text_lists[which];
    if (place->cell[which] != flow->cell) {
        place->cell[which] = flow->cell;
        list_add(flow, list, flow->texts.text[id], walk->line);
        place->at[which] = list->n - 1;
    }
    see(&list->items[place->at[which]], cb_walk_may(walk), walk->latent > 0);
}

static bool is_path(const char *path)
{
    return *path && !strstr(path, "://") && strcmp(path, "/dev/null") != 0;
}

void cb_file_text(struct cb_walk *walk, const char *path, bool written)
{
    if (!is_path(path))
        return;
    if (walk->summary)
        cb_file(walk, cb_value_text(walk->flow, cb_arena_copy(walk->flow->arena, path, strlen(path)), false), written);
    else
        note_text(walk, written ? CB_LIST_FILES_WRITTEN : CB_LIST_FILES_READ, path);
}

void cb_file(struct cb_walk *walk, cb_val path, bool written)
{
    if (!path)
        return;
    if (walk->summary) {
        if (!path->symbolic && !cb_value_only(walk->flow, path, CB_ATOM_STRING))
            return;
        struct cb_event *event = cb_event_add(walk, written ? CB_EVENT_FILE_WRITE : CB_EVENT_FILE_READ, path->atoms_hash);
        if (event)
            event->value = path;
        return;
    }
    walk->may += path->n_atoms > 1;
    for (unsigned i = 0; i < path->n_atoms; i++)
        if (path->atoms[i].kind == CB_ATOM_STRING)
            cb_file_text(walk, path->atoms[i].text, written);
    walk->may -= path->n_atoms > 1;
}

/* A component that this cell has set on all paths is not read from before. */
static struct cb_slot *component_slot(struct cb_flow *flow, const char *component)
{
    cb_name id;
    struct cb_text_place *place = text_place(flow, component, &id);
    if (!place->slot)
        place->slot = cb_arena_alloc(flow->arena, sizeof *place->slot);
    if (place->slot->cell != flow->cell) {
        place->slot->cell = flow->cell;
        place->slot->state = CB_SLOT_BEFORE;
    }
    return place->slot;
}

void cb_ambient(struct cb_walk *walk, const char *component, enum cb_use use)
{
    if (!component)
        return;
    if (walk->summary) {
        uint64_t key = 5;
        for (const char *p = component; *p; p++)
            key = cb_hash_mix(key, (unsigned char)*p);
        struct cb_event *event = cb_event_add(walk, (uint8_t)(CB_EVENT_AMBIENT_READ + use), key);
        if (event)
            event->text = component;
        return;
    }
    struct cb_slot *slot = component_slot(walk->flow, component);
    if (use == CB_USE_SET)
        cb_flow_set(walk, slot, NULL, walk->latent && cb_walk_may(walk) ? slot->state | CB_SLOT_BOUND : CB_SLOT_BOUND);
    if (use != CB_USE_READ)
        note_text(walk, CB_LIST_AMBIENT_WRITTEN, component);
    else if (slot->state & CB_SLOT_BEFORE)
        note_text(walk, CB_LIST_AMBIENT_READ, component);
}

void cb_open_world(struct cb_walk *walk, unsigned what, const char *reason)
{
    if (walk->summary) {
        struct cb_event *event = cb_event_add(walk, CB_EVENT_OPEN, cb_hash_mix((uintptr_t)reason, what));
        if (event) {
            event->text = reason;
            event->open = what;
        }
        return;
    }
    walk->flow->open |= what;
    note_text(walk, CB_LIST_REASONS, reason);
}

/* ---- the end of a cell ---- */

/* Flags of a write by what its name is when the cell ends; false: nothing is left of it. */
static bool settle(const struct cb_slot *slot, struct cb_effect *effect)
{
    effect->flags &= (uint32_t)CB_EFFECT_LATENT;
    if (slot->mutated)
        effect->flags |= CB_EFFECT_MUTATES;
    if (slot->state == CB_SLOT_DELETED) {
        effect->flags |= CB_EFFECT_DELETES;
        return slot->prior;
    }
    if (slot->state == (CB_SLOT_DELETED | CB_SLOT_BEFORE)) {
        effect->flags |= CB_EFFECT_DELETES | CB_EFFECT_MAY;
        return slot->prior;
    }
    if (slot->state == CB_SLOT_BEFORE) {
        if (slot->mutated < 2)
            effect->flags |= CB_EFFECT_MAY;
        return slot->mutated > 0;
    }
    if (slot->state != CB_SLOT_BOUND)
        effect->flags |= CB_EFFECT_MAY;
    return true;
}

static struct cb_effect_list finish_list(struct cb_list *list)
{
    struct cb_effect_list out = {.items = list->items, .n = list->n};
    *list = (struct cb_list){0};
    return out;
}

void cb_effects_finish(struct cb_flow *flow, struct cb_effects *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < flow->writes.n; i++) {
        struct cb_slot *slot = flow->written[i];
        struct cb_effect effect = flow->writes.items[i];
        if (settle(slot, &effect))
            flow->writes.items[n++] = effect;
        slot->prior = slot->state & CB_SLOT_BOUND ? true : slot->state & CB_SLOT_BEFORE ? slot->prior : false;
    }
    flow->writes.n = n;
    out->reads = finish_list(&flow->reads);
    out->writes = finish_list(&flow->writes);
    out->files_read = finish_list(&flow->text_lists[CB_LIST_FILES_READ]);
    out->files_written = finish_list(&flow->text_lists[CB_LIST_FILES_WRITTEN]);
    out->ambient_reads = finish_list(&flow->text_lists[CB_LIST_AMBIENT_READ]);
    out->ambient_writes = finish_list(&flow->text_lists[CB_LIST_AMBIENT_WRITTEN]);
    out->open_reasons = finish_list(&flow->text_lists[CB_LIST_REASONS]);
    out->open_world = flow->open;
    flow->open = 0;
}
