/*
 * analyzer: statements.
 */
#include "analyzer/parse_walk.h"

#include <string.h>

static struct cb_ast *statement(struct cb_builder *b);

/* The column of a statement that is the first of its line, else -1. */
static int64_t indent_of(const struct cb_builder *b)
{
    uint32_t start = ts_node_start_byte(b->node), p = start;
    while (p && (b->text[p - 1] == ' ' || b->text[p - 1] == '\t'))
        p--;
    bool first = !p || (b->text[p - 1] == '\n' && (p < 2 || b->text[p - 2] != '\\'));
    return first ? (int64_t)(start - p) : -1;
}

/* The grammar takes a line that is indented more than its block for one of the block; Python does not. */
static void check_indent(struct cb_builder *b, int64_t *block)
{
    int64_t indent = indent_of(b);
    if (*block < 0)
        *block = indent;
    else if (indent > *block)
        cb_note_error(b, cb_line(b));
}

struct cb_ast *cb_build_block(struct cb_builder *b)
{
    struct cb_ast_list list = {0};
    int64_t indent = -1;
    bool block = b->kind == CB_K_BLOCK;
    uint32_t line = cb_line(b);
    if (b->depth >= CB_DEPTH_MAX) {
        cb_note_error(b, cb_line(b));
        return NULL;
    }
    b->depth++;
    if (cb_enter(b)) {
        do {
            if (cb_is_statement(b->kind)) {
                check_indent(b, &indent);
                cb_list_add(&list, statement(b));
            } else if (b->kind == CB_K_ERROR || b->kind == CB_K_BLOCK) /* what an error leaves */
                cb_list_add(&list, cb_build_block(b));
        } while (cb_next(b));
        cb_leave(b);
    }
    b->depth--;
    if (block && !list.first)
        cb_note_error(b, line);
    return list.first;
}

/* else and finally: the block in a clause. */
static struct cb_ast *clause_block(struct cb_builder *b)
{
    struct cb_ast_list list = {0};
    if (cb_enter(b)) {
        do
            if (b->kind == CB_K_BLOCK)
                cb_list_add(&list, cb_build_block(b));
        while (cb_next(b));
        cb_leave(b);
    }
    return list.first;
}

static struct cb_ast *annotated(struct cb_builder *b, struct cb_ast *target, bool parenthesized, struct cb_ast *type,
                                struct cb_ast *value, uint32_t line)
{
    struct cb_ast *node = cb_node_at(b, CB_AST_ANN_ASSIGN, line);
    node->a = target;
    node->b = type;
    node->c = value;
    if (parenthesized && target->kind == CB_AST_NAME)
        target->flags |= CB_AST_PARENTHESIZED;
    return node;
}

/* a = b = c is an assignment in an assignment: go down, as deep as it is, and up at the end. */
static struct cb_ast *assignment(struct cb_builder *b)
{
    uint32_t line = cb_line(b), levels = 0;
    struct cb_ast_list targets = {0};
    struct cb_ast *type = NULL, *value = NULL;
    bool parenthesized = false, deeper = true;
    while (deeper && cb_enter(b)) {
        deeper = false;
        levels++;
        struct cb_ast *target = NULL;
        do {
            if (b->kind == CB_K_TYPE) {
                type = cb_build_expression(b);
            } else if (b->kind == CB_K_ASSIGNMENT) {
                deeper = true;
                break;
            } else if (b->kind == CB_K_AUGMENTED_ASSIGNMENT) {
                cb_note_error(b, line);
            } else if (cb_is_expression(b->kind) && !target) {
                parenthesized = b->kind == CB_K_TUPLE_PATTERN || b->kind == CB_K_PARENTHESIZED_EXPRESSION;
                cb_list_add(&targets, target = cb_build_target(b));
            } else if (cb_is_expression(b->kind)) {
                value = cb_build_expression(b);
            }
        } while (cb_next(b));
    }
    while (levels--)
        cb_leave(b);
    if (!targets.first)
        return NULL;
    if (type && !targets.first->next)
        return annotated(b, targets.first, parenthesized, type, value, line);
    struct cb_ast *node = cb_node_at(b, CB_AST_ASSIGN, line);
    node->a = targets.first;
    node->b = cb_missing(b, value, line);
    return node;
}

