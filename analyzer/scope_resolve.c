/*
 * analyzer: where the names of each scope live (analyze_name and analyze_block in CPython's symtable.c). A
 * name that a scope does not bind belongs to the nearest enclosing function that does, classes left out,
 * unless one on the way there declares it global; else to the module.
 *
 * CPython also enters free names in the scopes that they pass through on the way to their owner. That is left
 * out: it takes depth × names, and nobody asks.
 */
#include "analyzer/scope_build.h"

/* What decides the binding: what Python's compiler sees of the name, or what only IPython's items do. */
static unsigned deciding_flags(const struct cb_scope_entry *entry)
{
    return entry->flags ? entry->flags : entry->ipython;
}

static enum cb_binding bind(struct cb_scope_builder *b, const struct cb_scope_entry *entry)
{
    unsigned flags = deciding_flags(entry);
    bool nonlocal = flags & CB_SYMBOL_NONLOCAL, visible = b->visible[entry->slot];
    if (nonlocal && ((flags & CB_SYMBOL_GLOBAL) || !visible))
        cb_scope_error(b, entry->frame->scope->node ? entry->frame->scope->node->line : 1);
    if (flags & CB_SYMBOL_GLOBAL)
        return CB_BINDING_GLOBAL;
    if (!nonlocal && (flags & CB_SCOPE_BOUND))
        return CB_BINDING_LOCAL;
    return visible ? CB_BINDING_FREE : CB_BINDING_GLOBAL;
}

/* Whether scopes inside see this name as bound (or as hidden by a declaration) here. What an IPython item
 * binds in a function is no variable of the compiled function. */
static bool changes_visible(const struct cb_scope_entry *entry)
{
    const struct cb_scope *scope = entry->frame->scope;
    if (scope->kind == CB_SCOPE_MODULE)
        return false;
    if (scope->kind == CB_SCOPE_CLASS)
        return false;
    return (entry->flags || scope->ipython) &&
           (entry->binding == CB_BINDING_LOCAL || (deciding_flags(entry) & CB_SYMBOL_GLOBAL));
}

static int by_name(const void *a, const void *b)
{
    cb_name x = ((const struct cb_symbol *)a)->name, y = ((const struct cb_symbol *)b)->name;
    return (x > y) - (x < y);
}

/* Names are numbered as they are met, so that most lists are nearly in order. */
static void sort_symbols(struct cb_symbol *symbols, uint32_t n)
{
    if (n > 24) {
        uint32_t i = 1;
        while (i < n && symbols[i - 1].name < symbols[i].name)
            i++;
        if (i < n)
            qsort(symbols, n, sizeof *symbols, by_name);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        struct cb_symbol moved = symbols[i];
        uint32_t j = i;
        for (; j > 0 && symbols[j - 1].name > moved.name; j--)
            symbols[j] = symbols[j - 1];
        symbols[j] = moved;
    }
}

static void keep_symbols(struct cb_scope_builder *b, struct cb_scope_frame *frame)
{
    struct cb_scope *scope = frame->scope;
    if (scope->n_symbols == 0)
        return;
    scope->symbols = cb_arena_alloc(b->arena, scope->n_symbols * sizeof *scope->symbols);
    struct cb_symbol *symbol = scope->symbols;
    for (const struct cb_scope_entry *e = frame->first; e; e = e->next)
        *symbol++ = (struct cb_symbol){
            .name = e->name, .flags = e->flags, .binding = e->binding, .ipython = e->ipython};
    sort_symbols(scope->symbols, scope->n_symbols);
}

void cb_scope_resolve(struct cb_scope_builder *b, struct cb_scope_frame *frame)
{
    for (struct cb_scope_entry *e = frame->first; e; e = e->next)
        e->binding = (uint8_t)bind(b, e);
    keep_symbols(b, frame);
    if (!frame->first_child)
        return;

    for (struct cb_scope_entry *e = frame->first; e; e = e->next) {
        if (changes_visible(e)) {
            e->visible = b->visible[e->slot];
            b->visible[e->slot] = e->binding == CB_BINDING_LOCAL;
        }
    }
    /* Methods find the class that they are defined in as `__class__`, a variable that the class holds for
     * them. */
    bool *class_cell = frame->class_slot ? &b->visible[frame->class_slot - 1] : NULL;
    bool class_cell_before = class_cell && *class_cell;
    if (class_cell)
        *class_cell = true;
    for (struct cb_scope_frame *child = frame->first_child; child; child = child->next)
        cb_scope_resolve(b, child);
    if (class_cell)
        *class_cell = class_cell_before;
    for (struct cb_scope_entry *e = frame->first; e; e = e->next)
        if (changes_visible(e))
            b->visible[e->slot] = e->visible;
}
