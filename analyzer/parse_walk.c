/*
 * analyzer: moving over the concrete tree, and making nodes of ours.
 */
#include "analyzer/parse_walk.h"

#include <string.h>

static inline bool stand(struct cb_builder *b)
{
    b->node = ts_tree_cursor_current_node(&b->cursor);
    TSSymbol symbol = ts_node_symbol(b->node);
    b->kind = symbol < b->parser->n_kinds ? b->parser->kinds[symbol] : CB_K_ERROR;
    return b->kind != CB_K_EXTRA;
}

bool cb_enter(struct cb_builder *b)
{
    if (!ts_tree_cursor_goto_first_child(&b->cursor))
        return false;
    if (stand(b) || cb_next(b))
        return true;
    cb_leave(b);
    return false;
}

bool cb_next(struct cb_builder *b)
{
    while (ts_tree_cursor_goto_next_sibling(&b->cursor))
        if (stand(b))
            return true;
    return false;
}

void cb_leave(struct cb_builder *b)
{
    ts_tree_cursor_goto_parent(&b->cursor);
}

uint32_t cb_line(const struct cb_builder *b)
{
    return ts_node_start_point(b->node).row + b->first_line;
}

struct cb_ast *cb_node_at(struct cb_builder *b, enum cb_ast_kind kind, uint32_t line)
{
    struct cb_ast *node = cb_arena_alloc(b->arena, sizeof *node);
    node->kind = (uint8_t)kind;
    node->line = line;
    return node;
}

struct cb_ast *cb_node(struct cb_builder *b, enum cb_ast_kind kind)
{
    return cb_node_at(b, kind, cb_line(b));
}

cb_name cb_node_name(struct cb_builder *b)
{
    uint32_t start = ts_node_start_byte(b->node), end = ts_node_end_byte(b->node);
    return end > start ? cb_names_intern(b->names, b->text + start, end - start) : CB_NO_NAME;
}

void cb_note_error(struct cb_builder *b, uint32_t line)
{
    if (!b->error_line || line < b->error_line)
        b->error_line = line;
}

struct cb_ast *cb_missing(struct cb_builder *b, struct cb_ast *node, uint32_t line)
{
    if (node)
        return node;
    cb_note_error(b, line);
    return cb_node_at(b, CB_AST_CONSTANT, line);
}

void cb_set_context(struct cb_ast *node, uint8_t context)
{
    for (;;) {
        switch (node->kind) {
        case CB_AST_TUPLE:
        case CB_AST_LIST:
            node->flags |= context;
            for (struct cb_ast *item = node->a; item; item = item->next)
                cb_set_context(item, context);
            return;
        case CB_AST_STARRED:
            node->flags |= context;
            node = node->a;
            break;
        case CB_AST_NAME:
        case CB_AST_ATTRIBUTE:
        case CB_AST_SUBSCRIPT:
            node->flags |= context;
            return;
        default:
            return;
        }
    }
}

struct cb_ast *cb_names_below(struct cb_builder *b)
{
    struct cb_ast *all = cb_node(b, CB_AST_BOOL_OP);
    struct cb_ast_list list = {0};
    for (uint32_t below = 0;;) {
        bool keyword = b->kind == CB_K_KEYWORD_ARGUMENT;
        if (cb_enter(b)) {
            below++;
            if (keyword)
                cb_next(b);
        } else {
            if (b->kind == CB_K_IDENTIFIER &&
                ts_tree_cursor_current_field_id(&b->cursor) != b->parser->field_attribute) {
                cb_name name = cb_node_name(b);
                if (name) {
                    struct cb_ast *node = cb_node(b, CB_AST_NAME);
                    node->name = name;
                    cb_list_add(&list, node);
                }
            }
            while (below && !cb_next(b)) {
                cb_leave(b);
                below--;
            }
            if (!below)
                break;
        }
    }
    all->a = list.first;
    return all;
}
