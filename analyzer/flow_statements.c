/*
 * analyzer: simple statements, and blocks of them.
 */
#include "analyzer/flow.h"

#include <string.h>

static void walk_assign(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val value = cb_walk_expression(walk, env, node->b);
    for (struct cb_ast *target = node->a; target; target = target->next) {
        cb_target_store(walk, env, target, value);
        /* `a = b = []`: one object */
        if (target->next && target->kind == CB_AST_NAME && !(value && value->immutable)) {
            walk->may++; /* no further read: it was just bound */
            value = cb_name_load(walk, env, target->name);
            walk->may--;
        }
    }
}

static void walk_annotated(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    /* CPython evaluates the value, then the target's parts, then the annotation (compile.c, compiler_annassign);
     * annotations of local variables are not evaluated. */
    bool evaluated = env->kind == CB_ENV_MODULE || env->kind == CB_ENV_CLASS;
    const struct cb_scope *top = env->scope;
    while (top->parent)
        top = top->parent;
    if (node->c)
        cb_target_store(walk, env, node->a, cb_walk_expression(walk, env, node->c));
    else if (node->a && node->a->kind == CB_AST_ATTRIBUTE)
        cb_walk_expression(walk, env, node->a->a);
    else if (node->a && node->a->kind == CB_AST_SUBSCRIPT) {
        cb_walk_expression(walk, env, node->a->a);
        cb_walk_expression(walk, env, node->a->b);
    }
    if (evaluated && !top->future_annotations)
        cb_walk_expression(walk, env, node->b);
}

static bool changed_in_place(struct cb_flow *flow, cb_val v, cb_val operand)
{
    for (unsigned i = 0; v && i < v->n_atoms; i++) {
        if (v->atoms[i].kind == CB_ATOM_DISPLAY)
            return v->atoms[i].id != flow->types.tuple;
        if (v->atoms[i].kind == CB_ATOM_TYPE && !cb_stub_is_immutable_type(flow->library.text[v->atoms[i].id]))
            return true;
        if (v->atoms[i].kind == CB_ATOM_INSTANCE)
            return true;
    }
    return (!v || !v->n_atoms) && cb_value_is_type(flow, operand, "list");
}

static void walk_augmented(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    struct cb_ast *target = node->a;
    if (!target)
        return;
    if (target->kind != CB_AST_NAME) {
        cb_val before = NULL;
        if (target->kind == CB_AST_ATTRIBUTE)
            before = cb_walk_attribute(walk, cb_walk_expression(walk, env, target->a), target->name);
        cb_val operand = cb_walk_expression(walk, env, node->b);
        if (before && before->instance)
            cb_call_special(walk, before, CB_NO_NAME, operand);
        cb_target_store(walk, env, target, operand && operand->callable ? operand : NULL);
        return;
    }
    walk->line = target->line;
    cb_val before = cb_name_load(walk, env, target->name);
    cb_val operand = cb_walk_expression(walk, env, node->b);
    walk->line = target->line;
    if (before && before->instance)
        cb_call_special(walk, before, CB_NO_NAME, operand);
    bool in_place = changed_in_place(flow, before, operand);
    struct cb_slot *slot = env->kind == CB_ENV_MODULE && !walk->summary ? cb_flow_global(flow, target->name) : NULL;
    bool was_before = slot && (slot->state & CB_SLOT_BEFORE);
    bool sure = slot && slot->state == CB_SLOT_BEFORE;
    if (in_place)
        cb_mutate(walk, before);
    cb_val after = before;
    if (!in_place) {
        const char *a = cb_value_string(before), *b = cb_value_string(operand);
        after = cb_value_bare(flow, before && before->immutable ? before : NULL);
        if (a && b) {
            size_t n = strlen(a), m = strlen(b);
            char *joined = n + m < CB_TEXT_LENGTH ? cb_arena_alloc(flow->arena, n + m + 1) : NULL;
            if (joined) {
                memcpy(joined, a, n);
                memcpy(joined + n, b, m);
            }
            after = cb_value_text(flow, joined, false);
        }
    }
    if (operand && operand->callable)
        after = cb_value_join(flow, after, cb_value_holder(flow, operand));
    cb_name_store(walk, env, target->name, after);
    if (was_before && slot->mutated < 2)
        slot->mutated = sure ? 2 : 1;
}

static void walk_delete(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    for (struct cb_ast *target = node->a; target; target = target->next)
        cb_target_delete(walk, env, target);
}

static void walk_return(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val value = node->a ? cb_walk_expression(walk, env, node->a) : NULL;
    walk->result = cb_value_join(walk->flow, walk->result, value);
    if (walk->may || walk->flow->region)
        walk->partial = true;
    walk->dead = true;
}

