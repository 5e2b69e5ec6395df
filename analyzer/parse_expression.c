/*
 * analyzer: expressions.
 */
#include "analyzer/parse_walk.h"

#include <string.h>

static struct cb_ast *name_node(struct cb_builder *b)
{
    cb_name name = cb_node_name(b);
    if (!name) /* put in by error recovery */
        return NULL;
    struct cb_ast *node = cb_node(b, CB_AST_NAME);
    node->name = name;
    return node;
}

static struct cb_ast *number_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_NUMBER);
    uint32_t start = ts_node_start_byte(b->node), end = ts_node_end_byte(b->node);
    char digits[24], *stop;
    size_t n = 0;
    for (uint32_t i = start; i < end && n < sizeof digits - 1; i++)
        if (b->text[i] != '_')
            digits[n++] = b->text[i];
    digits[n] = 0;
    bool octal = n > 2 && (digits[1] == 'o' || digits[1] == 'O'), binary = n > 2 && (digits[1] == 'b' || digits[1] == 'B');
    bool hex = n > 2 && (digits[1] == 'x' || digits[1] == 'X');
    unsigned long value = octal || binary ? strtoul(digits + 2, &stop, octal ? 8 : 2) : strtoul(digits, &stop, hex ? 16 : 10);
    node->value = n && !*stop && value <= INT32_MAX ? (int32_t)value : -1;
    return node;
}

static struct cb_ast *constant_node(struct cb_builder *b, enum cb_constant constant)
{
    struct cb_ast *node = cb_node(b, CB_AST_CONSTANT);
    node->value = (int32_t)constant;
    return node;
}

/* `*a.b`, `*a + b` and `*f()` come with the star around the first operand only: move it outside. */
static struct cb_ast *star_outside(struct cb_ast *node, struct cb_ast **operand)
{
    struct cb_ast *star = *operand;
    if (!star || star->kind != CB_AST_STARRED || (star->flags & CB_AST_PARENTHESIZED))
        return node;
    star->a->next = star->next;
    *operand = star->a;
    star->next = NULL;
    star->a = node;
    return star;
}

struct children {
    struct cb_ast_list list;
    bool comma;
};

/* Where the builder stands and behind it. */
static void collect(struct cb_builder *b, struct children *out)
{
    do {
        if (cb_is_expression(b->kind))
            cb_list_add(&out->list, cb_build_expression(b));
        else if (b->kind == CB_K_T_COMMA)
            out->comma = true;
    } while (cb_next(b));
}

static struct cb_ast *tuple_or_only(struct cb_builder *b, const struct children *children, uint32_t line)
{
    struct cb_ast *first = children->list.first;
    if (first && !children->comma && !first->next)
        return first;
    if (!first && children->comma)
        return NULL;
    struct cb_ast *tuple = cb_node_at(b, CB_AST_TUPLE, line);
    tuple->a = first;
    return tuple;
}

struct cb_ast *cb_build_children(struct cb_builder *b, uint32_t line)
{
    struct children children = {0};
    if (cb_enter(b)) {
        collect(b, &children);
        cb_leave(b);
    }
    return children.list.first ? tuple_or_only(b, &children, line) : NULL;
}

/* BINARY's value, for group_and. */
enum { OPERATOR_OTHER, OPERATOR_AND, OPERATOR_XOR };

/* (…): the one expression in it, or a tuple, that may be empty. */
static struct cb_ast *tuple_node(struct cb_builder *b)
{
    uint32_t line = cb_line(b);
    struct children children = {0};
    if (cb_enter(b)) {
        collect(b, &children);
        cb_leave(b);
    }
    struct cb_ast *node = tuple_or_only(b, &children, line);
    if (node && node->kind == CB_AST_BINARY)
        node->value = OPERATOR_OTHER; /* as it is in parentheses */
    return node;
}

static struct cb_ast *collection_node(struct cb_builder *b, enum cb_ast_kind kind)
{
    struct cb_ast *node = cb_node(b, kind);
    struct children children = {0};
    if (cb_enter(b)) {
        collect(b, &children);
        cb_leave(b);
    }
    node->a = children.list.first;
    return node;
}

