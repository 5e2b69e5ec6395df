/*
 * analyzer: parameters, lambdas, comprehensions, type parameters.
 */
#include "analyzer/parse_walk.h"

/* The parts of one parameter: [*]name [: type] [= value]. */
static struct cb_ast *parameter(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_PARAM);
    if (b->kind == CB_K_IDENTIFIER) {
        node->name = cb_node_name(b);
        return node;
    }
    if (b->kind == CB_K_LIST_SPLAT_PATTERN)
        node->flags |= CB_AST_STAR;
    else if (b->kind == CB_K_DICTIONARY_SPLAT_PATTERN)
        node->flags |= CB_AST_DOUBLE;
    else if (b->kind == CB_K_TUPLE_PATTERN) /* of Python 2 */
        cb_note_error(b, node->line);
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_TYPE) {
            node->b = cb_build_expression(b);
        } else if (!node->name && b->kind == CB_K_IDENTIFIER) {
            node->name = cb_node_name(b);
        } else if (!node->name && (b->kind == CB_K_LIST_SPLAT_PATTERN || b->kind == CB_K_DICTIONARY_SPLAT_PATTERN ||
                                   b->kind == CB_K_TUPLE_PATTERN)) {
            struct cb_ast *inner = parameter(b);
            if (inner) {
                node->name = inner->name;
                node->flags |= inner->flags;
            }
        } else if (cb_is_expression(b->kind)) {
            node->a = cb_build_expression(b);
        }
    } while (cb_next(b));
    cb_leave(b);
    return node->name ? node : NULL;
}

struct cb_ast *cb_build_parameters(struct cb_builder *b)
{
    struct cb_ast_list list = {0};
    bool keyword_only = false;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_KEYWORD_SEPARATOR) {
            keyword_only = true;
        } else if (b->kind == CB_K_POSITIONAL_SEPARATOR) {
            for (struct cb_ast *before = list.first; before; before = before->next)
                before->flags |= CB_AST_POSITIONAL_ONLY;
        } else if (cb_is_expression(b->kind) || b->kind == CB_K_TYPED_PARAMETER ||
                   b->kind == CB_K_DEFAULT_PARAMETER || b->kind == CB_K_TYPED_DEFAULT_PARAMETER) {
            struct cb_ast *node = parameter(b);
            if (!node)
                continue;
            if (node->flags & CB_AST_STAR)
                keyword_only = true;
            else if (keyword_only && !(node->flags & CB_AST_DOUBLE))
                node->flags |= CB_AST_KEYWORD_ONLY;
            cb_list_add(&list, node);
        }
    } while (cb_next(b));
    cb_leave(b);
    return list.first;
}

struct cb_ast *cb_build_lambda(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_LAMBDA);
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_LAMBDA_PARAMETERS)
                node->a = cb_build_parameters(b);
            else if (cb_is_expression(b->kind))
                node->c = cb_build_expression(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    node->c = cb_missing(b, node->c, node->line);
    return node;
}

static struct cb_ast *clause(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_CLAUSE), *all = NULL;
    struct cb_ast_list iterables = {0};
    bool in = false;
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_T_ASYNC)
                node->flags |= CB_AST_ASYNC;
            else if (b->kind == CB_K_T_IN)
                in = true;
            else if (cb_is_expression(b->kind) && !in)
                node->a = cb_build_target(b);
            else if (cb_is_expression(b->kind))
                cb_list_add(&iterables, cb_build_expression(b));
        } while (cb_next(b));
        cb_leave(b);
    }
    node->a = cb_missing(b, node->a, node->line);
    node->b = cb_missing(b, iterables.first, node->line);
    if (node->b->next) { /* `for x in 1, 2` of Python 2 */
        cb_note_error(b, node->line);
        all = cb_node_at(b, CB_AST_TUPLE, node->b->line);
        all->a = node->b;
        node->b = all;
    }
    return node;
}

struct cb_ast *cb_build_comprehension(struct cb_builder *b)
{
    enum cb_ast_kind kind = b->kind == CB_K_LIST_COMPREHENSION         ? CB_AST_LIST_COMP
                            : b->kind == CB_K_SET_COMPREHENSION        ? CB_AST_SET_COMP
                            : b->kind == CB_K_DICTIONARY_COMPREHENSION ? CB_AST_DICT_COMP
                                                                       : CB_AST_GENERATOR;
    struct cb_ast *node = cb_node(b, kind), *current = NULL;
    struct cb_ast_list clauses = {0}, conditions = {0};
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_FOR_IN_CLAUSE) {
                if (current)
                    current->c = conditions.first;
                conditions = (struct cb_ast_list){0};
                cb_list_add(&clauses, current = clause(b));
            } else if (b->kind == CB_K_IF_CLAUSE) {
                cb_list_add(&conditions, cb_build_children(b, cb_line(b)));
            } else if (b->kind == CB_K_PAIR) {
                if (!cb_enter(b))
                    continue;
                do
                    if (cb_is_expression(b->kind))
                        *(node->a ? &node->c : &node->a) = cb_build_expression(b);
                while (cb_next(b));
                cb_leave(b);
            } else if (cb_is_expression(b->kind)) {
                node->a = cb_build_expression(b);
            }
        } while (cb_next(b));
        cb_leave(b);
    }
    if (current)
        current->c = conditions.first;
    node->a = cb_missing(b, node->a, node->line);
    if (kind == CB_AST_DICT_COMP)
        node->c = cb_missing(b, node->c, node->line);
    node->b = clauses.first;
    return node;
}

/* T, T: bound, *Ts, **P; each within a `type`. */
static struct cb_ast *type_parameter(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_TYPE_PARAM);
    if (!cb_enter(b))
        return NULL;
    enum cb_concrete kind = b->kind;
    if (kind == CB_K_IDENTIFIER) {
        node->name = cb_node_name(b);
    } else if (cb_enter(b)) { /* constrained_type, splat_type */
        do {
            if (b->kind == CB_K_T_STAR || b->kind == CB_K_T_DOUBLE_STAR) {
                node->flags |= b->kind == CB_K_T_STAR ? CB_AST_STAR : CB_AST_DOUBLE;
            } else if (b->kind == CB_K_IDENTIFIER) {
                node->name = cb_node_name(b);
            } else if (cb_is_expression(b->kind)) {
                struct cb_ast *part = cb_build_expression(b);
                if (!node->name && part && part->kind == CB_AST_NAME)
                    node->name = part->name;
                else
                    node->a = part;
            }
        } while (cb_next(b));
        cb_leave(b);
    }
    cb_leave(b);
    return node->name ? node : NULL;
}

struct cb_ast *cb_build_type_parameters(struct cb_builder *b)
{
    struct cb_ast_list list = {0};
    if (!cb_enter(b))
        return NULL;
    do
        if (b->kind == CB_K_TYPE)
            cb_list_add(&list, type_parameter(b));
    while (cb_next(b));
    cb_leave(b);
    return list.first;
}
