/*
 * analyzer: variables and branches. A change inside a branch is logged; at the branch's end it is undone and kept as
 * a delta, and the deltas of all branches are joined. The cost of a branch is what it changed.
 */
#include "analyzer/flow.h"

#include <string.h>

void *cb_flow_grow(struct cb_flow *flow, void *items, uint32_t n, uint32_t *capacity, size_t size)
{
    if (n < *capacity)
        return items;
    uint32_t more = *capacity ? *capacity * 2 : 8;
    void *own = cb_arena_alloc(flow->arena, more * size);
    if (n)
        memcpy(own, items, n * size);
    *capacity = more;
    return own;
}

static void grow_names(struct cb_flow *flow)
{
    uint32_t capacity = flow->names->capacity > flow->names->n ? flow->names->capacity : flow->names->n;
    flow->globals = cb_realloc(flow->globals, capacity * sizeof *flow->globals);
    flow->builtin = cb_realloc(flow->builtin, capacity);
    memset(flow->globals + flow->names_capacity, 0, (capacity - flow->names_capacity) * sizeof *flow->globals);
    memset(flow->builtin + flow->names_capacity, 0, capacity - flow->names_capacity);
    flow->names_capacity = capacity;
}

struct cb_slot *cb_flow_global(struct cb_flow *flow, cb_name name)
{
    if (name >= flow->names_capacity)
        grow_names(flow);
    struct cb_slot *slot = flow->globals[name];
    if (!slot) {
        slot = flow->globals[name] = cb_arena_alloc(flow->arena, sizeof *slot);
        slot->name = name;
    }
    if (slot->cell != flow->cell) {
        slot->cell = flow->cell;
        slot->state = CB_SLOT_BEFORE;
        slot->mutated = 0;
        slot->read_at = slot->write_at = 0;
    }
    return slot;
}

void cb_flow_watch(struct cb_walk *walk, struct cb_slot *slot)
{
    struct cb_summary *summary = walk->summary;
    if (!summary)
        return;
    slot->watched = true;
    for (uint32_t i = summary->n_needs; i > 0 && i + 4 > summary->n_needs; i--)
        if (summary->needs[i - 1].slot == slot)
            return;
    summary->needs = cb_flow_grow(walk->flow, summary->needs, summary->n_needs, &summary->needs_capacity, sizeof *summary->needs);
    summary->needs[summary->n_needs++] = (struct cb_dependence){slot, slot->version};
}

/* The binding itself, without the log. */
static void put(struct cb_flow *flow, struct cb_slot *slot, cb_val value, uint8_t state, uint32_t gen, uint8_t mutated)
{
    if (slot->watched && (slot->value ? slot->value->atoms_hash : 0) != (value ? value->atoms_hash : 0)) {
        slot->version++;
        flow->epoch++;
    }
    if (slot->value != value || slot->gen != gen)
        slot->loaded = slot->loaded_inside = NULL;
    slot->value = value;
    slot->state = state;
    slot->gen = gen;
    slot->mutated = mutated;
}

static void log_change(struct cb_flow *flow, struct cb_slot *slot)
{
    if (!flow->region || slot->logged == flow->region)
        return;
    slot->logged = flow->region;
    if (flow->n_log == flow->log_capacity) {
        flow->log_capacity = flow->log_capacity ? flow->log_capacity * 2 : 256;
        flow->log = cb_realloc(flow->log, flow->log_capacity * sizeof *flow->log);
    }
    flow->log[flow->n_log++] = (struct cb_change){slot, slot->value, slot->gen, slot->state, slot->mutated};
}

void cb_flow_set(struct cb_walk *walk, struct cb_slot *slot, cb_val value, uint8_t state)
{
    log_change(walk->flow, slot);
    put(walk->flow, slot, value, state, ++walk->flow->generation, slot->mutated);
}

uint32_t cb_branch_begin(struct cb_walk *walk, uint32_t *saved)
{
    *saved = walk->flow->region;
    walk->flow->region = ++walk->flow->serial;
    return walk->flow->n_log;
}

