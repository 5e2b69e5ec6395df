/*
 * analyzer: match statements.
 */
#include "analyzer/parse_walk.h"

static struct cb_ast *pattern(struct cb_builder *b);

static bool is_literal(enum cb_concrete kind)
{
    return (kind >= CB_K_INTEGER && kind <= CB_K_CONCATENATED_STRING) || kind == CB_K_COMPLEX_PATTERN;
}

static bool is_pattern(enum cb_concrete kind)
{
    return is_literal(kind) || (kind >= CB_K_CASE_PATTERN && kind <= CB_K_DICT_PATTERN) || kind == CB_K_DOTTED_NAME ||
           kind == CB_K_LIST_PATTERN || kind == CB_K_TUPLE_PATTERN || kind == CB_K_AS_PATTERN ||
           kind == CB_K_T_UNDERSCORE || kind == CB_K_IDENTIFIER;
}

static struct cb_ast *value_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_P_VALUE);
    if (b->kind == CB_K_COMPLEX_PATTERN) {
        node->a = cb_node(b, CB_AST_NUMBER);
        node->a->value = -1;
    } else {
        node->a = cb_build_expression(b);
    }
    node->a = cb_missing(b, node->a, node->line);
    return node;
}

static struct cb_ast *capture(struct cb_builder *b, cb_name name)
{
    struct cb_ast *node = cb_node(b, CB_AST_P_CAPTURE);
    node->name = name == cb_names_intern(b->names, "_", 1) ? CB_NO_NAME : name;
    return node;
}

/* A name alone binds; with dots it is compared. */
static struct cb_ast *name_pattern(struct cb_builder *b)
{
    struct cb_ast *value = cb_build_expression(b);
    if (!value)
        return NULL;
    struct cb_ast *node = value->kind == CB_AST_NAME ? capture(b, value->name) : cb_node_at(b, CB_AST_P_VALUE, value->line);
    node->line = value->line;
    node->a = value->kind == CB_AST_NAME ? NULL : value;
    return node;
}

/* The patterns among the children, from where the builder stands. */
static struct cb_ast_list patterns(struct cb_builder *b, bool *comma)
{
    struct cb_ast_list list = {0};
    bool minus = false;
    do {
        if (b->kind == CB_K_T_COMMA)
            *comma = true;
        if (is_pattern(b->kind)) {
            struct cb_ast *node = pattern(b);
            if (node && minus && node->kind == CB_AST_P_VALUE) { /* `-1`: two nodes */
                struct cb_ast *negative = cb_node_at(b, CB_AST_UNARY, node->line);
                negative->a = node->a;
                node->a = negative;
            }
            cb_list_add(&list, node);
        }
        minus = b->kind == CB_K_T_MINUS;
    } while (cb_next(b));
    return list;
}

static struct cb_ast_list patterns_within(struct cb_builder *b, bool *comma)
{
    struct cb_ast_list list = {0};
    if (cb_enter(b)) {
        list = patterns(b, comma);
        cb_leave(b);
    }
    return list;
}

/* [a, b], (a, b); (a) is a. */
static struct cb_ast *sequence(struct cb_builder *b)
{
    bool comma = b->kind == CB_K_LIST_PATTERN;
    struct cb_ast *node = cb_node(b, CB_AST_P_SEQUENCE);
    node->a = patterns_within(b, &comma).first;
    return comma || !node->a || node->a->kind == CB_AST_P_STAR ? node : node->a;
}

static struct cb_ast *mapping(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_P_MAPPING);
    bool comma = false;
    struct cb_ast_list list = {0};
    struct cb_ast *next, *item = patterns_within(b, &comma).first;
    for (bool key = true; item; item = next) {
        next = item->next;
        item->next = NULL;
        if (item->kind == CB_AST_P_STAR) {
            node->name = item->name;
        } else {
            cb_list_add(&list, key && item->kind == CB_AST_P_VALUE ? item->a : item);
            key = !key;
        }
    }
    node->a = list.first;
    return node;
}

