/*
 * analyzer: expressions, in the order in which CPython evaluates them.
 */
#include "analyzer/flow.h"

#include <string.h>

/* ---- attributes and subscripts ---- */

static bool is_notebook_atom(const struct cb_atom *atom)
{
    return atom->kind == CB_ATOM_INSTANCE || atom->kind == CB_ATOM_CLASS || atom->kind == CB_ATOM_SUPER;
}

/* What a class gave for a name, as found through an instance or the class. */
static cb_val bind_found(struct cb_walk *walk, cb_val found, const struct cb_atom *through, cb_val receiver)
{
    struct cb_flow *flow = walk->flow;
    cb_val out = NULL;
    cb_val self = receiver;
    if (through->kind == CB_ATOM_SUPER)
        self = through->items[0];
    bool instance = through->kind != CB_ATOM_CLASS;
    for (unsigned i = 0; found && i < found->n_atoms; i++) {
        struct cb_atom atom = found->atoms[i];
        if (atom.kind != CB_ATOM_FUNCTION || !atom.fn->cls || atom.fn->is_static || (!instance && !atom.fn->is_classmethod)) {
            out = cb_value_join(flow, out, cb_value_atom(flow, &atom));
            continue;
        }
        if (atom.fn->is_property) {
            if (!atom.fn->is_setter)
                out = cb_value_join(flow, out,
                    cb_call_value(walk, cb_value_atom(flow, &atom), &(struct cb_call){.positional = &self, .n = 1}));
            continue;
        }
        cb_val *items = cb_arena_alloc(flow->arena, sizeof *items);
        *items = self && self->depth + 1 < CB_VALUE_DEPTH ? self : cb_value_part(flow, self);
        atom.kind = CB_ATOM_BOUND;
        atom.complete = through->kind == CB_ATOM_INSTANCE; /* a class made from this one may have its own */
        atom.items = items;
        atom.n_items = 1;
        out = cb_value_join(flow, out, cb_value_atom(flow, &atom));
    }
    return out;
}

static cb_val attribute_of_class(struct cb_walk *walk, const struct cb_atom *atom, cb_val receiver, cb_name name)
{
    struct cb_flow *flow = walk->flow;
    cb_val found = atom->kind == CB_ATOM_SUPER ? cb_class_bases_find(walk, atom->cls, name, 0) : cb_class_find(walk, atom->cls, name, 0);
    if (found) {
        cb_val v = bind_found(walk, found, atom, receiver);
        if (v && v->n_roots == 0 && !v->immutable && atom->kind == CB_ATOM_INSTANCE && !cb_value_only(flow, v, CB_ATOM_BOUND) && receiver)
            v = cb_value_rooted(flow, v, receiver->roots, receiver->n_roots, true);
        cb_val rest = cb_value_rooted(flow, NULL, found->roots, found->n_roots, false);
        return cb_value_join(flow, v, rest);
    }
    if (atom->kind == CB_ATOM_INSTANCE) {
        cb_val any = cb_call_special(walk, cb_value_atom(flow, atom), cb_names_find(flow->names, "__getattr__"), NULL);
        if (any)
            return any;
    }
    if (atom->kind == CB_ATOM_SUPER || !atom->cls->library_base)
        return cb_value_part(flow, receiver);
    /* a method of a library's class that this one is made from; it may call any method of it */
    cb_val *items = cb_arena_alloc(flow->arena, sizeof *items);
    *items = receiver;
    if (!receiver || receiver->depth >= CB_VALUE_DEPTH)
        return NULL;
    cb_val v = cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_METHOD, .id = name, .items = items, .n_items = 1});
    return cb_value_rooted(flow, v, receiver->roots, receiver->n_roots, true);
}

static cb_val attribute_of_library(struct cb_walk *walk, uint32_t module, cb_name name)
{
    struct cb_flow *flow = walk->flow;
    uint32_t below = cb_flow_library_below(flow, module, flow->names->text[name]);
    if (!below)
        return NULL;
    cb_ambient(walk, cb_stub_ambient(flow->library.text[below]), CB_USE_READ);
    return cb_value_library(flow, below);
}

