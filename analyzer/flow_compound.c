/*
 * analyzer: statements with blocks. Branches are walked from the same state and joined.
 */
#include "analyzer/flow.h"

#include <string.h>

static bool is_name(struct cb_ast *node, cb_name name)
{
    return node && node->kind == CB_AST_NAME && node->name == name;
}

int cb_walk_truth(struct cb_walk *walk, struct cb_env *env, struct cb_ast *test)
{
    struct cb_flow *flow = walk->flow;
    if (!test)
        return -1;
    switch (test->kind) {
    case CB_AST_CONSTANT:
        return test->value == CB_CONSTANT_TRUE || test->value == CB_CONSTANT_ELLIPSIS;
    case CB_AST_NUMBER:
        return test->value < 0 ? -1 : test->value != 0;
    case CB_AST_STRING:
        return test->text ? test->text[0] != 0 : -1;
    case CB_AST_NAME:
        return test->name == flow->n.type_checking ? 0 : -1;
    case CB_AST_ATTRIBUTE:
        return test->name == flow->n.type_checking ? 0 : -1;
    case CB_AST_COMPARE: { /* `__name__ == "__main__"`: a notebook is the main module */
        struct cb_ast *a = test->a, *b = a ? a->next : NULL;
        if (!b || b->next)
            return -1;
        if (is_name(b, flow->n.name)) {
            struct cb_ast *c = a;
            a = b;
            b = c;
        }
        return is_name(a, flow->n.name) && b->kind == CB_AST_STRING && b->text && strcmp(b->text, "__main__") == 0 ? 1 : -1;
    }
    default:
        (void)env;
        return -1;
    }
}

struct deltas {
    struct cb_delta *items;
    uint32_t n, capacity;
};

static void keep(struct cb_walk *walk, struct deltas *deltas, struct cb_delta delta)
{
    deltas->items = cb_flow_grow(walk->flow, deltas->items, deltas->n, &deltas->capacity, sizeof *deltas->items);
    deltas->items[deltas->n++] = delta;
}

static void walk_branch(struct cb_walk *walk, struct cb_env *env, struct cb_ast *body, struct deltas *deltas)
{
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    walk->may++;
    cb_walk_block(walk, env, body);
    walk->may--;
    keep(walk, deltas, cb_branch_end(walk, mark, saved));
}

/* A chain of elif is walked in a loop: each test sees what the tests before did. */
void cb_walk_if(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct deltas deltas = {0};
    uint32_t conditions = 0;
    bool fall_through = true;
    for (;;) {
        cb_walk_expression(walk, env, node->a);
        int truth = cb_walk_truth(walk, env, node->a);
        if (truth == 1) {
            if (!deltas.n) {
                cb_walk_block(walk, env, node->c);
                return;
            }
            walk_branch(walk, env, node->c, &deltas);
            fall_through = false;
            break;
        }
        if (truth < 0)
            walk_branch(walk, env, node->c, &deltas);
        struct cb_ast *orelse = node->d;
        if (!orelse)
            break;
        if (orelse->kind == CB_AST_IF && !orelse->next) {
            if (truth < 0) {
                walk->may++;
                conditions++;
            }
            node = orelse;
            continue;
        }
        if (!deltas.n) {
            cb_walk_block(walk, env, orelse);
            walk->may -= conditions;
            return;
        }
        walk_branch(walk, env, orelse, &deltas);
        fall_through = false;
        break;
    }
    walk->may -= conditions;
    if (deltas.n)
        cb_branch_join(walk, deltas.items, deltas.n, fall_through);
}

/* Whether a loop over it surely runs at least once. */
static bool runs(struct cb_walk *walk, struct cb_ast *iterable)
{
    if (!iterable)
        return false;
    if (iterable->kind == CB_AST_LIST || iterable->kind == CB_AST_TUPLE || iterable->kind == CB_AST_SET)
        return iterable->a && iterable->a->kind != CB_AST_STARRED;
    if (iterable->kind == CB_AST_STRING)
        return iterable->text && iterable->text[0];
    if (iterable->kind != CB_AST_CALL || !iterable->a || iterable->a->kind != CB_AST_NAME || !iterable->b)
        return false;
    const char *name = walk->flow->names->text[iterable->a->name];
    struct cb_ast *first = iterable->b;
    if (strcmp(name, "range") == 0) {
        if (!first->next)
            return first->kind == CB_AST_NUMBER && first->value > 0;
        return first->kind == CB_AST_NUMBER && first->next->kind == CB_AST_NUMBER && !first->next->next && first->value >= 0 &&
            first->value < first->next->value;
    }
    if (strcmp(name, "enumerate") == 0)
        return runs(walk, first);
    if (strcmp(name, "zip") == 0) {
        for (; first; first = first->next)
            if (!runs(walk, first))
                return false;
        return true;
    }
    return false;
}

