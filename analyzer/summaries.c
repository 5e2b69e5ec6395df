/*
 * analyzer: what a function does when it is called. Its body is walked once, with parameters that stand for
 * themselves; the events are replayed in the cell that calls it, with what the parameters then are.
 */
#include "analyzer/flow.h"

#include <string.h>

uint64_t cb_call_hash(const struct cb_call *call)
{
    uint64_t h = cb_hash_mix(call->n, call->more);
    for (uint32_t i = 0; i < call->n; i++)
        h = cb_hash_mix(h, call->positional[i] ? call->positional[i]->hash : 1);
    for (uint32_t i = 0; i < call->n_keywords; i++)
        h = cb_hash_mix(cb_hash_mix(h, call->keywords[i]), call->keyword_values[i] ? call->keyword_values[i]->hash : 1);
    return cb_hash_mix(h, call->rest ? call->rest->hash : 1);
}

const struct cb_call *cb_call_copy(struct cb_flow *flow, const struct cb_call *call, const struct cb_bindings *b)
{
    struct cb_call *own = cb_arena_alloc(flow->arena, sizeof *own + (call->n + call->n_keywords) * sizeof(cb_val) + call->n_keywords * sizeof(cb_name));
    cb_val *values = (cb_val *)(own + 1);
    cb_name *names = (cb_name *)(values + call->n + call->n_keywords);
    *own = *call;
    own->positional = values;
    own->keyword_values = values + call->n;
    own->keywords = names;
    for (uint32_t i = 0; i < call->n; i++)
        values[i] = cb_value_bind(flow, call->positional[i], b);
    for (uint32_t i = 0; i < call->n_keywords; i++) {
        values[call->n + i] = cb_value_bind(flow, call->keyword_values[i], b);
        names[i] = call->keywords[i];
    }
    own->rest = cb_value_bind(flow, call->rest, b);
    return own;
}

/* ---- arguments to parameters ---- */

struct given {
    const struct cb_atom *atom;
    const struct cb_call *call;
    uint32_t used; /* positional ones */
};

static uint32_t n_positional(const struct given *given)
{
    return given->atom->n_items + given->call->n;
}

static cb_val positional(const struct given *given, uint32_t i)
{
    return i < given->atom->n_items ? given->atom->items[i] : given->call->positional[i - given->atom->n_items];
}

static cb_val collect_positional(struct cb_flow *flow, struct given *given)
{
    cb_val items[2 * CB_CALL_ARGS];
    size_t n = 0;
    while (given->used < n_positional(given) && n < 2 * CB_CALL_ARGS)
        items[n++] = positional(given, given->used++);
    if (given->call->more && n < 2 * CB_CALL_ARGS)
        items[n++] = given->call->rest;
    return cb_value_display(flow, "tuple", items, n, !given->call->more);
}

static cb_val collect_keywords(struct cb_flow *flow, const struct given *given)
{
    cb_val items[CB_CALL_ARGS + 1];
    size_t n = 0;
    for (uint32_t i = 0; i < given->call->n_keywords; i++)
        if (given->call->keyword_values[i])
            items[n++] = given->call->keyword_values[i];
    if (given->call->rest)
        items[n++] = given->call->rest;
    return n ? cb_value_display(flow, "dict", items, n, false) : NULL;
}

static cb_val argument_for(struct cb_flow *flow, struct given *given, const struct cb_function *fn, const struct cb_ast *param, uint32_t index)
{
    if (param->flags & CB_AST_STAR)
        return collect_positional(flow, given);
    if (param->flags & CB_AST_DOUBLE)
        return collect_keywords(flow, given);
    if (!(param->flags & CB_AST_KEYWORD_ONLY) && given->used < n_positional(given))
        return positional(given, given->used++);
    for (uint32_t i = 0; i < given->call->n_keywords; i++)
        if (given->call->keywords[i] == param->name)
            return given->call->keyword_values[i];
    cb_val value = fn->defaults ? fn->defaults[index] : NULL;
    return given->call->more ? cb_value_join(flow, value, given->call->rest) : value;
}