cb_val cb_walk_attribute(struct cb_walk *walk, cb_val value, cb_name name)
{
    struct cb_flow *flow = walk->flow;
    if (!value)
        return NULL;
    cb_val out = NULL;
    bool others = value->n_atoms == 0;
    for (unsigned i = 0; i < value->n_atoms; i++) {
        const struct cb_atom *atom = &value->atoms[i];
        if (is_notebook_atom(atom))
            out = cb_value_join(flow, out, attribute_of_class(walk, atom, value, name));
        else if (atom->kind == CB_ATOM_LIBRARY)
            out = cb_value_join(flow, out, attribute_of_library(walk, atom->id, name));
        else if (atom->kind == CB_ATOM_TYPE) {
            uint32_t below = cb_flow_library_below(flow, atom->id, flow->names->text[name]);
            const struct cb_stub *stub = below ? cb_flow_stub(flow, below) : NULL;
            if (stub && stub->flags & CB_STUB_RETURNS_TYPE && stub->flags & CB_STUB_RETURNS_SELF && stub->type)
                out = cb_value_join(flow, out, cb_value_type(flow, stub->type));
            if (stub && stub->flags & CB_STUB_OPEN_WORLD && stub->flags == CB_STUB_OPEN_WORLD)
                cb_open_world(walk, CB_OPEN_READS | CB_OPEN_WRITES, "the namespace is used as a dict");
            others = true;
        } else
            others = true;
    }
    if (!others)
        return out;
    /* what a method is made of: its receiver, without receivers of receivers */
    cb_val receiver = value;
    for (unsigned i = 0; i < value->n_atoms; i++)
        if (value->atoms[i].kind == CB_ATOM_METHOD)
            receiver = cb_value_join(flow, cb_value_part(flow, value), cb_value_only(flow, value, CB_ATOM_HOLDER));
    if (!receiver || receiver->depth >= CB_VALUE_DEPTH)
        return cb_value_join(flow, out, cb_value_part(flow, value));
    cb_val *items = cb_arena_alloc(flow->arena, sizeof *items);
    *items = receiver;
    out = cb_value_join(flow, out, cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_METHOD, .id = name, .items = items, .n_items = 1}));
    return cb_value_rooted(flow, out, value->roots, value->n_roots, true);
}

static bool is_namespace(struct cb_flow *flow, cb_val v)
{
    return v && v->n_atoms == 1 && v->atoms[0].kind == CB_ATOM_LIBRARY && strcmp(flow->library.text[v->atoms[0].id], "<namespace>") == 0;
}

cb_val cb_walk_subscript(struct cb_walk *walk, cb_val value, cb_val index, const struct cb_ast *index_node)
{
    struct cb_flow *flow = walk->flow;
    if (!value)
        return NULL;
    if (is_namespace(flow, value)) {
        const char *key = cb_value_string(index);
        cb_name name = key ? cb_names_find(flow->names, key) : CB_NO_NAME;
        return name ? cb_global_read(walk, name) : NULL;
    }
    cb_val special = NULL;
    if (value->instance) {
        special = cb_call_special(walk, value, flow->n.getitem, index);
        if (special)
            return special;
    }
    for (unsigned i = 0; i < value->n_atoms; i++)
        if (value->atoms[i].kind == CB_ATOM_LIBRARY)
            cb_ambient(walk, cb_stub_ambient(flow->library.text[value->atoms[i].id]), CB_USE_READ);
    size_t at = index_node && index_node->kind == CB_AST_NUMBER && index_node->value >= 0 ? (size_t)index_node->value : SIZE_MAX;
    cb_val item = cb_value_item(flow, value, at);
    if (index_node && index_node->kind == CB_AST_SLICE) { /* a slice of a list is a new list of the same things; of an array, a view */
        cb_val types = cb_value_only(flow, value, CB_ATOM_TYPE);
        if (types)
            item = cb_value_join(flow, item, types);
    }
    return item;
}

