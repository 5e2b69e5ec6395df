/*
 * analyzer: what defining statements evaluate at once (decorators, defaults, annotations, class bodies), and imports.
 */
#include "analyzer/flow.h"

#include <string.h>

static bool later_annotations(const struct cb_env *env)
{
    const struct cb_scope *top = env->scope;
    while (top->parent)
        top = top->parent;
    return top->future_annotations;
}

/* The environment of a definition's type parameters, where it has them. */
static struct cb_env *type_parameters(struct cb_walk *walk, struct cb_env *env, const struct cb_ast *node)
{
    const struct cb_scope *parent = node->scope ? node->scope->parent : NULL;
    if (!node->extra || !parent || parent->kind != CB_SCOPE_TYPE_PARAMETERS)
        return env;
    return cb_env_new(walk->flow, CB_ENV_COMPREHENSION, env, parent);
}

static struct cb_function *new_function(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    struct cb_function *fn = cb_arena_alloc(flow->arena, sizeof *fn);
    *fn = (struct cb_function){.node = node, .scope = node->scope, .env = env, .outer = env->fn, .id = ++flow->n_functions};
    for (struct cb_ast *param = node->a; param; param = param->next)
        fn->n_params++;
    if (env->kind == CB_ENV_CLASS)
        fn->cls = env->cls;
    fn->generator = node->scope->generator;
    fn->is_async = node->flags & CB_AST_ASYNC;
    uint32_t i = 0;
    for (struct cb_ast *param = node->a; param; param = param->next, i++)
        if (param->a) {
            if (!fn->defaults)
                fn->defaults = cb_arena_alloc(flow->arena, fn->n_params * sizeof *fn->defaults);
            fn->defaults[i] = cb_walk_expression(walk, env, param->a);
        }
    return fn;
}

cb_val cb_walk_lambda(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    if (!node->scope)
        return NULL;
    struct cb_function *fn = new_function(walk, env, node);
    return cb_value_atom(walk->flow, &(struct cb_atom){.kind = CB_ATOM_FUNCTION, .fn = fn});
}

static const char *decorator_name(struct cb_walk *walk, const struct cb_ast *node)
{
    if (node->kind == CB_AST_CALL && node->a)
        node = node->a;
    return node->kind == CB_AST_NAME || node->kind == CB_AST_ATTRIBUTE ? walk->flow->names->text[node->name] : "";
}

static void mark_method(struct cb_walk *walk, struct cb_function *fn, const struct cb_ast *decorator)
{
    const char *name = decorator_name(walk, decorator);
    if (strstr(name, "property"))
        fn->is_property = true;
    else if (strcmp(name, "staticmethod") == 0)
        fn->is_static = true;
    else if (strcmp(name, "classmethod") == 0 || strcmp(name, "validator") == 0)
        fn->is_classmethod = true;
    else if (strcmp(name, "setter") == 0 || strcmp(name, "deleter") == 0)
        fn->is_setter = fn->is_property = true;
}

/* The name at the very left of `app.route('/')`. */
static struct cb_ast *leftmost(struct cb_ast *node)
{
    while (node && (node->kind == CB_AST_CALL || node->kind == CB_AST_ATTRIBUTE || node->kind == CB_AST_SUBSCRIPT))
        node = node->a;
    return node && node->kind == CB_AST_NAME ? node : NULL;
}

static cb_val decorate(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node, cb_val decorator, cb_val v)
{
    struct cb_flow *flow = walk->flow;
    walk->line = node->line;
    struct cb_call call = {.positional = &v, .n = 1};
    bool own = false, calls = false;
    for (unsigned i = 0; decorator && i < decorator->n_atoms; i++) {
        const struct cb_atom *atom = &decorator->atoms[i];
        own |= atom->kind == CB_ATOM_FUNCTION || atom->kind == CB_ATOM_BOUND || atom->kind == CB_ATOM_CLASS || atom->kind == CB_ATOM_INSTANCE ||
            atom->kind == CB_ATOM_PARAM;
        const struct cb_stub *stub = atom->kind == CB_ATOM_LIBRARY ? cb_flow_stub(flow, atom->id) : NULL;
        calls |= stub && stub->flags & CB_STUB_CALLS_ARG;
    }
    if (own) {
        cb_val result = cb_call_value(walk, decorator, &call);
        return result && (result->callable || result->symbolic) ? result : cb_value_join(flow, v, result);
    }
    if (calls || strncmp(decorator_name(walk, node), "interact", 8) == 0)
        cb_call_escape(walk, v);
    v = cb_value_join(flow, v, cb_value_only(flow, decorator, CB_ATOM_HOLDER)); /* what the decorator was given is called as well */
    struct cb_ast *left = leftmost(node);
    if (left && node->kind == CB_AST_CALL)
        cb_attach(walk, cb_name_load(walk, env, left->name), v);
    return v;
}

static cb_val apply_decorators(struct cb_walk *walk, struct cb_env *env, struct cb_ast *first, cb_val *decorators, size_t n, cb_val v)
{
    while (n-- > 0) {
        struct cb_ast *node = first;
        for (size_t i = 0; i < n; i++)
            node = node->next;
        v = decorate(walk, env, node, decorators[n], v);
    }
    return v;
}

enum { DECORATORS = 16 };

static size_t walk_decorators(struct cb_walk *walk, struct cb_env *env, struct cb_ast *first, cb_val decorators[DECORATORS])
{
    size_t n = 0;
    for (struct cb_ast *node = first; node; node = node->next) {
        cb_val v = cb_walk_expression(walk, env, node);
        if (n < DECORATORS)
            decorators[n++] = v;
    }
    return n;
}

