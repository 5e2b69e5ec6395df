/*
 * analyzer: names, as the scope that uses them finds them, and what is assigned to.
 */
#include "analyzer/flow.h"

#include <string.h>

struct cb_env *cb_env_new(struct cb_flow *flow, enum cb_env_kind kind, struct cb_env *outer, const struct cb_scope *scope)
{
    struct cb_env *env = cb_arena_alloc(flow->arena, sizeof *env);
    *env = (struct cb_env){.kind = kind, .outer = outer, .scope = scope};
    if (outer) {
        env->fn = outer->fn;
        env->cls = outer->cls;
    }
    if (kind != CB_ENV_MODULE && scope->n_symbols)
        env->slots = cb_arena_alloc(flow->arena, scope->n_symbols * sizeof *env->slots);
    return env;
}

/* The variable of `name` in this very scope. */
static struct cb_slot *own_slot(struct cb_flow *flow, struct cb_env *env, const struct cb_symbol *symbol)
{
    struct cb_slot **slot = &env->slots[symbol - env->scope->symbols];
    if (!*slot) {
        *slot = cb_arena_alloc(flow->arena, sizeof **slot);
        (*slot)->state = CB_SLOT_BEFORE;
    }
    return *slot;
}

enum place { GLOBAL, LOCAL, IN_CLASS };

/* Where `name` lives as seen from `env`; LOCAL: `*slot`. */
static enum place find(struct cb_walk *walk, struct cb_env *env, cb_name name, struct cb_slot **slot)
{
    if (env->kind == CB_ENV_MODULE)
        return GLOBAL;
    const struct cb_symbol *symbol = cb_scope_find(env->scope, name);
    if (!symbol || symbol->binding == CB_BINDING_GLOBAL)
        return GLOBAL;
    if (symbol->binding == CB_BINDING_LOCAL) {
        *slot = own_slot(walk->flow, env, symbol);
        return env->kind == CB_ENV_CLASS ? IN_CLASS : LOCAL;
    }
    for (struct cb_env *outer = env->outer; outer && outer->kind != CB_ENV_MODULE; outer = outer->outer) {
        if (outer->kind == CB_ENV_CLASS)
            continue;
        symbol = cb_scope_find(outer->scope, name);
        if (symbol && symbol->binding == CB_BINDING_LOCAL) {
            *slot = own_slot(walk->flow, outer, symbol);
            if (outer->fn != env->fn)
                cb_flow_watch(walk, *slot);
            return LOCAL;
        }
    }
    *slot = NULL;
    return LOCAL; /* `__class__` and what Python refuses */
}

static cb_name spelled(struct cb_walk *walk, struct cb_env *env, cb_name name)
{
    const char *text = walk->flow->names->text[name];
    if (env->kind == CB_ENV_MODULE || text[0] != '_' || text[1] != '_')
        return name;
    return cb_scope_mangle(walk->flow->names, env->scope, name);
}

cb_val cb_name_load(struct cb_walk *walk, struct cb_env *env, cb_name name)
{
    struct cb_slot *slot = NULL;
    name = spelled(walk, env, name);
    switch (find(walk, env, name, &slot)) {
    case LOCAL:
        return slot ? slot->value : NULL;
    case IN_CLASS:
        if (slot->state == CB_SLOT_BOUND)
            return slot->value;
        if (slot->state & CB_SLOT_BOUND) {
            walk->may++;
            cb_val v = cb_value_join(walk->flow, slot->value, cb_global_read(walk, name));
            walk->may--;
            return v;
        }
        return cb_global_read(walk, name);
    default:
        return cb_global_read(walk, name);
    }
}

void cb_name_store(struct cb_walk *walk, struct cb_env *env, cb_name name, cb_val value)
{
    struct cb_slot *slot = NULL;
    name = spelled(walk, env, name);
    if (find(walk, env, name, &slot) == GLOBAL)
        cb_global_bind(walk, name, value);
    else if (slot && walk->looping && walk->summary)
        cb_flow_set(walk, slot, cb_value_join(walk->flow, slot->value, value), CB_SLOT_BOUND);
    else if (slot)
        cb_flow_set(walk, slot, value, CB_SLOT_BOUND);
}

void cb_name_delete(struct cb_walk *walk, struct cb_env *env, cb_name name)
{
    struct cb_slot *slot = NULL;
    name = spelled(walk, env, name);
    enum place place = find(walk, env, name, &slot);
    if (place == GLOBAL)
        cb_global_delete(walk, name);
    else if (slot)
        cb_flow_set(walk, slot, NULL, CB_SLOT_DELETED);
}