static const struct cb_bindings *bind_arguments(struct cb_flow *flow, const struct cb_atom *atom, const struct cb_call *call)
{
    const struct cb_function *fn = atom->fn;
    struct cb_bindings *b = cb_arena_alloc(flow->arena, sizeof *b + fn->n_params * sizeof(cb_val));
    struct given given = {.atom = atom, .call = call};
    b->fn = fn;
    b->outer = atom->env;
    b->n = fn->n_params;
    b->symbolic = atom->env && atom->env->symbolic;
    b->hash = cb_hash_mix(fn->id, atom->env ? atom->env->hash : 0);
    uint32_t i = 0;
    for (const struct cb_ast *param = fn->node->a; param && i < b->n; param = param->next, i++) {
        cb_val value = argument_for(flow, &given, fn, param, i);
        b->values[i] = value;
        b->symbolic |= value && value->symbolic;
        b->hash = cb_hash_mix(b->hash, value ? value->hash : 1);
    }
    return b;
}

/* ---- walking the body ---- */

static void bind_parameters(struct cb_walk *walk, struct cb_env *env)
{
    struct cb_flow *flow = walk->flow;
    struct cb_function *fn = walk->fn;
    uint32_t i = 0;
    for (struct cb_ast *param = fn->node->a; param; param = param->next, i++) {
        cb_val value = cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_PARAM, .fn = fn, .id = i});
        if (i == 0 && fn->cls && !fn->is_static)
            value = cb_value_join(flow, value,
                cb_value_atom(flow, &(struct cb_atom){.kind = fn->is_classmethod ? CB_ATOM_CLASS : CB_ATOM_INSTANCE, .cls = fn->cls}));
        struct cb_root root = {.fn = fn, .name = i};
        value = cb_value_rooted(flow, value, &root, 1, false);
        if (param->name)
            cb_name_store(walk, env, param->name, value);
    }
}

static void walk_body(struct cb_walk *outer, struct cb_function *fn, struct cb_summary *summary)
{
    struct cb_flow *flow = outer->flow;
    struct cb_walk walk = {.flow = flow, .outer = outer, .summary = summary, .fn = fn, .line = outer->line};
    uint32_t region = flow->region, escapes = flow->escapes;
    bool stars = flow->stars_here;
    flow->region = flow->escapes = 0; /* what it does to its own variables stays */
    struct cb_env *env = cb_env_new(flow, CB_ENV_FUNCTION, fn->env, fn->scope);
    env->fn = fn;
    env->cls = fn->cls ? fn->cls : env->cls;
    bind_parameters(&walk, env);
    if (fn->node->kind == CB_AST_LAMBDA)
        walk.result = cb_walk_expression(&walk, env, fn->node->c);
    else
        cb_walk_block(&walk, env, fn->node->c);
    flow->region = region;
    flow->escapes = escapes;
    flow->stars_here = stars;
    summary->result = walk.result;
}

static bool still_valid(struct cb_flow *flow, struct cb_summary *summary)
{
    if (summary->valid_at == flow->epoch)
        return true;
    for (uint32_t i = 0; i < summary->n_needs; i++)
        if (summary->needs[i].slot->version != summary->needs[i].version)
            return false;
    summary->valid_at = flow->epoch;
    return true;
}

static bool is_parametric(const struct cb_summary *summary)
{
    for (uint32_t i = 0; i < summary->n; i++) {
        const struct cb_event *event = &summary->events[i];
        if ((event->value && event->value->symbolic) || (event->other && event->other->symbolic))
            return true;
        for (uint32_t k = 0; event->call && k < event->call->n; k++)
            if (event->call->positional[k] && event->call->positional[k]->symbolic)
                return true;
        for (uint32_t k = 0; event->call && k < event->call->n_keywords; k++)
            if (event->call->keyword_values[k] && event->call->keyword_values[k]->symbolic)
                return true;
        if (event->call && event->call->rest && event->call->rest->symbolic)
            return true;
    }
    return false;
}

enum { REWORK = 2000000, REWORK_SHARE = 8 };

/* NULL where it is not known (yet). */
struct cb_summary *cb_summary_get(struct cb_walk *walk, struct cb_function *fn)
{
    struct cb_flow *flow = walk->flow;
    struct cb_summary *summary = fn->summary;
    if (summary && (summary->in_progress || still_valid(flow, summary)))
        return summary;
    bool again = summary != NULL;
    if (flow->depth > CB_WALK_DEPTH || (again && flow->rework > REWORK + REWORK_SHARE * flow->work))
        return summary;
    if (!summary)
        summary = fn->summary = cb_arena_alloc(flow->arena, sizeof *summary);
    else /* arrays of the old one may be in use by a replay: made anew */
        *summary = (struct cb_summary){.replaying = summary->replaying};
    uint64_t work = flow->work;
    summary->in_progress = true;
    walk_body(walk, fn, summary);
    summary->in_progress = false;
    summary->complete = true;
    summary->valid_at = flow->epoch;
    for (uint32_t i = 0; i < summary->n_needs; i++) /* what changed while it was walked is taken as it is now */
        summary->needs[i].version = summary->needs[i].slot->version;
    summary->parametric = is_parametric(summary);
    if (again)
        flow->rework += flow->work - work;
    return summary;
}