static struct cb_ast *class_pattern(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_P_CLASS);
    bool comma;
    if (!cb_enter(b))
        return NULL;
    if (cb_is_expression(b->kind))
        node->a = cb_build_expression(b);
    if (cb_next(b))
        node->b = patterns(b, &comma).first;
    cb_leave(b);
    node->a = cb_missing(b, node->a, node->line);
    return node;
}

/* pattern as name; name=pattern. */
static struct cb_ast *two_parts(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_P_CAPTURE);
    bool keyword = b->kind == CB_K_KEYWORD_PATTERN, comma;
    if (!cb_enter(b))
        return NULL;
    if (keyword) {
        node = cb_next(b) ? patterns(b, &comma).first : NULL;
    } else {
        do {
            if (b->kind == CB_K_IDENTIFIER)
                node->name = cb_node_name(b);
            else if (is_pattern(b->kind))
                node->a = pattern(b);
        } while (cb_next(b));
    }
    cb_leave(b);
    return node;
}

static struct cb_ast *star_pattern(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_P_STAR);
    if (cb_enter(b)) {
        do
            if (b->kind == CB_K_IDENTIFIER)
                node->name = capture(b, cb_node_name(b))->name;
        while (cb_next(b));
        cb_leave(b);
    }
    return node;
}

static struct cb_ast *pattern(struct cb_builder *b)
{
    struct cb_ast *node = NULL;
    bool comma = false;
    if (b->depth >= CB_DEPTH_MAX)
        return NULL;
    b->depth++;
    switch (b->kind) {
    case CB_K_CASE_PATTERN: node = patterns_within(b, &comma).first; break;
    case CB_K_DOTTED_NAME:
    case CB_K_IDENTIFIER: node = name_pattern(b); break;
    case CB_K_T_UNDERSCORE: node = cb_node(b, CB_AST_P_CAPTURE); break;
    case CB_K_LIST_PATTERN:
    case CB_K_TUPLE_PATTERN: node = sequence(b); break;
    case CB_K_DICT_PATTERN: node = mapping(b); break;
    case CB_K_CLASS_PATTERN: node = class_pattern(b); break;
    case CB_K_AS_PATTERN:
    case CB_K_KEYWORD_PATTERN: node = two_parts(b); break;
    case CB_K_SPLAT_PATTERN: node = star_pattern(b); break;
    case CB_K_UNION_PATTERN:
        node = cb_node(b, CB_AST_P_OR);
        node->a = patterns_within(b, &comma).first;
        break;
    default: node = value_node(b);
    }
    b->depth--;
    return node;
}

static struct cb_ast *case_clause(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_CASE);
    struct cb_ast_list list = {0};
    bool comma = false;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_T_COMMA)
            comma = true;
        else if (b->kind == CB_K_CASE_PATTERN)
            cb_list_add(&list, pattern(b));
        else if (b->kind == CB_K_IF_CLAUSE)
            node->b = cb_build_children(b, cb_line(b));
        else if (b->kind == CB_K_BLOCK)
            node->c = cb_build_block(b);
    } while (cb_next(b));
    cb_leave(b);
    if (comma || !list.first || list.first->next) {
        node->a = cb_node_at(b, CB_AST_P_SEQUENCE, list.first ? list.first->line : node->line);
        node->a->a = list.first;
    } else {
        node->a = list.first;
    }
    return node;
}

struct cb_ast *cb_build_match(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_MATCH), *tuple;
    struct cb_ast_list subjects = {0}, cases = {0};
    bool comma = false;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_T_COMMA)
            comma = true;
        else if (cb_is_expression(b->kind))
            cb_list_add(&subjects, cb_build_expression(b));
        else if (b->kind == CB_K_BLOCK && cb_enter(b)) {
            do
                if (b->kind == CB_K_CASE_CLAUSE)
                    cb_list_add(&cases, case_clause(b));
            while (cb_next(b));
            cb_leave(b);
        }
    } while (cb_next(b));
    cb_leave(b);
    node->a = cb_missing(b, subjects.first, node->line);
    if (comma || node->a->next) {
        tuple = cb_node_at(b, CB_AST_TUPLE, node->a->line);
        tuple->a = node->a;
        node->a = tuple;
    }
    node->b = cases.first;
    return node;
}