static struct cb_ast *augmented(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_AUG_ASSIGN);
    if (!cb_enter(b))
        return NULL;
    do {
        if (!cb_is_expression(b->kind))
            continue;
        if (node->a)
            node->b = cb_build_expression(b);
        else
            node->a = cb_build_target(b);
    } while (cb_next(b));
    cb_leave(b);
    node->b = cb_missing(b, node->b, node->line);
    return node->a ? node : NULL;
}

static struct cb_ast *expression_statement(struct cb_builder *b)
{
    uint32_t line = cb_line(b);
    if (!cb_enter(b))
        return NULL;
    enum cb_concrete kind = b->kind;
    struct cb_ast *node = NULL, *value;
    if (kind == CB_K_ASSIGNMENT)
        node = assignment(b);
    else if (kind == CB_K_AUGMENTED_ASSIGNMENT)
        node = augmented(b);
    cb_leave(b);
    if (kind == CB_K_ASSIGNMENT || kind == CB_K_AUGMENTED_ASSIGNMENT)
        return node;
    if (kind == CB_K_NAMED_EXPRESSION) /* `x := 1` is a statement to the grammar alone */
        cb_note_error(b, line);
    value = cb_build_children(b, line);
    if (!value)
        return NULL;
    node = cb_node_at(b, CB_AST_EXPR, line);
    node->a = value;
    return node;
}

static struct cb_ast *if_clause(struct cb_builder *b, struct cb_ast *node)
{
    if (!node->a && cb_is_expression(b->kind))
        node->a = cb_build_expression(b);
    else if (b->kind == CB_K_BLOCK)
        node->c = cb_build_block(b);
    return node;
}

/* A chain of elif nests in our tree; beyond some length its parts follow each other, which is near enough. */
static struct cb_ast *if_statement(struct cb_builder *b)
{
    struct cb_ast *first = cb_node(b, CB_AST_IF), *current = first;
    uint32_t depth = b->depth;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_ELIF_CLAUSE) {
            struct cb_ast *node = cb_node(b, CB_AST_IF);
            if (b->depth - depth < CB_ELIF_MAX) {
                b->depth++;
                current->d = node;
            } else {
                current->next = node;
            }
            current->a = cb_missing(b, current->a, current->line);
            current = node;
            if (!cb_enter(b))
                continue;
            do
                if_clause(b, node);
            while (cb_next(b));
            cb_leave(b);
        } else if (b->kind == CB_K_ELSE_CLAUSE) {
            current->d = clause_block(b);
        } else {
            if_clause(b, first);
        }
    } while (cb_next(b));
    cb_leave(b);
    b->depth = depth;
    current->a = cb_missing(b, current->a, current->line);
    return first;
}

static struct cb_ast *loop(struct cb_builder *b, enum cb_ast_kind kind)
{
    struct cb_ast *node = cb_node(b, kind);
    bool in = kind == CB_AST_WHILE;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_T_ASYNC)
            node->flags |= CB_AST_ASYNC;
        else if (b->kind == CB_K_T_IN)
            in = true;
        else if (b->kind == CB_K_BLOCK)
            node->c = cb_build_block(b);
        else if (b->kind == CB_K_ELSE_CLAUSE)
            node->d = clause_block(b);
        else if (cb_is_expression(b->kind) && kind == CB_AST_FOR && in)
            node->b = cb_build_expression(b);
        else if (cb_is_expression(b->kind))
            node->a = in ? cb_build_expression(b) : cb_build_target(b);
    } while (cb_next(b));
    cb_leave(b);
    node->a = cb_missing(b, node->a, node->line);
    if (kind == CB_AST_FOR)
        node->b = cb_missing(b, node->b, node->line);
    return node;
}

static cb_name name_of(const struct cb_ast *node)
{
    return node && node->kind == CB_AST_NAME ? node->name : CB_NO_NAME;
}