cb_val cb_walk_iterate(struct cb_walk *walk, cb_val iterable)
{
    struct cb_flow *flow = walk->flow;
    if (!iterable)
        return NULL;
    cb_val item = NULL;
    if (iterable->instance) {
        cb_val iterator = cb_call_special(walk, iterable, flow->n.iter, NULL);
        cb_val over = iterator ? iterator : iterable;
        item = cb_call_special(walk, over, flow->n.next, NULL);
        item = cb_value_join(flow, item, cb_call_special(walk, iterable, flow->n.getitem, NULL));
    }
    cb_val holder = cb_value_only(flow, iterable, CB_ATOM_HOLDER);
    if (holder && !cb_value_is_type(flow, iterable, "list") && !cb_value_is_type(flow, iterable, "dict"))
        cb_call_escape(walk, holder); /* a generator, map() … */
    return cb_value_join(flow, item, cb_value_item(flow, iterable, SIZE_MAX));
}

/* ---- calls ---- */

void cb_walk_arguments(struct cb_walk *walk, struct cb_env *env, struct cb_ast *args, struct cb_call *call, cb_val *values, cb_name *names,
    cb_val *named)
{
    struct cb_flow *flow = walk->flow;
    *call = (struct cb_call){.positional = values, .keywords = names, .keyword_values = named};
    for (struct cb_ast *arg = args; arg; arg = arg->next) {
        if (arg->kind == CB_AST_KEYWORD && arg->name) {
            cb_val v = cb_walk_expression(walk, env, arg->a);
            if (call->n_keywords < CB_CALL_ARGS) {
                names[call->n_keywords] = arg->name;
                named[call->n_keywords++] = v;
            } else {
                call->more = true;
                call->rest = cb_value_join(flow, call->rest, v);
            }
            continue;
        }
        if (arg->kind == CB_AST_KEYWORD || arg->kind == CB_AST_STARRED || arg->kind == CB_AST_DOUBLE_STAR) {
            cb_val v = cb_walk_expression(walk, env, arg->a);
            if (arg->kind == CB_AST_STARRED && v && v->instance)
                cb_walk_iterate(walk, v);
            call->more = true;
            call->rest = cb_value_join(flow, call->rest, cb_value_item(flow, v, SIZE_MAX));
            continue;
        }
        cb_val v = cb_walk_expression(walk, env, arg);
        if (call->more || call->n == CB_CALL_ARGS) {
            call->more = true;
            call->rest = cb_value_join(flow, call->rest, v);
        } else
            values[call->n++] = v;
    }
}

/* super() without arguments, in a method. */
static cb_val super_value(struct cb_walk *walk, struct cb_env *env)
{
    struct cb_function *fn = env->fn;
    while (fn && !fn->cls)
        fn = fn->outer;
    if (!fn || !fn->node->a)
        return NULL;
    cb_val *items = cb_arena_alloc(walk->flow->arena, sizeof *items);
    *items = cb_value_join(walk->flow, cb_value_atom(walk->flow, &(struct cb_atom){.kind = CB_ATOM_PARAM, .fn = fn}),
        cb_value_atom(walk->flow, &(struct cb_atom){.kind = CB_ATOM_INSTANCE, .cls = fn->cls}));
    struct cb_root root = {.fn = fn, .name = 0};
    *items = cb_value_rooted(walk->flow, *items, &root, 1, false);
    return cb_value_atom(walk->flow, &(struct cb_atom){.kind = CB_ATOM_SUPER, .cls = fn->cls, .items = items, .n_items = 1});
}

static bool any_named(cb_val v)
{
    for (unsigned i = 0; v && i < v->n_atoms; i++)
        if (is_notebook_atom(&v->atoms[i]) || v->atoms[i].kind == CB_ATOM_LIBRARY || v->atoms[i].kind == CB_ATOM_PARAM)
            return true;
    return false;
}