/* After the rounds: they ended normally, or by `continue`, or there were none; then `else`; or by `break`. */
static void leave_loop(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node, struct cb_loop *loop, struct cb_delta body, bool once, bool endless)
{
    struct cb_delta ends[CB_LOOP_WAYS + 1];
    size_t n = 0;
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    if (!body.dead)
        ends[n++] = body;
    for (uint32_t i = 0; i < loop->n_continues; i++)
        ends[n++] = loop->continues[i];
    if (n)
        cb_branch_join(walk, ends, n, !once || loop->more);
    walk->dead = endless || (!n && once && !loop->more);
    if (node->d && !walk->dead) {
        walk->may += loop->broke;
        cb_walk_block(walk, env, node->d);
        walk->may -= loop->broke;
    }
    ends[0] = cb_branch_end(walk, mark, saved);
    for (uint32_t i = 0; i < loop->n_breaks; i++)
        ends[i + 1] = loop->breaks[i];
    cb_branch_join(walk, ends, loop->n_breaks + 1, loop->more);
}

void cb_walk_loop(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    bool is_for = node->kind == CB_AST_FOR, looping = walk->looping;
    struct cb_loop *outer = walk->loop, loop = {0};
    cb_val item = NULL;
    int truth = -1;
    if (is_for)
        item = cb_walk_iterate(walk, cb_walk_expression(walk, env, node->b));
    else {
        cb_walk_expression(walk, env, node->a);
        truth = cb_walk_truth(walk, env, node->a);
    }
    if (truth == 0) {
        cb_walk_block(walk, env, node->d);
        return;
    }
    bool once = truth == 1 || (is_for && runs(walk, node->b));
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    loop.mark = mark;
    walk->loop = &loop;
    walk->may += !once;
    walk->looping = true;
    if (is_for)
        cb_target_store(walk, env, node->a, item);
    cb_walk_block(walk, env, node->c);
    walk->may -= !once;
    walk->looping = looping;
    walk->loop = outer;
    struct cb_delta body = cb_branch_end(walk, mark, saved);
    leave_loop(walk, env, node, &loop, body, once, truth == 1);
}

/* Contexts that end their block at an exception, which is what they are for. */
static bool suppresses(struct cb_walk *walk, struct cb_ast *item)
{
    const struct cb_ast *fn = item->a && item->a->kind == CB_AST_CALL ? item->a->a : NULL;
    if (!fn || (fn->kind != CB_AST_NAME && fn->kind != CB_AST_ATTRIBUTE))
        return false;
    const char *name = walk->flow->names->text[fn->name];
    return strcmp(name, "suppress") == 0 || strcmp(name, "raises") == 0 || strcmp(name, "assertRaises") == 0;
}

void cb_walk_with(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    cb_val managers = NULL;
    bool partly = false;
    for (struct cb_ast *item = node->a; item; item = item->next) {
        partly |= suppresses(walk, item);
        cb_val manager = cb_walk_expression(walk, env, item->a);
        walk->line = item->line;
        cb_val entered = manager;
        if (manager && manager->instance) {
            entered = cb_call_special(walk, manager, node->flags & CB_AST_ASYNC ? flow->n.aenter : flow->n.enter, NULL);
            managers = cb_value_join(flow, managers, manager);
        } else if (manager && cb_value_only(flow, manager, CB_ATOM_HOLDER))
            cb_call_escape(walk, manager); /* a generator with @contextmanager */
        if (item->b)
            cb_target_store(walk, env, item->b, entered);
    }
    if (partly) {
        uint32_t saved, mark = cb_branch_begin(walk, &saved);
        cb_walk_block(walk, env, node->c);
        struct cb_delta delta = cb_branch_end(walk, mark, saved);
        delta.dead = false;
        cb_branch_join(walk, &delta, 1, true);
    } else
        cb_walk_block(walk, env, node->c);
    if (managers) {
        bool dead = walk->dead;
        walk->dead = false;
        cb_call_special(walk, managers, node->flags & CB_AST_ASYNC ? flow->n.aexit : flow->n.exit, NULL);
        walk->dead = dead;
    }
}

static bool catches_name_error(struct cb_walk *walk, struct cb_ast *type)
{
    if (!type)
        return true;
    if (type->kind == CB_AST_TUPLE) {
        for (struct cb_ast *item = type->a; item; item = item->next)
            if (catches_name_error(walk, item))
                return true;
        return false;
    }
    if (type->kind != CB_AST_NAME)
        return false;
    const char *name = walk->flow->names->text[type->name];
    return strcmp(name, "NameError") == 0 || strcmp(name, "Exception") == 0 || strcmp(name, "BaseException") == 0;
}

/* What a handler starts from: anything that the body may have done by then. */
static void apply_partly(struct cb_walk *walk, const struct cb_delta *body)
{
    struct cb_delta done = *body;
    done.dead = false;
    cb_branch_join(walk, &done, 1, true);
}