/* except type [as name]: */
static struct cb_ast *handler(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_HANDLER);
    bool as = false;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_T_STAR) {
            node->flags |= CB_AST_STAR;
        } else if (b->kind == CB_K_T_AS) {
            as = true;
        } else if (b->kind == CB_K_BLOCK) {
            node->c = cb_build_block(b);
        } else if (b->kind == CB_K_AS_PATTERN) {
            if (!cb_enter(b))
                continue;
            do {
                if (b->kind == CB_K_AS_PATTERN_TARGET)
                    node->name = name_of(cb_build_children(b, cb_line(b)));
                else if (cb_is_expression(b->kind))
                    node->a = cb_build_expression(b);
            } while (cb_next(b));
            cb_leave(b);
        } else if (cb_is_expression(b->kind)) {
            struct cb_ast *part = cb_build_expression(b);
            if (!node->a) {
                node->a = part;
            } else { /* with a comma: of Python 2 */
                node->name = name_of(part);
                if (!as)
                    cb_note_error(b, node->line);
            }
        }
    } while (cb_next(b));
    cb_leave(b);
    return node;
}

static struct cb_ast *try_statement(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_TRY);
    struct cb_ast_list handlers = {0};
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_BLOCK)
            node->c = cb_build_block(b);
        else if (b->kind == CB_K_EXCEPT_CLAUSE)
            cb_list_add(&handlers, handler(b));
        else if (b->kind == CB_K_ELSE_CLAUSE)
            node->d = clause_block(b);
        else if (b->kind == CB_K_FINALLY_CLAUSE)
            node->b = clause_block(b);
    } while (cb_next(b));
    cb_leave(b);
    node->a = handlers.first;
    return node;
}

/* One context manager, on the concrete node of its expression. */
static struct cb_ast *with_item(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_WITH_ITEM);
    if (b->kind != CB_K_AS_PATTERN) {
        node->a = cb_build_expression(b);
        return node->a ? node : NULL;
    }
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_AS_PATTERN_TARGET) {
            node->b = cb_build_children(b, cb_line(b));
            if (node->b)
                cb_set_context(node->b, CB_AST_STORE);
        } else if (cb_is_expression(b->kind)) {
            node->a = cb_build_expression(b);
        }
    } while (cb_next(b));
    cb_leave(b);
    node->a = cb_missing(b, node->a, node->line);
    return node;
}

/* (a as b, c): several managers in parentheses come as one tuple, and `(a as b)` as an expression. */
static void with_items(struct cb_builder *b, struct cb_ast_list *items, uint32_t levels)
{
    if (levels < 100 && (b->kind == CB_K_WITH_ITEM || b->kind == CB_K_WITH_CLAUSE || b->kind == CB_K_TUPLE ||
                         b->kind == CB_K_PARENTHESIZED_EXPRESSION)) {
        bool tuple = b->kind == CB_K_TUPLE;
        struct cb_ast *before = items->first;
        if (cb_enter(b)) {
            do
                if (cb_is_expression(b->kind) && tuple)
                    cb_list_add(items, with_item(b));
                else if (cb_is_expression(b->kind) || b->kind == CB_K_WITH_ITEM)
                    with_items(b, items, levels + 1);
            while (cb_next(b));
            cb_leave(b);
        }
        if (before || items->first || !tuple)
            return;
    }
    cb_list_add(items, with_item(b));
}

static struct cb_ast *with_statement(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_WITH);
    struct cb_ast_list items = {0};
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_T_ASYNC)
            node->flags |= CB_AST_ASYNC;
        else if (b->kind == CB_K_WITH_CLAUSE)
            with_items(b, &items, 0);
        else if (b->kind == CB_K_BLOCK)
            node->c = cb_build_block(b);
    } while (cb_next(b));
    cb_leave(b);
    node->a = items.first;
    return node;
}

static struct cb_ast *definition(struct cb_builder *b, struct cb_ast *decorators)
{
    bool function = b->kind == CB_K_FUNCTION_DEFINITION;
    struct cb_ast *node = cb_node(b, function ? CB_AST_FUNCTION : CB_AST_CLASS);
    node->b = decorators;
    if (!cb_enter(b))
        return NULL;
    do {
        switch (b->kind) {
        case CB_K_T_ASYNC: node->flags |= CB_AST_ASYNC; break;
        case CB_K_IDENTIFIER: node->name = cb_node_name(b); break;
        case CB_K_TYPE_PARAMETER: node->extra = cb_build_type_parameters(b); break;
        case CB_K_PARAMETERS: node->a = cb_build_parameters(b); break;
        case CB_K_ARGUMENT_LIST: node->a = cb_build_arguments(b); break;
        case CB_K_TYPE: node->d = cb_build_expression(b); break;
        case CB_K_BLOCK: node->c = cb_build_block(b); break;
        default: break;
        }
    } while (cb_next(b));
    cb_leave(b);
    return node->name ? node : NULL;
}