/* A call that ends the cell: sys.exit(), exit(), quit(). */
static bool ends(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    (void)env;
    if (!node || node->kind != CB_AST_CALL || !node->a)
        return false;
    struct cb_ast *fn = node->a;
    const char *name = fn->kind == CB_AST_NAME || fn->kind == CB_AST_ATTRIBUTE ? walk->flow->names->text[fn->name] : "";
    if (fn->kind == CB_AST_NAME)
        return strcmp(name, "exit") == 0 || strcmp(name, "quit") == 0;
    return fn->kind == CB_AST_ATTRIBUTE && (strcmp(name, "exit") == 0 || strcmp(name, "_exit") == 0) && fn->a && fn->a->kind == CB_AST_NAME &&
        (strcmp(walk->flow->names->text[fn->a->name], "sys") == 0 || strcmp(walk->flow->names->text[fn->a->name], "os") == 0);
}

static void walk_raise(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val v = node->a ? cb_walk_expression(walk, env, node->a) : NULL;
    if (v && v->callable)
        cb_call_escape(walk, v);
    if (node->b)
        cb_walk_expression(walk, env, node->b);
    walk->dead = true;
}

static void walk_assert(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_walk_expression(walk, env, node->a);
    if (node->b && cb_walk_truth(walk, env, node->a) != 0 && node->b->kind != CB_AST_STRING) {
        uint32_t saved, mark = cb_branch_begin(walk, &saved);
        walk->may++;
        cb_walk_expression(walk, env, node->b);
        walk->may--;
        cb_branch_end(walk, mark, saved);
    }
}

static void leave_round(struct cb_walk *walk, bool all)
{
    struct cb_loop *loop = walk->loop;
    walk->dead = true;
    if (!loop)
        return;
    loop->broke |= all;
    uint32_t *n = all ? &loop->n_breaks : &loop->n_continues;
    if (*n < CB_LOOP_WAYS)
        (all ? loop->breaks : loop->continues)[(*n)++] = cb_branch_so_far(walk, loop->mark);
    else
        loop->more = true;
}

static void walk_statement(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    walk->line = node->line;
    switch (node->kind) {
    case CB_AST_EXPR:
        if (node->a && node->a->kind == CB_AST_CALL && (node->next || env->kind != CB_ENV_MODULE || walk->flow->depth > 1))
            walk->unused_call = node->a;
        walk->flow->shown = cb_walk_expression(walk, env, node->a);
        if (ends(walk, env, node->a))
            walk->dead = true;
        break;
    case CB_AST_ASSIGN:
        walk_assign(walk, env, node);
        break;
    case CB_AST_ANN_ASSIGN:
        walk_annotated(walk, env, node);
        break;
    case CB_AST_AUG_ASSIGN:
        walk_augmented(walk, env, node);
        break;
    case CB_AST_DELETE:
        walk_delete(walk, env, node);
        break;
    case CB_AST_FOR:
    case CB_AST_WHILE:
        cb_walk_loop(walk, env, node);
        break;
    case CB_AST_IF:
        cb_walk_if(walk, env, node);
        break;
    case CB_AST_WITH:
        cb_walk_with(walk, env, node);
        break;
    case CB_AST_TRY:
        cb_walk_try(walk, env, node);
        break;
    case CB_AST_MATCH:
        cb_walk_match(walk, env, node);
        break;
    case CB_AST_FUNCTION:
        cb_walk_function(walk, env, node);
        break;
    case CB_AST_CLASS:
        cb_walk_class(walk, env, node);
        break;
    case CB_AST_IMPORT:
    case CB_AST_IMPORT_FROM:
        cb_walk_import(walk, env, node);
        break;
    case CB_AST_RETURN:
        walk_return(walk, env, node);
        break;
    case CB_AST_RAISE:
        walk_raise(walk, env, node);
        break;
    case CB_AST_ASSERT:
        walk_assert(walk, env, node);
        break;
    case CB_AST_BREAK:
    case CB_AST_CONTINUE:
        leave_round(walk, node->kind == CB_AST_BREAK);
        break;
    case CB_AST_TYPE_ALIAS:
        if (node->a)
            cb_target_store(walk, env, node->a, NULL);
        break;
    case CB_AST_IPYTHON:
        cb_walk_ipython(walk, env, node);
        break;
    default:
        break;
    }
}

void cb_walk_block(struct cb_walk *walk, struct cb_env *env, struct cb_ast *first)
{
    walk->flow->depth++;
    for (struct cb_ast *node = first; node && !walk->dead; node = node->next) {
        walk->flow->work++;
        walk_statement(walk, env, node);
    }
    walk->flow->depth--;
}