static cb_val walk_call(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val values[CB_CALL_ARGS], named[CB_CALL_ARGS];
    cb_name names[CB_CALL_ARGS];
    struct cb_call call;
    struct cb_ast *fn = node->a;
    uint32_t line = node->line;
    if (!fn)
        return NULL;
    if (fn->kind == CB_AST_NAME && !node->b && strcmp(walk->flow->names->text[fn->name], "super") == 0) {
        cb_walk_expression(walk, env, fn);
        return super_value(walk, env);
    }
    if (fn->kind == CB_AST_ATTRIBUTE) { /* a method: not made a value where it need not be one */
        cb_val receiver = cb_walk_expression(walk, env, fn->a);
        cb_val callee = any_named(receiver) ? cb_walk_attribute(walk, receiver, fn->name) : NULL;
        cb_walk_arguments(walk, env, node->b, &call, values, names, named);
        walk->line = line;
        walk->receiver = receiver;
        if (callee)
            return cb_call_value(walk, callee, &call);
        walk->unused = node == walk->unused_call;
        return cb_call_method(walk, receiver, fn->name, &call);
    }
    cb_val callee = cb_walk_expression(walk, env, fn);
    cb_walk_arguments(walk, env, node->b, &call, values, names, named);
    walk->line = line;
    return cb_call_value(walk, callee, &call);
}

/* ---- displays, strings ---- */

static cb_val walk_display(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    cb_val items[CB_VALUE_ITEMS];
    size_t n = 0;
    bool complete = true;
    for (struct cb_ast *item = node->a; item; item = item->next) {
        cb_val v;
        if (item->kind == CB_AST_STARRED) {
            complete = false;
            v = cb_walk_iterate(walk, cb_walk_expression(walk, env, item->a));
        } else
            v = cb_walk_expression(walk, env, item);
        if (n < CB_VALUE_ITEMS)
            items[n++] = v;
        else {
            complete = false;
            if (v && (v->callable || v->n_roots))
                items[n - 1] = cb_value_join(flow, items[n - 1], v);
        }
    }
    /* What the items are part of, the display is: changing d[0] changes them. */
    const char *type = node->kind == CB_AST_TUPLE ? "tuple" : node->kind == CB_AST_LIST ? "list" : "set";
    return cb_value_display(flow, type, items, n, complete && node->kind != CB_AST_SET);
}

static cb_val walk_dict(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    cb_val items[CB_VALUE_ITEMS];
    size_t n = 0;
    for (struct cb_ast *key = node->a; key; key = key->next) {
        cb_val v;
        if (key->kind == CB_AST_DOUBLE_STAR)
            v = cb_value_item(flow, cb_walk_expression(walk, env, key->a), SIZE_MAX);
        else {
            cb_walk_expression(walk, env, key);
            key = key->next;
            if (!key)
                break;
            v = cb_walk_expression(walk, env, key);
        }
        if (!v || (!v->callable && !v->n_roots && !v->symbolic))
            continue;
        if (n < CB_VALUE_ITEMS)
            items[n++] = v;
        else
            items[n - 1] = cb_value_join(flow, items[n - 1], v);
    }
    return cb_value_display(flow, "dict", items, n, false);
}

/* Strings put together; NULL where one is not known. */
static cb_val join_texts(struct cb_flow *flow, const char *a, const char *between, const char *b, bool path)
{
    size_t n = strlen(a), k = strlen(between), m = strlen(b);
    if (path && b[0] == '/') /* os.path.join, Path: an absolute path starts anew */
        n = k = 0;
    if (path && n && a[n - 1] == '/')
        k = 0;
    if (n + k + m >= CB_TEXT_LENGTH)
        return NULL;
    char *text = cb_arena_alloc(flow->arena, n + k + m + 1);
    memcpy(text, a, n);
    memcpy(text + n, between, k);
    memcpy(text + n + k, b, m);
    return cb_value_text(flow, text, path);
}

static cb_val walk_fstring(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    char text[CB_TEXT_LENGTH];
    size_t n = 0;
    bool known = true;
    for (struct cb_ast *part = node->a; part; part = part->next) {
        const char *piece = NULL;
        if (part->kind == CB_AST_STRING)
            piece = part->text;
        else {
            cb_val v = cb_walk_expression(walk, env, part);
            if (v && v->instance)
                cb_call_special(walk, v, flow->n.str, NULL);
            piece = cb_value_string(v);
        }
        size_t m = piece ? strlen(piece) : 0;
        known = known && piece && n + m < sizeof text;
        if (known) {
            memcpy(text + n, piece, m);
            n += m;
        }
    }
    return known ? cb_value_text(flow, cb_arena_copy(flow->arena, text, n), false) : cb_value_type(flow, "str");
}