/* ---- replay ---- */

static bool applied_before(struct cb_flow *flow, uint64_t key)
{
    if (!key)
        key = 1;
    if (flow->n_applied * 2 >= flow->applied_mask) {
        uint32_t size = flow->applied_mask ? (flow->applied_mask + 1) * 2 : 256;
        uint64_t *own = cb_alloc(size * sizeof *own);
        for (uint32_t i = 0; flow->applied_mask && i <= flow->applied_mask; i++)
            if (flow->applied[i]) {
                uint32_t at = (uint32_t)flow->applied[i] & (size - 1);
                while (own[at])
                    at = (at + 1) & (size - 1);
                own[at] = flow->applied[i];
            }
        free(flow->applied);
        flow->applied = own;
        flow->applied_mask = size - 1;
    }
    uint32_t at = (uint32_t)key & flow->applied_mask;
    for (; flow->applied[at]; at = (at + 1) & flow->applied_mask)
        if (flow->applied[at] == key)
            return true;
    flow->applied[at] = key;
    flow->n_applied++;
    return false;
}

static void make_sure(struct cb_walk *walk, cb_name name)
{
    struct cb_slot *slot = cb_flow_global(walk->flow, name);
    if (!cb_walk_may(walk) && slot->state & CB_SLOT_BOUND && slot->state != CB_SLOT_BOUND)
        cb_flow_set(walk, slot, slot->value, CB_SLOT_BOUND);
}

/* A method called on `self` where the object is of a class that overrides it: another event has that call. */
static bool is_overridden(struct cb_walk *walk, const struct cb_event *event, cb_val value)
{
    if (!event->value->symbolic || !value || value->n_atoms != 1 || value->atoms[0].kind != CB_ATOM_BOUND || !value->atoms[0].complete)
        return false;
    const struct cb_atom *atom = &value->atoms[0];
    cb_val self = atom->items[0];
    bool other = false;
    for (unsigned i = 0; self && i < self->n_atoms; i++) {
        if (self->atoms[i].kind != CB_ATOM_INSTANCE)
            continue;
        cb_val found = cb_class_find(walk, self->atoms[i].cls, atom->fn->node->name, 0);
        for (unsigned k = 0; found && k < found->n_atoms; k++)
            if (found->atoms[k].kind == CB_ATOM_FUNCTION && found->atoms[k].fn == atom->fn)
                return false;
        other = found != NULL;
    }
    return other;
}

static void replay_event(struct cb_walk *walk, const struct cb_event *event, const struct cb_bindings *b)
{
    struct cb_flow *flow = walk->flow;
    cb_val value = cb_value_bind(flow, event->value, b);
    switch (event->kind) {
    case CB_EVENT_READ:
        cb_global_read(walk, event->name);
        break;
    case CB_EVENT_BIND:
        cb_global_bind(walk, event->name, value);
        break;
    case CB_EVENT_SURE:
        make_sure(walk, event->name);
        break;
    case CB_EVENT_DELETE:
        cb_global_delete(walk, event->name);
        break;
    case CB_EVENT_MUTATE:
        cb_mutate(walk, value);
        break;
    case CB_EVENT_CALL:
        if (!is_overridden(walk, event, value))
            cb_call_value(walk, value, cb_call_copy(flow, event->call, b));
        break;
    case CB_EVENT_ESCAPE:
        cb_call_escape(walk, value);
        break;
    case CB_EVENT_FILE_READ:
    case CB_EVENT_FILE_WRITE:
        cb_file(walk, value, event->kind == CB_EVENT_FILE_WRITE);
        break;
    case CB_EVENT_AMBIENT_READ:
    case CB_EVENT_AMBIENT_WRITE:
    case CB_EVENT_AMBIENT_SET:
        cb_ambient(walk, event->text, (enum cb_use)(event->kind - CB_EVENT_AMBIENT_READ));
        break;
    case CB_EVENT_OPEN:
        cb_open_world(walk, event->open, event->text);
        break;
    case CB_EVENT_SET_ATTRIBUTE:
        cb_class_store(walk, value, event->name, cb_value_bind(flow, event->other, b));
        break;
    case CB_EVENT_ATTACH:
        cb_attach(walk, value, cb_value_bind(flow, event->other, b));
        break;
    default:
        break;
    }
}