/* Assignments to, or in, what is state of the process. */
static void write_state(struct cb_walk *walk, cb_val base, cb_name attribute)
{
    struct cb_flow *flow = walk->flow;
    for (unsigned i = 0; base && i < base->n_atoms; i++) {
        if (base->atoms[i].kind != CB_ATOM_LIBRARY && base->atoms[i].kind != CB_ATOM_TYPE)
            continue;
        uint32_t id = base->atoms[i].id;
        if (attribute)
            id = cb_flow_library_below(flow, id, flow->names->text[attribute]);
        if (id)
            cb_ambient(walk, cb_stub_ambient(flow->library.text[id]), CB_USE_WRITE);
    }
}

/* Keys of the module's namespace: `globals()['k'] = v`. */
static bool store_in_namespace(struct cb_walk *walk, cb_val base, cb_val index, cb_val value, bool del)
{
    if (!base || base->n_atoms != 1 || base->atoms[0].kind != CB_ATOM_LIBRARY ||
        strcmp(walk->flow->library.text[base->atoms[0].id], "<namespace>") != 0)
        return false;
    const char *key = cb_value_string(index);
    if (!key || !*key)
        cb_open_world(walk, CB_OPEN_WRITES, "names that are set through globals() are not known");
    else if (del)
        cb_global_delete(walk, cb_names_intern(walk->flow->names, key, strlen(key)));
    else
        cb_global_bind(walk, cb_names_intern(walk->flow->names, key, strlen(key)), value);
    return true;
}

/* `x.part(…).y = 1`: what the method gave is most likely in x. */
static void mutate_stored(struct cb_walk *walk, const struct cb_ast *node, cb_val base)
{
    cb_mutate(walk, base);
    if (!base && node && node->kind == CB_AST_CALL && node->a && node->a->kind == CB_AST_ATTRIBUTE) {
        walk->may++;
        cb_mutate(walk, walk->receiver);
        walk->may--;
    }
}

static void store_subscript(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target, cb_val value, bool del)
{
    cb_val base = cb_walk_expression(walk, env, target->a);
    cb_val index = cb_walk_expression(walk, env, target->b);
    walk->line = target->line;
    if (store_in_namespace(walk, base, index, value, del))
        return;
    write_state(walk, base, CB_NO_NAME);
    if (base && base->instance)
        cb_call_special(walk, base, del ? walk->flow->n.delitem : walk->flow->n.setitem, index);
    mutate_stored(walk, target->a, base);
    cb_attach(walk, base, value);
}

static void store_attribute(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target, cb_val value, bool del)
{
    cb_val base = cb_walk_expression(walk, env, target->a);
    walk->line = target->line;
    write_state(walk, base, target->name);
    if (!del)
        cb_class_store(walk, base, target->name, value);
    mutate_stored(walk, target->a, base);
    cb_attach(walk, base, value);
}

static void store_sequence(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target, cb_val value)
{
    size_t i = 0;
    bool starred = false;
    if (value && value->instance)
        value = cb_value_join(walk->flow, value, cb_call_special(walk, value, walk->flow->n.iter, NULL));
    for (struct cb_ast *item = target->a; item; item = item->next, i++) {
        if (item->kind == CB_AST_STARRED) {
            starred = true;
            cb_val item_value = cb_value_item(walk->flow, value, SIZE_MAX);
            cb_val list = cb_value_display(walk->flow, "list", &item_value, 1, false);
            cb_target_store(walk, env, item->a, list);
            continue;
        }
        cb_target_store(walk, env, item, cb_value_item(walk->flow, value, starred ? SIZE_MAX : i));
    }
}

void cb_target_store(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target, cb_val value)
{
    if (!target)
        return;
    switch (target->kind) {
    case CB_AST_NAME:
        walk->line = target->line;
        cb_name_store(walk, env, target->name, value);
        break;
    case CB_AST_ATTRIBUTE:
        store_attribute(walk, env, target, value, false);
        break;
    case CB_AST_SUBSCRIPT:
        store_subscript(walk, env, target, value, false);
        break;
    case CB_AST_STARRED:
        cb_target_store(walk, env, target->a, value);
        break;
    case CB_AST_TUPLE:
    case CB_AST_LIST:
        store_sequence(walk, env, target, value);
        break;
    default: /* what Python refuses: at least what it reads */
        cb_walk_expression(walk, env, target);
    }
}

void cb_target_delete(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target)
{
    if (!target)
        return;
    switch (target->kind) {
    case CB_AST_NAME:
        walk->line = target->line;
        cb_name_delete(walk, env, target->name);
        break;
    case CB_AST_ATTRIBUTE:
        store_attribute(walk, env, target, NULL, true);
        break;
    case CB_AST_SUBSCRIPT:
        store_subscript(walk, env, target, NULL, true);
        break;
    case CB_AST_TUPLE:
    case CB_AST_LIST:
        for (struct cb_ast *item = target->a; item; item = item->next)
            cb_target_delete(walk, env, item);
        break;
    default:
        break;
    }
}