static struct cb_ast *decorated(struct cb_builder *b)
{
    struct cb_ast_list decorators = {0};
    struct cb_ast *node = NULL;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_DECORATOR)
            cb_list_add(&decorators, cb_build_children(b, cb_line(b)));
        else if (b->kind == CB_K_FUNCTION_DEFINITION || b->kind == CB_K_CLASS_DEFINITION)
            node = definition(b, decorators.first);
    } while (cb_next(b));
    cb_leave(b);
    return node;
}

/* Expressions in a and b; `raise a, b` is of Python 2. */
static struct cb_ast *two_expressions(struct cb_builder *b, enum cb_ast_kind kind)
{
    struct cb_ast *node = cb_node(b, kind);
    bool cause = false;
    if (!cb_enter(b))
        return node;
    do {
        if (b->kind == CB_K_T_FROM) {
            cause = true;
        } else if (cb_is_expression(b->kind)) {
            if (kind == CB_AST_RAISE && b->kind == CB_K_EXPRESSION_LIST)
                cb_note_error(b, node->line);
            struct cb_ast *value = cb_build_expression(b);
            if (cause || node->a)
                node->b = value;
            else
                node->a = value;
        }
    } while (cb_next(b));
    cb_leave(b);
    if (kind == CB_AST_ASSERT)
        node->a = cb_missing(b, node->a, node->line);
    return node;
}

static struct cb_ast *delete_statement(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_DELETE);
    struct cb_ast_list targets = {0};
    if (!cb_enter(b))
        return NULL;
    do {
        if (!cb_is_expression(b->kind))
            continue;
        bool several = b->kind == CB_K_EXPRESSION_LIST;
        struct cb_ast *target = cb_build_expression(b);
        if (target)
            cb_list_add(&targets, several && target->kind == CB_AST_TUPLE ? target->a : target);
    } while (cb_next(b));
    cb_leave(b);
    for (struct cb_ast *target = targets.first; target; target = target->next)
        cb_set_context(target, CB_AST_DEL);
    node->a = targets.first;
    return node->a ? node : NULL;
}

static struct cb_ast *name_list(struct cb_builder *b, enum cb_ast_kind kind)
{
    struct cb_ast *node = cb_node(b, kind);
    struct cb_ast_list names = {0};
    if (!cb_enter(b))
        return NULL;
    do
        if (b->kind == CB_K_IDENTIFIER)
            cb_list_add(&names, cb_build_expression(b));
    while (cb_next(b));
    cb_leave(b);
    node->a = names.first;
    return node->a ? node : NULL;
}

/* `type(x).y = z` and `type[x] = z` come as aliases too: parse the text again, with a name that is no soft keyword. */
static struct cb_ast *assignment_to_type(struct cb_builder *b)
{
    uint32_t start = ts_node_start_byte(b->node), end = ts_node_end_byte(b->node);
    cleanup_free char *text = cb_alloc((size_t)(end - start) + 1);
    memcpy(text, b->text + start, end - start);
    text[0] = '_';
    struct cb_ast *node = cb_parse_fragment(b, text, end - start, cb_line(b)), *first;
    if (!node || (node->kind != CB_AST_ASSIGN && node->kind != CB_AST_ANN_ASSIGN))
        return NULL;
    for (first = node->a; first && first->kind >= CB_AST_ATTRIBUTE && first->kind <= CB_AST_CALL;)
        first = first->a;
    if (first && first->kind == CB_AST_NAME)
        first->name = cb_names_intern(b->names, "type", 4);
    return node;
}