static bool is_path(cb_val v)
{
    return v && v->n_atoms == 1 && v->atoms[0].kind == CB_ATOM_STRING && v->atoms[0].id;
}

static cb_val walk_binary(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    cb_val a = cb_walk_expression(walk, env, node->a), b = cb_walk_expression(walk, env, node->b);
    if ((a && a->instance) || (b && b->instance)) {
        walk->line = node->line;
        cb_val v = cb_call_special(walk, a, CB_NO_NAME, b);
        return cb_value_join(flow, v, cb_call_special(walk, b, CB_NO_NAME, a));
    }
    const char *s = cb_value_string(a), *t = cb_value_string(b);
    if (s && t) {
        if (is_path(a) || is_path(b))
            return join_texts(flow, s, "/", t, true);
        return strchr(s, '%') ? cb_value_type(flow, "str") : join_texts(flow, s, "", t, false);
    }
    if (cb_value_is_type(flow, a, "list") || cb_value_is_type(flow, b, "list")) {
        cb_val held = cb_value_join(flow, cb_value_item(flow, a, SIZE_MAX), cb_value_item(flow, b, SIZE_MAX));
        return cb_value_display(flow, "list", &held, 1, false);
    }
    return NULL;
}

/* ---- comprehensions ---- */

static void walk_clauses(struct cb_walk *walk, struct cb_env *env, struct cb_env *inner, struct cb_ast *clause)
{
    for (bool first = true; clause; clause = clause->next, first = false) {
        cb_val item = cb_walk_iterate(walk, cb_walk_expression(walk, first ? env : inner, clause->b));
        if (first)
            walk->may++;
        cb_target_store(walk, inner, clause->a, item);
        for (struct cb_ast *condition = clause->c; condition; condition = condition->next)
            cb_walk_expression(walk, inner, condition);
    }
}

static cb_val walk_comprehension(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    if (!node->scope || !node->b)
        return NULL;
    struct cb_flow *flow = walk->flow;
    struct cb_env *inner = cb_env_new(flow, CB_ENV_COMPREHENSION, env, node->scope);
    uint32_t saved, mark = cb_branch_begin(walk, &saved), may = walk->may;
    walk_clauses(walk, env, inner, node->b);
    cb_val item = cb_walk_expression(walk, inner, node->a);
    if (node->kind == CB_AST_DICT_COMP)
        item = cb_walk_expression(walk, inner, node->c);
    walk->may = may;
    struct cb_delta delta = cb_branch_end(walk, mark, saved);
    cb_branch_join(walk, &delta, 1, true);
    if (item && !(item->callable || item->n_roots))
        item = NULL;
    return cb_value_display(flow, node->kind == CB_AST_LIST_COMP ? "list" : node->kind == CB_AST_DICT_COMP ? "dict" : node->kind == CB_AST_SET_COMP ? "set" : "iterator",
        &item, item != NULL, false);
}

/* ---- conditional evaluation ---- */

static cb_val walk_conditionally(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node, struct cb_delta *delta)
{
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    walk->may++;
    cb_val v = cb_walk_expression(walk, env, node);
    walk->may--;
    *delta = cb_branch_end(walk, mark, saved);
    return v;
}

static cb_val walk_bool(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val v = cb_walk_expression(walk, env, node->a);
    if (!node->a)
        return NULL;
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    walk->may++;
    for (struct cb_ast *item = node->a->next; item; item = item->next)
        v = cb_value_join(walk->flow, v, cb_walk_expression(walk, env, item));
    walk->may--;
    struct cb_delta delta = cb_branch_end(walk, mark, saved);
    cb_branch_join(walk, &delta, 1, true);
    return v;
}

static cb_val walk_if_expression(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_delta deltas[2];
    cb_walk_expression(walk, env, node->a);
    int truth = cb_walk_truth(walk, env, node->a);
    if (truth >= 0)
        return cb_walk_expression(walk, env, truth ? node->b : node->c);
    cb_val a = walk_conditionally(walk, env, node->b, &deltas[0]);
    cb_val b = walk_conditionally(walk, env, node->c, &deltas[1]);
    cb_branch_join(walk, deltas, 2, false);
    return cb_value_join(walk->flow, a, b);
}

