/*
 * analyzer: import statements.
 */
#include "analyzer/parse_walk.h"

#include <string.h>

/* a.b.c, normalised as names are; spaces, comments and line continuations between the parts are left out. */
const char *cb_build_dotted(struct cb_builder *b)
{
    struct cb_buffer text = {0};
    if (cb_enter(b)) {
        do {
            cb_name name = b->kind == CB_K_IDENTIFIER ? cb_node_name(b) : CB_NO_NAME;
            if (!name)
                continue;
            if (text.length)
                cb_buffer_adds(&text, ".");
            cb_buffer_adds(&text, b->names->text[name]);
        } while (cb_next(b));
        cb_leave(b);
    }
    const char *copy = cb_arena_copy(b->arena, text.text, text.length);
    cb_buffer_free(&text);
    return copy;
}

static struct cb_ast *alias(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, CB_AST_ALIAS);
    if (b->kind == CB_K_DOTTED_NAME) {
        node->text = cb_build_dotted(b);
    } else if (cb_enter(b)) {
        do {
            if (b->kind == CB_K_DOTTED_NAME)
                node->text = cb_build_dotted(b);
            else if (b->kind == CB_K_IDENTIFIER)
                node->name = cb_node_name(b);
        } while (cb_next(b));
        cb_leave(b);
    }
    return node->text && *node->text ? node : NULL;
}

/* Dots and a dotted name, or none. */
static void relative(struct cb_builder *b, struct cb_ast *node)
{
    if (!cb_enter(b))
        return;
    do {
        if (b->kind == CB_K_IMPORT_PREFIX) {
            for (uint32_t i = ts_node_start_byte(b->node); i < ts_node_end_byte(b->node); i++)
                node->value += b->text[i] == '.';
        } else if (b->kind == CB_K_DOTTED_NAME) {
            node->text = cb_build_dotted(b);
        }
    } while (cb_next(b));
    cb_leave(b);
}

struct cb_ast *cb_build_import(struct cb_builder *b)
{
    struct cb_ast *node = cb_node(b, b->kind == CB_K_IMPORT_STATEMENT ? CB_AST_IMPORT : CB_AST_IMPORT_FROM);
    struct cb_ast_list aliases = {0};
    bool names = node->kind == CB_AST_IMPORT; /* behind the word import */
    if (node->kind == CB_AST_IMPORT_FROM)
        node->text = b->kind == CB_K_FUTURE_IMPORT_STATEMENT ? "__future__" : "";
    if (!cb_enter(b))
        return NULL;
    do {
        if (b->kind == CB_K_T_IMPORT)
            names = true;
        else if (b->kind == CB_K_RELATIVE_IMPORT)
            relative(b, node);
        else if (b->kind == CB_K_DOTTED_NAME && !names)
            node->text = cb_build_dotted(b);
        else if (b->kind == CB_K_DOTTED_NAME || b->kind == CB_K_ALIASED_IMPORT)
            cb_list_add(&aliases, alias(b));
        else if (b->kind == CB_K_WILDCARD_IMPORT)
            node->flags |= CB_AST_STAR;
    } while (cb_next(b));
    cb_leave(b);
    node->a = aliases.first;
    return node->a || (node->flags & CB_AST_STAR) ? node : NULL;
}