static void walk_handler(struct cb_walk *walk, struct cb_env *env, struct cb_ast *handler, const struct cb_delta *body, struct deltas *deltas)
{
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    walk->may++;
    apply_partly(walk, body);
    if (handler->a)
        cb_walk_expression(walk, env, handler->a);
    if (handler->name)
        cb_name_store(walk, env, handler->name, NULL);
    cb_walk_block(walk, env, handler->c);
    if (handler->name) {
        bool dead = walk->dead;
        walk->dead = false;
        cb_name_delete(walk, env, handler->name);
        walk->dead = dead;
    }
    walk->may--;
    keep(walk, deltas, cb_branch_end(walk, mark, saved));
}

void cb_walk_try(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    if (!node->a) {
        cb_walk_block(walk, env, node->c);
        if (!walk->dead)
            cb_walk_block(walk, env, node->d);
    } else {
        struct deltas deltas = {0};
        bool guess = false;
        for (struct cb_ast *handler = node->a; handler; handler = handler->next)
            guess |= catches_name_error(walk, handler->a);
        uint32_t saved, mark = cb_branch_begin(walk, &saved);
        walk->may += guess;
        cb_walk_block(walk, env, node->c);
        walk->may -= guess;
        struct cb_delta body = cb_branch_end(walk, mark, saved);
        mark = cb_branch_begin(walk, &saved);
        cb_branch_apply(walk, &body);
        if (!walk->dead)
            cb_walk_block(walk, env, node->d);
        keep(walk, &deltas, cb_branch_end(walk, mark, saved));
        for (struct cb_ast *handler = node->a; handler; handler = handler->next)
            walk_handler(walk, env, handler, &body, &deltas);
        cb_branch_join(walk, deltas.items, deltas.n, false);
    }
    if (node->b) {
        bool dead = walk->dead;
        walk->dead = false;
        cb_walk_block(walk, env, node->b);
        walk->dead |= dead;
    }
}

/* ---- match ---- */

static void walk_pattern(struct cb_walk *walk, struct cb_env *env, struct cb_ast *pattern, cb_val value)
{
    if (!pattern)
        return;
    cb_val part = cb_value_part(walk->flow, value);
    switch (pattern->kind) {
    case CB_AST_P_CAPTURE:
        walk_pattern(walk, env, pattern->a, value);
        if (pattern->name)
            cb_name_store(walk, env, pattern->name, value);
        break;
    case CB_AST_P_VALUE:
        cb_walk_expression(walk, env, pattern->a);
        break;
    case CB_AST_P_STAR:
        if (pattern->name)
            cb_name_store(walk, env, pattern->name, NULL);
        break;
    case CB_AST_P_SEQUENCE:
        for (struct cb_ast *item = pattern->a; item; item = item->next)
            walk_pattern(walk, env, item, part);
        break;
    case CB_AST_P_MAPPING:
        for (struct cb_ast *key = pattern->a; key; key = key->next) {
            cb_walk_expression(walk, env, key);
            key = key->next;
            if (!key)
                break;
            walk_pattern(walk, env, key, part);
        }
        if (pattern->name)
            cb_name_store(walk, env, pattern->name, NULL);
        break;
    case CB_AST_P_CLASS:
        cb_walk_expression(walk, env, pattern->a);
        for (struct cb_ast *item = pattern->b; item; item = item->next)
            walk_pattern(walk, env, item, part);
        break;
    case CB_AST_P_OR:
        for (struct cb_ast *item = pattern->a; item; item = item->next)
            walk_pattern(walk, env, item, value);
        break;
    default:
        cb_walk_expression(walk, env, pattern);
    }
}

static bool matches_all(const struct cb_ast *arm)
{
    return arm->a && arm->a->kind == CB_AST_P_CAPTURE && !arm->a->a && !arm->b;
}

void cb_walk_match(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    cb_val subject = cb_walk_expression(walk, env, node->a);
    struct deltas deltas = {0};
    bool fall_through = true;
    for (struct cb_ast *arm = node->b; arm && fall_through; arm = arm->next) {
        bool captures = arm->b && arm->a && arm->a->kind == CB_AST_P_CAPTURE && !arm->a->a;
        if (captures) { /* bound whatever the guard then says */
            walk_pattern(walk, env, arm->a, subject);
            walk->may++;
            cb_walk_expression(walk, env, arm->b);
            walk->may--;
        }
        uint32_t saved, mark = cb_branch_begin(walk, &saved);
        walk->may++;
        if (!captures)
            walk_pattern(walk, env, arm->a, subject);
        if (arm->b && !captures)
            cb_walk_expression(walk, env, arm->b);
        cb_walk_block(walk, env, arm->c);
        walk->may--;
        keep(walk, &deltas, cb_branch_end(walk, mark, saved));
        fall_through = !matches_all(arm);
    }
    if (deltas.n)
        cb_branch_join(walk, deltas.items, deltas.n, fall_through);
}