struct cb_delta cb_branch_end(struct cb_walk *walk, uint32_t mark, uint32_t saved)
{
    struct cb_flow *flow = walk->flow;
    struct cb_delta delta = {.dead = walk->dead};
    uint32_t n = flow->n_log - mark;
    walk->dead = false;
    flow->region = saved;
    if (!n)
        return delta;
    delta.before = cb_arena_alloc(flow->arena, 2 * n * sizeof *delta.before);
    delta.after = delta.before + n;
    uint32_t serial = ++flow->serial;
    for (uint32_t i = mark; i < flow->n_log; i++) {
        struct cb_slot *slot = flow->log[i].slot;
        if (slot->seen == serial)
            continue;
        slot->seen = serial;
        delta.before[delta.n] = flow->log[i];
        delta.after[delta.n++] = (struct cb_change){slot, slot->value, slot->gen, slot->state, slot->mutated};
    }
    flow->n_log = mark;
    for (uint32_t i = 0; i < delta.n; i++) {
        const struct cb_change *change = &delta.before[i];
        change->slot->logged = 0;
        put(flow, change->slot, change->value, change->state, change->gen, change->mutated);
    }
    return delta;
}

/* What the open branch has done since `mark`; it goes on. */
struct cb_delta cb_branch_so_far(struct cb_walk *walk, uint32_t mark)
{
    struct cb_flow *flow = walk->flow;
    struct cb_delta delta = {0};
    uint32_t n = flow->n_log - mark, serial = ++flow->serial;
    if (!n)
        return delta;
    delta.after = cb_arena_alloc(flow->arena, n * sizeof *delta.after);
    for (uint32_t i = mark; i < flow->n_log; i++) {
        struct cb_slot *slot = flow->log[i].slot;
        if (slot->seen == serial)
            continue;
        slot->seen = serial;
        delta.after[delta.n++] = (struct cb_change){slot, slot->value, slot->gen, slot->state, slot->mutated};
    }
    return delta;
}

void cb_branch_apply(struct cb_walk *walk, const struct cb_delta *delta)
{
    for (uint32_t i = 0; i < delta->n; i++) {
        const struct cb_change *change = &delta->after[i];
        log_change(walk->flow, change->slot);
        put(walk->flow, change->slot, change->value, change->state, change->gen, change->mutated);
    }
    walk->dead = delta->dead;
}

static uint8_t least_sure(uint8_t a, uint8_t b)
{
    return a == b ? a : a || b ? 1 : 0;
}

void cb_branch_join(struct cb_walk *walk, const struct cb_delta *deltas, size_t n, bool fall_through)
{
    struct cb_flow *flow = walk->flow;
    size_t alive = fall_through;
    for (size_t i = 0; i < n; i++)
        alive += !deltas[i].dead;
    walk->dead = alive == 0;
    bool all = alive == 0; /* code after it is not reached, but what was done is done */
    if (all)
        alive = n;
    uint32_t serial = ++flow->serial;
    struct cb_change *joined = NULL;
    uint32_t *counts = NULL, n_joined = 0, capacity = 0, counts_capacity = 0;
    for (size_t i = 0; i < n; i++) {
        if (deltas[i].dead && !all)
            continue;
        for (uint32_t k = 0; k < deltas[i].n; k++) {
            const struct cb_change *change = &deltas[i].after[k];
            struct cb_slot *slot = change->slot;
            if (slot->seen != serial) {
                joined = cb_flow_grow(flow, joined, n_joined, &capacity, sizeof *joined);
                counts = cb_flow_grow(flow, counts, n_joined, &counts_capacity, sizeof *counts);
                slot->seen = serial;
                slot->order = n_joined;
                counts[n_joined] = 1;
                joined[n_joined++] = *change;
                continue;
            }
            struct cb_change *into = &joined[slot->order];
            into->value = cb_value_join(flow, into->value, change->value);
            into->state |= change->state;
            into->mutated = least_sure(into->mutated, change->mutated);
            if (into->gen != change->gen)
                into->gen = ++flow->generation;
            counts[slot->order]++;
        }
    }
    for (uint32_t i = 0; i < n_joined; i++) {
        struct cb_change *into = &joined[i];
        struct cb_slot *slot = into->slot;
        if (counts[i] < alive) {
            into->value = cb_value_join(flow, into->value, slot->value);
            into->state |= slot->state;
            into->mutated = least_sure(into->mutated, slot->mutated);
        }
        bool made_sure = walk->summary && into->state == CB_SLOT_BOUND && slot->state != CB_SLOT_BOUND;
        log_change(flow, slot);
        put(flow, slot, into->value, into->state, into->gen, into->mutated);
        if (made_sure && slot->name) {
            struct cb_event *event = cb_event_add(walk, CB_EVENT_SURE, 0);
            if (event) {
                event->name = slot->name;
                event->may = cb_walk_may(walk);
            }
        }
    }
}

bool cb_walk_may(const struct cb_walk *walk)
{
    return walk->may || walk->partial;
}