void cb_walk_function(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val decorators[DECORATORS];
    size_t n = walk_decorators(walk, env, node->b, decorators);
    cb_val v = NULL;
    if (node->scope) {
        struct cb_env *inner = type_parameters(walk, env, node);
        struct cb_function *fn = new_function(walk, env, node);
        fn->env = inner;
        if (!later_annotations(env)) {
            for (struct cb_ast *param = node->a; param; param = param->next)
                if (param->b)
                    cb_walk_expression(walk, inner, param->b);
            if (node->d)
                cb_walk_expression(walk, inner, node->d);
        }
        for (struct cb_ast *decorator = node->b; decorator; decorator = decorator->next)
            mark_method(walk, fn, decorator);
        v = cb_value_atom(walk->flow, &(struct cb_atom){.kind = CB_ATOM_FUNCTION, .fn = fn});
    }
    v = apply_decorators(walk, env, node->b, decorators, n, v);
    walk->line = node->line;
    if (env->kind == CB_ENV_CLASS) { /* a property and its setter: both stay */
        struct cb_slot *before = NULL;
        const struct cb_symbol *symbol = cb_scope_find(env->scope, node->name);
        if (symbol && env->slots && (before = env->slots[symbol - env->scope->symbols]) && v && v->n_atoms && v->atoms[0].kind == CB_ATOM_FUNCTION &&
            v->atoms[0].fn->is_setter)
            v = cb_value_join(walk->flow, before->value, v);
    }
    cb_name_store(walk, env, node->name, v);
}

static void take_base(struct cb_walk *walk, struct cb_class *cls, cb_val base)
{
    bool own = false;
    cls->bases = cb_value_join(walk->flow, cls->bases, base);
    for (unsigned i = 0; base && i < base->n_atoms; i++) {
        const struct cb_atom *atom = &base->atoms[i];
        if (atom->kind == CB_ATOM_CLASS) {
            own = true;
            cls->library_base |= atom->cls->library_base;
        } else if (atom->kind == CB_ATOM_LIBRARY && strcmp(walk->flow->library.text[atom->id], "object") == 0)
            own = true;
    }
    cls->library_base |= !own;
    if (cls->n_bases < CB_VALUE_ITEMS)
        cls->base_list[cls->n_bases++] = base;
}

static void take_namespace(struct cb_walk *walk, struct cb_class *cls, const struct cb_env *env)
{
    for (uint32_t i = 0; i < env->scope->n_symbols; i++) {
        struct cb_slot *slot = env->slots ? env->slots[i] : NULL;
        if (slot && slot->value && env->scope->symbols[i].binding == CB_BINDING_LOCAL)
            cb_class_slot(walk->flow, cls, env->scope->symbols[i].name, true)->value = slot->value;
    }
}

void cb_walk_class(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    cb_val decorators[DECORATORS];
    size_t n = walk_decorators(walk, env, node->b, decorators);
    struct cb_class *cls = cb_arena_alloc(flow->arena, sizeof *cls);
    *cls = (struct cb_class){.node = node, .id = ++flow->n_functions};
    struct cb_env *inner = type_parameters(walk, env, node);
    cb_val metaclass = NULL;
    for (struct cb_ast *arg = node->a; arg; arg = arg->next) {
        cb_val v = cb_walk_expression(walk, inner, arg->kind == CB_AST_KEYWORD || arg->kind == CB_AST_STARRED ? arg->a : arg);
        if (arg->kind != CB_AST_KEYWORD)
            take_base(walk, cls, v);
        else if (arg->name && strcmp(flow->names->text[arg->name], "metaclass") == 0)
            metaclass = v;
    }
    if (node->scope) {
        struct cb_env *body = cb_env_new(flow, CB_ENV_CLASS, inner, node->scope);
        body->cls = cls;
        cb_walk_block(walk, body, node->c);
        take_namespace(walk, cls, body);
    }
    cb_val v = cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_CLASS, .cls = cls});
    for (unsigned i = 0; metaclass && i < metaclass->n_atoms; i++)
        if (metaclass->atoms[i].kind == CB_ATOM_CLASS)
            cb_call_class(walk, metaclass->atoms[i].cls, &(struct cb_call){.more = true});
    cb_val hook = cb_class_bases_find(walk, cls, cb_names_find(flow->names, "__init_subclass__"), 0);
    if (hook)
        cb_call_value(walk, hook, &(struct cb_call){.positional = &v, .n = 1});
    v = apply_decorators(walk, env, node->b, decorators, n, v);
    walk->line = node->line;
    cb_name_store(walk, env, node->name, v);
}

/* ---- imports ---- */

static void import_star(struct cb_walk *walk, uint32_t module)
{
    struct cb_flow *flow = walk->flow;
    flow->stars_here = true;
    cb_open_world(walk, CB_OPEN_WRITES, "the names that `import *` binds are not known");
    for (uint32_t i = 0; i < flow->n_stars; i++)
        if (flow->stars[i] == module)
            return;
    if (module && flow->n_stars < CB_VALUE_ATOMS)
        flow->stars[flow->n_stars++] = module;
}

void cb_walk_import(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    bool from = node->kind == CB_AST_IMPORT_FROM;
    uint32_t module = from && node->text && !node->value ? cb_flow_library(flow, node->text) : 0;
    if (from && node->flags & CB_AST_STAR) {
        import_star(walk, module);
        return;
    }
    for (struct cb_ast *alias = node->a; alias; alias = alias->next) {
        cb_name name = cb_scope_alias_name(flow->names, alias);
        if (!name || !alias->text)
            continue;
        uint32_t id;
        if (from)
            id = module ? cb_flow_library_below(flow, module, alias->text) : 0;
        else
            id = cb_flow_library(flow, alias->name ? alias->text : flow->names->text[name]);
        walk->line = alias->line;
        cb_name_store(walk, env, name, cb_value_library(flow, id));
    }
}
