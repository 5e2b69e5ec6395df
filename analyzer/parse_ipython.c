/*
 * analyzer: IPython syntax, that stands in the tree as the number 0 (ipython.h).
 */
#include "analyzer/parse_walk.h"

#include <string.h>

/* Items come in the order of the walk, save where that goes back. */
static const struct cb_ipython_item *item_at(struct cb_builder *b, uint32_t offset, size_t *index)
{
    const struct cb_ipython *cell = b->ipython;
    if (b->next_item >= cell->n_items || cell->items[b->next_item].offset != offset) {
        size_t low = 0, high = cell->n_items;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (cell->items[middle].offset < offset)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == cell->n_items || cell->items[low].offset != offset)
            return NULL;
        b->next_item = low;
    }
    *index = b->next_item++;
    return &cell->items[*index];
}

struct cb_ast *cb_build_ipython(struct cb_builder *b)
{
    uint32_t start = ts_node_start_byte(b->node), line = cb_line(b);
    size_t index;
    const struct cb_ipython_item *item = ts_node_end_byte(b->node) == start + 1 ? item_at(b, start, &index) : NULL;
    if (!item || index > INT32_MAX)
        return NULL;
    struct cb_ast *node = cb_node(b, CB_AST_IPYTHON);
    struct cb_ast_list inside = {0};
    node->value = (int32_t)index;
    for (size_t i = 0; item->expressions && item->expressions[i]; i++) {
        const char *text = item->expressions[i];
        struct cb_ast *statement = cb_parse_fragment(b, text, strlen(text), line);
        if (statement && statement->kind == CB_AST_EXPR && !statement->next)
            cb_list_add(&inside, statement->a);
    }
    if (item->code == CB_IPYTHON_FUNCTION && item->body) {
        struct cb_ast *function = cb_node_at(b, CB_AST_FUNCTION, line);
        /* The body of a cell magic begins on the next line. */
        function->c = cb_parse_fragment(b, item->body, item->body_length, line + (item->kind == CB_IPYTHON_CELL));
        cb_list_add(&inside, function);
    }
    node->a = inside.first;
    return node;
}