static cb_val walk_compare(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val all = NULL;
    unsigned i = 0;
    for (struct cb_ast *item = node->a; item; item = item->next, i++) {
        walk->may += i > 1;
        cb_val v = cb_walk_expression(walk, env, item);
        if (v && v->instance)
            all = cb_value_join(walk->flow, all, v);
        walk->may -= i > 1;
    }
    if (all)
        cb_call_special(walk, all, walk->flow->n.contains, NULL);
    return NULL;
}

static cb_val walk_children(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    if (node->a)
        cb_walk_expression(walk, env, node->a);
    if (node->b)
        cb_walk_expression(walk, env, node->b);
    if (node->c)
        cb_walk_expression(walk, env, node->c);
    return NULL;
}

static cb_val constant(struct cb_walk *walk, const struct cb_ast *node)
{
    static const char *const names[] = {"None", "True", "False", "Ellipsis"};
    return cb_value_library(walk->flow, cb_flow_library(walk->flow, names[node->value & 3]));
}

static cb_val walk_value(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    switch (node->kind) {
    case CB_AST_NAME:
        walk->line = node->line;
        return cb_name_load(walk, env, node->name);
    case CB_AST_ATTRIBUTE:
        return cb_walk_attribute(walk, cb_walk_expression(walk, env, node->a), node->name);
    case CB_AST_SUBSCRIPT: {
        cb_val value = cb_walk_expression(walk, env, node->a);
        cb_val index = node->b ? cb_walk_expression(walk, env, node->b) : NULL;
        return cb_walk_subscript(walk, value, index, node->b);
    }
    case CB_AST_CALL:
        return walk_call(walk, env, node);
    case CB_AST_BOOL_OP:
        return walk_bool(walk, env, node);
    case CB_AST_BINARY:
        return walk_binary(walk, env, node);
    case CB_AST_COMPARE:
        return walk_compare(walk, env, node);
    case CB_AST_IF_EXP:
        return walk_if_expression(walk, env, node);
    case CB_AST_TUPLE:
    case CB_AST_LIST:
    case CB_AST_SET:
        return walk_display(walk, env, node);
    case CB_AST_DICT:
        return walk_dict(walk, env, node);
    case CB_AST_LIST_COMP:
    case CB_AST_SET_COMP:
    case CB_AST_GENERATOR:
    case CB_AST_DICT_COMP:
        return walk_comprehension(walk, env, node);
    case CB_AST_LAMBDA:
        return cb_walk_lambda(walk, env, node);
    case CB_AST_AWAIT:
        return node->a ? cb_walk_expression(walk, env, node->a) : NULL;
    case CB_AST_YIELD:
    case CB_AST_YIELD_FROM: {
        cb_val v = node->a ? cb_walk_expression(walk, env, node->a) : NULL;
        walk->result = cb_value_join(flow, walk->result, node->kind == CB_AST_YIELD ? v : cb_walk_iterate(walk, v));
        return NULL;
    }
    case CB_AST_NAMED: {
        cb_val v = cb_walk_expression(walk, env, node->b);
        cb_target_store(walk, env, node->a, v);
        return v;
    }
    case CB_AST_STRING:
        return cb_value_text(flow, node->text, false);
    case CB_AST_FSTRING:
        return walk_fstring(walk, env, node);
    case CB_AST_NUMBER:
        return cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_TYPE, .id = flow->types.number});
    case CB_AST_CONSTANT:
        return constant(walk, node);
    case CB_AST_STARRED:
    case CB_AST_KEYWORD:
    case CB_AST_DOUBLE_STAR:
        return node->a ? cb_walk_expression(walk, env, node->a) : NULL;
    case CB_AST_IPYTHON:
        cb_walk_ipython(walk, env, node);
        return NULL;
    default:
        return walk_children(walk, env, node);
    }
}

cb_val cb_walk_expression(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    if (!node)
        return NULL;
    walk->flow->depth++;
    walk->flow->work++;
    cb_val v = walk_value(walk, env, node);
    walk->flow->depth--;
    return v;
}