enum { REPLAYS = 50000, REPLAY_SHARE = 1, NESTED_REPLAYS = 4 };

static void replay(struct cb_walk *walk, struct cb_summary *summary, const struct cb_bindings *b)
{
    struct cb_flow *flow = walk->flow;
    uint64_t key = cb_hash_mix((uintptr_t)summary, summary->n);
    key = cb_hash_mix(cb_hash_mix(key, summary->parametric ? b->hash : 0), cb_walk_may(walk));
    key = cb_hash_mix(key, cb_walk_may(walk) ? flow->region : 0);
    if (flow->replayed > REPLAYS + REPLAY_SHARE * flow->work) { /* cells that each call through all cells before them */
        cb_open_world(walk, CB_OPEN_READS | CB_OPEN_WRITES, "its calls reach further than they are followed");
        return;
    }
    if (summary->replaying >= NESTED_REPLAYS || applied_before(flow, key))
        return;
    uint32_t may = walk->may;
    summary->replaying++;
    flow->replay_depth++;
    walk->latent++;
    const struct cb_event *events = summary->events; /* a summary that is made again meanwhile gets new ones */
    uint32_t n = summary->n;
    for (uint32_t i = 0; i < n; i++) {
        flow->replayed++;
        walk->may = may + events[i].may;
        replay_event(walk, &events[i], b);
    }
    walk->may = may;
    walk->latent--;
    flow->replay_depth--;
    summary->replaying--;
}

static void defer(struct cb_walk *walk, const struct cb_atom *atom, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    if (flow->n_deferred == flow->deferred_capacity) {
        flow->deferred_capacity = flow->deferred_capacity ? flow->deferred_capacity * 2 : 16;
        flow->deferred = cb_realloc(flow->deferred, flow->deferred_capacity * sizeof *flow->deferred);
    }
    flow->deferred[flow->n_deferred++] =
        (struct cb_deferred){cb_value_atom(flow, atom), cb_call_copy(flow, call, NULL), cb_walk_may(walk)};
}

void cb_summary_deferred(struct cb_walk *walk)
{
    struct cb_flow *flow = walk->flow;
    uint32_t may = walk->may;
    for (uint32_t i = 0; i < flow->n_deferred; i++) {
        struct cb_deferred deferred = flow->deferred[i];
        walk->may = may + deferred.may;
        walk->latent++;
        cb_call_value(walk, deferred.callee, deferred.call);
        walk->latent--;
    }
    walk->may = may;
    flow->n_deferred = 0;
}

/* What a call of a generator gives: going through it runs its body. */
static cb_val generator_value(struct cb_flow *flow, const struct cb_atom *atom, cb_val item)
{
    cb_val v = cb_value_holder(flow, cb_value_atom(flow, atom));
    return cb_value_join(flow, v, item ? cb_value_display(flow, "iterator", &item, 1, false) : NULL);
}

cb_val cb_summary_call(struct cb_walk *walk, const struct cb_atom *atom, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    struct cb_function *fn = atom->fn;
    if (!fn->scope)
        return NULL;
    if (!walk->summary && flow->replay_depth > CB_CALL_DEPTH) {
        defer(walk, atom, call);
        return NULL;
    }
    struct cb_summary *summary = cb_summary_get(walk, fn);
    const struct cb_bindings *b = bind_arguments(flow, atom, call);
    walk->may += fn->generator;
    if (walk->summary) {
        cb_val callee = cb_value_atom(flow, atom);
        struct cb_event *event = NULL;
        if (callee && !(summary && summary->complete && !summary->n && !summary->n_needs))
            event = cb_event_add(walk, CB_EVENT_CALL, cb_hash_mix(callee->hash, cb_call_hash(call)));
        if (event) {
            event->value = callee;
            event->call = cb_call_copy(flow, call, NULL);
        }
    } else if (summary && !summary->in_progress)
        replay(walk, summary, b);
    walk->may -= fn->generator;
    cb_val result = summary && summary->complete ? cb_value_bind(flow, summary->result, b) : NULL;
    return fn->generator ? generator_value(flow, atom, result) : result;
}