static struct cb_ast *type_alias(struct cb_builder *b)
{
    TSNode all = b->node;
    struct cb_ast *node = cb_node(b, CB_AST_TYPE_ALIAS);
    bool left = true;
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_TYPE && !left) {
            node->b = cb_build_expression(b);
        } else if (b->kind == CB_K_TYPE && cb_enter(b)) { /* identifier, or generic_type: that with parameters */
            bool generic = b->kind == CB_K_GENERIC_TYPE && cb_enter(b);
            do {
                if (b->kind == CB_K_TYPE_PARAMETER)
                    node->extra = cb_build_type_parameters(b);
                else if (b->kind == CB_K_IDENTIFIER)
                    node->a = cb_build_target(b);
            } while (cb_next(b));
            if (generic)
                cb_leave(b);
            cb_leave(b);
            left = false;
            if (!node->a)
                break;
        }
    } while (cb_next(b));
    cb_leave(b);
    b->node = all;
    if (!node->a)
        return assignment_to_type(b);
    node->b = cb_missing(b, node->b, node->line);
    return node;
}

/* print and exec as statements, of Python 2: an error, and a call for the sake of what they read. `print >> f, x` is an
 * expression of Python 3. */
static struct cb_ast *old_statement(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_EXPR), *name = cb_node(b, CB_AST_NAME), *shift = NULL;
    const char *text = b->kind == CB_K_PRINT_STATEMENT ? "print" : "exec";
    struct cb_ast_list arguments = {0};
    bool comma = false;
    name->name = cb_names_intern(b->names, text, strlen(text));
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_CHEVRON) {
            shift = cb_node_at(b, CB_AST_BINARY, node->line);
            shift->a = name;
            shift->b = cb_missing(b, cb_build_children(b, cb_line(b)), node->line);
        } else if (cb_is_expression(b->kind)) {
            cb_list_add(&arguments, cb_build_expression(b));
        }
        comma |= b->kind == CB_K_T_COMMA;
    } while (cb_next(b));
    cb_leave(b);
    if (!shift) {
        cb_note_error(b, node->line);
        node->a = cb_node_at(b, CB_AST_CALL, node->line);
        node->a->a = name;
        node->a->b = arguments.first;
    } else if (comma) {
        node->a = cb_node_at(b, CB_AST_TUPLE, node->line);
        node->a->a = shift;
        shift->next = arguments.first;
    } else {
        node->a = shift;
    }
    return node;
}

static struct cb_ast *statement(struct cb_builder *b)
{
    switch (b->kind) {
    case CB_K_EXPRESSION_STATEMENT: return expression_statement(b);
    case CB_K_ASSIGNMENT: return assignment(b);
    case CB_K_AUGMENTED_ASSIGNMENT: return augmented(b);
    case CB_K_FUTURE_IMPORT_STATEMENT:
    case CB_K_IMPORT_STATEMENT:
    case CB_K_IMPORT_FROM_STATEMENT: return cb_build_import(b);
    case CB_K_PRINT_STATEMENT:
    case CB_K_EXEC_STATEMENT: return old_statement(b);
    case CB_K_ASSERT_STATEMENT: return two_expressions(b, CB_AST_ASSERT);
    case CB_K_RETURN_STATEMENT: return two_expressions(b, CB_AST_RETURN);
    case CB_K_RAISE_STATEMENT: return two_expressions(b, CB_AST_RAISE);
    case CB_K_DELETE_STATEMENT: return delete_statement(b);
    case CB_K_PASS_STATEMENT: return cb_node(b, CB_AST_PASS);
    case CB_K_BREAK_STATEMENT: return cb_node(b, CB_AST_BREAK);
    case CB_K_CONTINUE_STATEMENT: return cb_node(b, CB_AST_CONTINUE);
    case CB_K_GLOBAL_STATEMENT: return name_list(b, CB_AST_GLOBAL);
    case CB_K_NONLOCAL_STATEMENT: return name_list(b, CB_AST_NONLOCAL);
    case CB_K_TYPE_ALIAS_STATEMENT: return type_alias(b);
    case CB_K_IF_STATEMENT: return if_statement(b);
    case CB_K_FOR_STATEMENT: return loop(b, CB_AST_FOR);
    case CB_K_WHILE_STATEMENT: return loop(b, CB_AST_WHILE);
    case CB_K_TRY_STATEMENT: return try_statement(b);
    case CB_K_WITH_STATEMENT: return with_statement(b);
    case CB_K_FUNCTION_DEFINITION:
    case CB_K_CLASS_DEFINITION: return definition(b, NULL);
    case CB_K_DECORATED_DEFINITION: return decorated(b);
    case CB_K_MATCH_STATEMENT: return cb_build_match(b);
    default: return NULL;
    }
}