/* A node with the expressions among the children in a, b, c. */
static struct cb_ast *operator_node(struct cb_builder *b, enum cb_ast_kind kind)
{
    struct cb_ast *node = cb_node(b, kind), **operands[] = {&node->a, &node->b, &node->c};
    size_t n = 0;
    if (cb_enter(b)) {
        do
            if (cb_is_expression(b->kind) && n < 3 && (*operands[n] = cb_build_expression(b)))
                n++;
        while (cb_next(b));
        cb_leave(b);
    }
    return node;
}

static struct cb_ast *unary_node(struct cb_builder *b, enum cb_ast_kind kind)
{
    struct cb_ast *node = operator_node(b, kind);
    node->a = cb_missing(b, node->a, node->line);
    return node;
}

static struct cb_ast *comparison_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_COMPARE);
    struct cb_ast_list list = {0};
    if (cb_enter(b)) {
        do {
            if (cb_is_expression(b->kind))
                cb_list_add(&list, cb_build_expression(b));
            else if (b->kind == CB_K_T_UNEQUAL) /* `<>` of Python 2 */
                cb_note_error(b, node->line);
        } while (cb_next(b));
        cb_leave(b);
    }
    node->a = cb_missing(b, list.first, node->line);
    return star_outside(node, &node->a);
}

static struct cb_ast *conditional_node(struct cb_builder *b)
{
    struct cb_ast *node = operator_node(b, CB_AST_IF_EXP), *then = cb_missing(b, node->a, node->line);
    node->a = cb_missing(b, node->b, node->line);
    node->b = then;
    node->c = cb_missing(b, node->c, node->line);
    return star_outside(node, &node->b);
}

static struct cb_ast *dictionary_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_DICT);
    struct cb_ast_list list = {0};
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_PAIR) {
                struct cb_ast *pair = operator_node(b, CB_AST_NONE);
                cb_list_add(&list, cb_missing(b, pair->a, pair->line));
                cb_list_add(&list, cb_missing(b, pair->b, pair->line));
            } else if (b->kind == CB_K_DICTIONARY_SPLAT) {
                cb_list_add(&list, unary_node(b, CB_AST_DOUBLE_STAR));
            }
        } while (cb_next(b));
        cb_leave(b);
    }
    node->a = list.first;
    return node;
}

static struct cb_ast *slice_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_SLICE), **parts[] = {&node->a, &node->b, &node->c};
    size_t part = 0;
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_T_COLON)
                part++;
            else if (cb_is_expression(b->kind) && part < 3 && !*parts[part])
                *parts[part] = cb_build_expression(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    return node;
}

static struct cb_ast *yield_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_YIELD);
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_T_FROM)
                node->kind = CB_AST_YIELD_FROM;
            else if (cb_is_expression(b->kind))
                node->a = cb_build_expression(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    return node;
}

static struct cb_ast *named_node(struct cb_builder *b)
{
    struct cb_ast *node = operator_node(b, CB_AST_NAMED);
    node->a = cb_missing(b, node->a, node->line);
    node->b = cb_missing(b, node->b, node->line);
    cb_set_context(node->a, CB_AST_STORE);
    return node;
}

static struct cb_ast *keyword_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_KEYWORD);
    if (cb_enter(b)) {
        bool value = false;
        do {
            if (!value && b->kind == CB_K_IDENTIFIER)
                node->name = cb_node_name(b);
            else if (b->kind == CB_K_T_EQUAL)
                value = true;
            else if (cb_is_expression(b->kind))
                node->a = cb_build_expression(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    node->a = cb_missing(b, node->a, node->line);
    return node;
}

struct cb_ast *cb_build_arguments(struct cb_builder *b)
{
    if (b->kind == CB_K_GENERATOR_EXPRESSION)
        return cb_build_expression(b);
    struct cb_ast_list list = {0};
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_DICTIONARY_SPLAT)
            cb_list_add(&list, unary_node(b, CB_AST_KEYWORD));
        else if (cb_is_expression(b->kind))
            cb_list_add(&list, cb_build_expression(b));
    } while (cb_next(b));
    cb_leave(b);
    return list.first;
}

/* a.b.c where the grammar takes it for one name. */
static struct cb_ast *dotted_node(struct cb_builder *b)
{
    struct cb_ast *node = NULL;
    uint32_t line = cb_line(b);
    if (!cb_enter(b))
        return NULL;
    uint32_t n = 0;
    do {
        if (b->kind != CB_K_IDENTIFIER || n++ > CB_DEPTH_MAX)
            continue;
        if (node) {
            struct cb_ast *attribute = cb_node_at(b, CB_AST_ATTRIBUTE, line);
            attribute->a = node;
            attribute->name = cb_node_name(b);
            node = attribute;
        } else {
            node = name_node(b);
        }
    } while (cb_next(b));
    cb_leave(b);
    return node;
}

/* `List[int]` in an annotation. */
static struct cb_ast *generic_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_SUBSCRIPT);
    if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_TYPE_PARAMETER) {
                node->b = cb_build_children(b, cb_line(b));
                if (node->b && node->b->kind == CB_AST_TUPLE && node->b->a)
                    node->b->line = node->b->a->line;
            } else if (cb_is_expression(b->kind))
                node->a = cb_build_expression(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    node->a = cb_missing(b, node->a, node->line);
    node->b = cb_missing(b, node->b, node->line);
    return node;
}

/* `list[int].x` in an annotation. */
static struct cb_ast *member_node(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_ATTRIBUTE);
    if (cb_enter(b)) {
        do {
            if (!node->a && cb_is_expression(b->kind))
                node->a = cb_build_expression(b);
            else if (b->kind == CB_K_IDENTIFIER)
                node->name = cb_node_name(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    node->a = cb_missing(b, node->a, node->line);
    return node;
}

/* `A[x] | B | C` in an annotation groups to the right in the grammar, but `|` does to the left. */
static struct cb_ast *union_node(struct cb_builder *b)
{
    struct cb_ast *node = operator_node(b, CB_AST_BINARY), *right = node->b;
    node->a = cb_missing(b, node->a, node->line);
    node->b = cb_missing(b, node->b, node->line);
    if (!right || right->kind != CB_AST_BINARY)
        return node;
    struct cb_ast *inner = right;
    for (inner->line = node->line; inner->a->kind == CB_AST_BINARY; inner->line = node->line)
        inner = inner->a;
    node->b = inner->a;
    inner->a = node;
    return right;
}

/* `x as y` outside of with and except. */
static struct cb_ast *as_node(struct cb_builder *b)
{
    cb_note_error(b, cb_line(b));
    struct cb_ast *pair = operator_node(b, CB_AST_NONE);
    return pair->a;
}

/* What does not begin with an expression of the same precedence. */
static struct cb_ast *build_operand(struct cb_builder *b)
{
    switch (b->kind) {
    case CB_K_IDENTIFIER: return name_node(b);
    case CB_K_INTEGER: {
        struct cb_ast *item = b->ipython ? cb_build_ipython(b) : NULL;
        return item ? item : number_node(b);
    }
    case CB_K_STRING:
    case CB_K_CONCATENATED_STRING: return cb_build_string(b);
    case CB_K_PARENTHESIZED_EXPRESSION:
    case CB_K_TUPLE:
    case CB_K_TUPLE_PATTERN:
    case CB_K_PATTERN_LIST:
    case CB_K_EXPRESSION_LIST: return tuple_node(b);
    case CB_K_TYPE:
    case CB_K_AS_PATTERN_TARGET: return cb_build_children(b, cb_line(b));
    case CB_K_FLOAT: {
        struct cb_ast *node = cb_node(b, CB_AST_NUMBER);
        node->value = -1;
        return node;
    }
    case CB_K_TRUE: return constant_node(b, CB_CONSTANT_TRUE);
    case CB_K_FALSE: return constant_node(b, CB_CONSTANT_FALSE);
    case CB_K_NONE: return constant_node(b, CB_CONSTANT_NONE);
    case CB_K_ELLIPSIS: return constant_node(b, CB_CONSTANT_ELLIPSIS);
    case CB_K_LIST:
    case CB_K_LIST_PATTERN: return collection_node(b, CB_AST_LIST);
    case CB_K_SET: return collection_node(b, CB_AST_SET);
    case CB_K_DICTIONARY: return dictionary_node(b);
    case CB_K_COMPARISON_OPERATOR: return comparison_node(b);
    case CB_K_UNARY_OPERATOR:
    case CB_K_NOT_OPERATOR: return unary_node(b, CB_AST_UNARY);
    case CB_K_CONDITIONAL_EXPRESSION: return conditional_node(b);
    case CB_K_LIST_COMPREHENSION:
    case CB_K_SET_COMPREHENSION:
    case CB_K_DICTIONARY_COMPREHENSION:
    case CB_K_GENERATOR_EXPRESSION: return cb_build_comprehension(b);
    case CB_K_LAMBDA: return cb_build_lambda(b);
    case CB_K_KEYWORD_ARGUMENT: return keyword_node(b);
    case CB_K_LIST_SPLAT:
    case CB_K_LIST_SPLAT_PATTERN:
    case CB_K_SPLAT_TYPE: return unary_node(b, CB_AST_STARRED);
    case CB_K_DICTIONARY_SPLAT:
    case CB_K_DICTIONARY_SPLAT_PATTERN: return unary_node(b, CB_AST_DOUBLE_STAR);
    case CB_K_SLICE:
    case CB_K_CONSTRAINED_TYPE: return slice_node(b);
    case CB_K_AWAIT: return unary_node(b, CB_AST_AWAIT);
    case CB_K_YIELD: return yield_node(b);
    case CB_K_NAMED_EXPRESSION: return named_node(b);
    case CB_K_DOTTED_NAME: return dotted_node(b);
    case CB_K_GENERIC_TYPE: return generic_node(b);
    case CB_K_MEMBER_TYPE: return member_node(b);
    case CB_K_UNION_TYPE: return union_node(b);
    case CB_K_AS_PATTERN: return as_node(b);
    default: return NULL;
    }
}

static bool begins_with_expression(enum cb_concrete kind)
{
    return kind >= CB_K_ATTRIBUTE && (kind <= CB_K_BINARY_OPERATOR || kind == CB_K_BOOLEAN_OPERATOR);
}

/* a and b and c are operands of one BOOL_OP; `d` is the end of its list while it is built. */
static struct cb_ast *build_boolean(struct cb_builder *b, struct cb_ast *left, bool merge, uint32_t line)
{
    struct cb_ast *right = NULL;
    int32_t operator = 0;
    while (cb_next(b)) {
        if (b->kind == CB_K_T_AND)
            operator = 1;
        else if (cb_is_expression(b->kind))
            right = cb_build_expression(b);
    }
    right = cb_missing(b, right, line);
    if (merge && left->kind == CB_AST_BOOL_OP && left->value == operator) {
        left->d->next = right;
        left->d = right;
        return left;
    }
    struct cb_ast *node = cb_node_at(b, CB_AST_BOOL_OP, line);
    node->value = operator;
    if (merge && left->kind == CB_AST_BOOL_OP)
        left->d = NULL;
    node->a = left;
    left->next = right;
    node->d = right;
    return node;
}

static bool is_xor(const struct cb_ast *node)
{
    return node->kind == CB_AST_BINARY && node->value == OPERATOR_XOR;
}

/* The grammar takes ^ to bind closer than &, and Python the other way round (tree-sitter-python 0.25, PREC). */
static struct cb_ast *group_and(struct cb_ast *node)
{
    struct cb_ast *left = node->a, *right = node->b, *inner = right;
    if (is_xor(right)) {
        for (inner->line = node->line; is_xor(inner->a); inner->line = node->line)
            inner = inner->a;
        node->b = inner->a;
    }
    struct cb_ast *top = node;
    if (is_xor(left)) {
        node->a = left->b;
        node->line = node->a->line;
        left->b = node;
        top = left;
    }
    if (!is_xor(right))
        return top;
    inner->a = top;
    return right;
}

/* The rest of a node whose first operand is `left`; the builder stands on that. */
static struct cb_ast *build_rest(struct cb_builder *b, enum cb_concrete kind, struct cb_ast *left, uint32_t line)
{
    static const uint8_t kinds[] = {[CB_K_ATTRIBUTE] = CB_AST_ATTRIBUTE, [CB_K_SUBSCRIPT] = CB_AST_SUBSCRIPT,
                                    [CB_K_CALL] = CB_AST_CALL, [CB_K_BINARY_OPERATOR] = CB_AST_BINARY};
    struct cb_ast *node = cb_node_at(b, kinds[kind], line);
    struct children index = {0};
    node->a = left;
    while (cb_next(b)) {
        if (kind == CB_K_ATTRIBUTE && b->kind == CB_K_IDENTIFIER)
            node->name = cb_node_name(b);
        else if (kind == CB_K_SUBSCRIPT && (cb_is_expression(b->kind) || b->kind == CB_K_T_COMMA)) {
            if (!index.list.first)
                node->value = (int32_t)cb_line(b);
            collect(b, &index);
            break;
        } else if (kind == CB_K_CALL && (b->kind == CB_K_ARGUMENT_LIST || b->kind == CB_K_GENERATOR_EXPRESSION))
            node->b = cb_build_arguments(b);
        else if (kind == CB_K_BINARY_OPERATOR && cb_is_expression(b->kind))
            node->b = cb_build_expression(b);
        else if (b->kind == CB_K_T_AMPERSAND || b->kind == CB_K_T_CARET)
            node->value = b->kind == CB_K_T_CARET ? OPERATOR_XOR : OPERATOR_AND;
    }
    if (kind == CB_K_SUBSCRIPT) {
        node->b = index.list.first ? tuple_or_only(b, &index, (uint32_t)node->value) : NULL;
        node->value = 0;
    }
    if (kind == CB_K_SUBSCRIPT || kind == CB_K_BINARY_OPERATOR)
        node->b = cb_missing(b, node->b, line);
    if (node->kind == CB_AST_BINARY && node->value == OPERATOR_AND)
        node = group_and(node);
    return star_outside(node, &node->a);
}

static void push_kind(struct cb_parser *parser, enum cb_concrete kind)
{
    if (parser->n_spine == parser->spine_capacity) {
        parser->spine_capacity = parser->spine_capacity ? parser->spine_capacity * 2 : 256;
        parser->spine = cb_realloc(parser->spine, parser->spine_capacity);
    }
    parser->spine[parser->n_spine++] = (uint8_t)kind;
}

/* a.b(c)[d] + e … begins with its innermost part: go down to that, and build on the way back. */
struct cb_ast *cb_build_expression(struct cb_builder *b)
{
    struct cb_parser *parser = b->parser;
    uint32_t depth = b->depth++, line = cb_line(b);
    size_t bottom = parser->n_spine;
    while (begins_with_expression(b->kind) && b->depth < CB_DEPTH_MAX) {
        enum cb_concrete kind = b->kind;
        if (!cb_enter(b))
            break;
        b->depth += kind != CB_K_BOOLEAN_OPERATOR;
        push_kind(parser, kind);
    }
    bool deep = b->depth >= CB_DEPTH_MAX && cb_is_expression(b->kind);
    struct cb_ast *node = deep ? cb_names_below(b) : build_operand(b);
    bool merge = false;
    while (parser->n_spine > bottom) {
        enum cb_concrete kind = parser->spine[--parser->n_spine];
        node = cb_missing(b, node, line);
        if (kind == CB_K_BOOLEAN_OPERATOR) {
            node = build_boolean(b, node, merge, line);
            merge = true;
        } else {
            if (merge)
                node->d = NULL;
            merge = false;
            node = build_rest(b, kind, node, line);
            b->depth--;
        }
        cb_leave(b);
    }
    if (merge) {
        node->d = NULL;
        node = star_outside(node, &node->a);
    }
    b->depth = depth;
    return node;
}

struct cb_ast *cb_build_target(struct cb_builder *b)
{
    struct cb_ast *node = cb_build_expression(b);
    if (node)
        cb_set_context(node, CB_AST_STORE);
    return node;
}
