/*
 * analyzer: what each scope does with which names, in one walk over the tree (symtable_visit_* in CPython's
 * symtable.c, 3.11). Children of a node are walked in CPython's order, so that scopes come in the same order.
 */
#include "analyzer/scope_build.h"

#include <string.h>

static void visit(struct cb_scope_builder *b, struct cb_ast *list);
static void visit_one(struct cb_scope_builder *b, struct cb_ast *node);

/* -- entries -- */

static uint32_t hash_name(cb_name name)
{
    return name * 2654435769u; /* Knuth's multiplicative hash */
}

static void grow_slots(struct cb_scope_builder *b)
{
    uint32_t size = b->capacity ? 4 * b->capacity : 64; /* half of it is used at most */
    free(b->keys);
    free(b->slots);
    cb_name *keys = cb_alloc(size * sizeof *keys);
    uint32_t *slots = cb_alloc(size * sizeof *slots);
    b->capacity = size / 2;
    b->entries = cb_realloc(b->entries, b->capacity * sizeof *b->entries);
    b->slot_names = cb_realloc(b->slot_names, b->capacity * sizeof *b->slot_names);
    b->shift = 32 - (uint32_t)__builtin_ctz(size);
    b->mask = size - 1;
    for (uint32_t slot = 0; slot < b->n_slots; slot++) {
        uint32_t i = hash_name(b->slot_names[slot]) >> b->shift;
        while (keys[i])
            i = (i + 1) & b->mask;
        keys[i] = b->slot_names[slot];
        slots[i] = slot;
    }
    b->keys = keys;
    b->slots = slots;
}

static uint32_t slot_of(struct cb_scope_builder *b, cb_name name)
{
    if (b->n_slots == b->capacity)
        grow_slots(b);
    uint32_t i = hash_name(name) >> b->shift;
    for (; b->keys[i]; i = (i + 1) & b->mask)
        if (b->keys[i] == name)
            return b->slots[i];
    b->keys[i] = name;
    b->slots[i] = b->n_slots;
    b->slot_names[b->n_slots] = name;
    b->entries[b->n_slots] = NULL;
    return b->n_slots++;
}

/* The entry of a mangled name in an open scope, made where it has none. */
static struct cb_scope_entry *entry_of(struct cb_scope_builder *b, struct cb_scope_frame *frame, cb_name name)
{
    uint32_t slot = slot_of(b, name);
    struct cb_scope_entry **place = &b->entries[slot];
    while (*place && (*place)->frame->depth > frame->depth)
        place = &(*place)->outer;
    if (*place && (*place)->frame == frame)
        return *place;
    struct cb_scope_entry *entry = cb_arena_alloc(&b->scratch, sizeof *entry);
    *entry = (struct cb_scope_entry){.frame = frame, .name = name, .slot = slot, .outer = *place};
    *place = entry;
    if (frame->last)
        frame->last->next = entry;
    else
        frame->first = entry;
    frame->last = entry;
    frame->scope->n_symbols++;
    return entry;
}

/* The same, or NULL where it has none. */
static const struct cb_scope_entry *entry_if_any(struct cb_scope_builder *b,
                                                 const struct cb_scope_frame *frame, cb_name name)
{
    uint32_t slot = slot_of(b, name); /* may move the entries */
    const struct cb_scope_entry *entry = b->entries[slot];
    while (entry && entry->frame->depth > frame->depth)
        entry = entry->outer;
    return entry && entry->frame == frame ? entry : NULL;
}

static unsigned seen_flags(const struct cb_scope_builder *b, const struct cb_scope_entry *entry)
{
    return b->ipython ? entry->ipython | entry->flags : entry->flags;
}

/* Note a use of an already mangled name in `frame`. */
static void add_in(struct cb_scope_builder *b, struct cb_scope_frame *frame, cb_name name, unsigned flag,
                   uint32_t line)
{
    struct cb_scope_entry *entry = entry_of(b, frame, name);
    if ((flag & CB_SYMBOL_PARAM) && (entry->flags & CB_SYMBOL_PARAM))
        cb_scope_error(b, line);
    if (b->ipython)
        entry->ipython |= (uint8_t)flag;
    else
        entry->flags |= (uint8_t)flag;
    if (frame->in_target) {
        if (entry->flags & (CB_SYMBOL_GLOBAL | CB_SYMBOL_NONLOCAL))
            cb_scope_error(b, line);
        entry->iteration = true;
    }
    /* A name declared global anywhere is a name of the module. */
    if ((flag & CB_SYMBOL_GLOBAL) && frame != b->module)
        add_in(b, b->module, name, CB_SYMBOL_GLOBAL, line);
}

static void add(struct cb_scope_builder *b, cb_name name, unsigned flag, uint32_t line)
{
    if (name)
        add_in(b, b->frame, cb_scope_mangle(b->names, b->frame->scope, name), flag, line);
}

/* -- scopes -- */

static struct cb_scope_frame *open_scope(struct cb_scope_builder *b, enum cb_scope_kind kind,
                                         struct cb_ast *node)
{
    struct cb_scope_frame *parent = b->frame, *frame = cb_arena_alloc(&b->scratch, sizeof *frame);
    struct cb_scope *scope = cb_arena_alloc(b->arena, sizeof *scope);
    *scope = (struct cb_scope){.kind = kind, .node = node, .ipython = b->ipython > 0};
    *frame = (struct cb_scope_frame){.scope = scope, .parent = parent};
    if (parent) {
        scope->parent = parent->scope;
        scope->class_name = parent->scope->class_name;
        frame->depth = parent->depth + 1;
        frame->in_iterable = parent->in_iterable;
        if (parent->last_child) {
            parent->last_child->next = frame;
            parent->last_child->scope->next = scope;
        } else {
            parent->first_child = frame;
            parent->scope->first_child = scope;
        }
        parent->last_child = frame;
    }
    b->frame = frame;
    return frame;
}

static void close_scope(struct cb_scope_builder *b)
{
    for (const struct cb_scope_entry *e = b->frame->first; e; e = e->next)
        b->entries[e->slot] = e->outer;
    b->frame = b->frame->parent;
}

static bool is_function(enum cb_scope_kind kind)
{
    return kind != CB_SCOPE_MODULE && kind != CB_SCOPE_CLASS;
}

static void visit_parameters(struct cb_scope_builder *b, const struct cb_ast *params)
{
    for (; params; params = params->next)
        add(b, params->name, CB_SYMBOL_PARAM, params->line);
}

static void visit_defaults(struct cb_scope_builder *b, const struct cb_ast *params)
{
    for (; params; params = params->next)
        visit(b, params->a);
}

/* With `from __future__ import annotations` they become strings and use no name. */
static void visit_annotation(struct cb_scope_builder *b, struct cb_ast *annotation)
{
    if (!b->module->scope->future_annotations)
        visit(b, annotation);
}

/* Type parameters are names of a scope between the enclosing one and what they belong to (PEP 695). */
static bool open_type_parameters(struct cb_scope_builder *b, struct cb_ast *node)
{
    if (!node->extra)
        return false;
    open_scope(b, CB_SCOPE_TYPE_PARAMETERS, node);
    for (struct cb_ast *param = node->extra; param; param = param->next) {
        add(b, param->name, CB_SYMBOL_ASSIGNED, param->line);
        visit(b, param->a);
    }
    return true;
}

static void visit_function(struct cb_scope_builder *b, struct cb_ast *node)
{
    add(b, node->name, CB_SYMBOL_ASSIGNED, node->line);
    visit_defaults(b, node->a);
    if (node->extra)
        visit(b, node->b);
    bool typed = open_type_parameters(b, node);
    for (const struct cb_ast *param = node->a; param; param = param->next)
        visit_annotation(b, param->b);
    visit_annotation(b, node->d);
    if (!node->extra)
        visit(b, node->b);
    node->scope = open_scope(b, CB_SCOPE_FUNCTION, node)->scope;
    visit_parameters(b, node->a);
    visit(b, node->c);
    close_scope(b);
    if (typed)
        close_scope(b);
}

static void visit_lambda(struct cb_scope_builder *b, struct cb_ast *node)
{
    visit_defaults(b, node->a);
    node->scope = open_scope(b, CB_SCOPE_LAMBDA, node)->scope;
    visit_parameters(b, node->a);
    visit(b, node->c);
    close_scope(b);
}

/* Positional arguments, then those with keywords. */
static void visit_arguments(struct cb_scope_builder *b, struct cb_ast *args)
{
    bool keywords = false;
    for (struct cb_ast *arg = args; arg; arg = arg->next) {
        if (arg->kind == CB_AST_KEYWORD)
            keywords = true;
        else
            visit_one(b, arg);
    }
    for (struct cb_ast *arg = keywords ? args : NULL; arg; arg = arg->next)
        if (arg->kind == CB_AST_KEYWORD)
            visit(b, arg->a);
}

static void visit_class(struct cb_scope_builder *b, struct cb_ast *node)
{
    add(b, node->name, CB_SYMBOL_ASSIGNED, node->line);
    if (node->extra)
        visit(b, node->b);
    bool typed = open_type_parameters(b, node);
    visit_arguments(b, node->a);
    if (!node->extra)
        visit(b, node->b);
    struct cb_scope_frame *frame = open_scope(b, CB_SCOPE_CLASS, node);
    node->scope = frame->scope;
    if (!b->name_class)
        b->name_class = cb_names_intern(b->names, "__class__", 9);
    frame->scope->class_cell = b->name_class;
    frame->class_slot = slot_of(b, b->name_class) + 1;
    frame->scope->class_name = node->name;
    visit(b, node->c);
    close_scope(b);
    if (typed)
        close_scope(b);
}

static void visit_type_alias(struct cb_scope_builder *b, struct cb_ast *node)
{
    visit(b, node->a);
    bool typed = open_type_parameters(b, node);
    node->scope = open_scope(b, CB_SCOPE_TYPE_PARAMETERS, node)->scope; /* evaluated when it is asked for */
    visit(b, node->b);
    close_scope(b);
    if (typed)
        close_scope(b);
}

static void visit_target(struct cb_scope_builder *b, struct cb_ast *target)
{
    b->frame->in_target = true;
    visit(b, target);
    b->frame->in_target = false;
}

static void visit_iterable(struct cb_scope_builder *b, struct cb_ast *iterable)
{
    b->frame->in_iterable++;
    visit(b, iterable);
    b->frame->in_iterable--;
}

/* The first iterable is evaluated outside, by whoever makes the comprehension. */
static void visit_comprehension(struct cb_scope_builder *b, struct cb_ast *node)
{
    struct cb_ast *clause = node->b;
    if (!clause)
        return;
    visit_iterable(b, clause->b);
    node->scope = open_scope(b, CB_SCOPE_COMPREHENSION, node)->scope;
    node->scope->generator = node->kind == CB_AST_GENERATOR;
    visit_target(b, clause->a);
    visit(b, clause->c);
    for (clause = clause->next; clause; clause = clause->next) {
        visit_target(b, clause->a);
        visit_iterable(b, clause->b);
        visit(b, clause->c);
    }
    if (node->kind == CB_AST_DICT_COMP)
        visit(b, node->c);
    visit(b, node->a);
    close_scope(b);
}

/* -- names -- */

static void visit_name(struct cb_scope_builder *b, const struct cb_ast *node)
{
    unsigned ctx = node->flags & CB_AST_CTX;
    add(b, node->name,
        ctx == CB_AST_LOAD  ? CB_SYMBOL_USED
        : ctx == CB_AST_DEL ? CB_SYMBOL_DELETED
                            : CB_SYMBOL_ASSIGNED,
        node->line);
    /* super() without arguments asks for the class around it. */
    if (node->name == b->name_super && ctx == CB_AST_LOAD && is_function(b->frame->scope->kind)) {
        if (!b->name_class)
            b->name_class = cb_names_intern(b->names, "__class__", 9);
        add(b, b->name_class, CB_SYMBOL_USED, node->line);
    }
}

/* `:=` in a comprehension binds in the function or module around it (PEP 572). */
static void extend_named(struct cb_scope_builder *b, const struct cb_ast *target)
{
    cb_name name = cb_scope_mangle(b->names, b->frame->scope, target->name);
    struct cb_scope_frame *frame = b->frame;
    for (; frame->scope->kind == CB_SCOPE_COMPREHENSION; frame = frame->parent) {
        const struct cb_scope_entry *target_entry = entry_if_any(b, frame, name);
        if (target_entry && target_entry->iteration)
            cb_scope_error(b, target->line);
    }
    if (frame->scope->kind == CB_SCOPE_CLASS) {
        cb_scope_error(b, target->line);
        return;
    }
    if (frame == b->module) {
        add_in(b, b->frame, name, CB_SYMBOL_GLOBAL, target->line);
        return;
    }
    const struct cb_scope_entry *entry = entry_if_any(b, frame, name);
    bool global = entry && (seen_flags(b, entry) & CB_SYMBOL_GLOBAL);
    add_in(b, b->frame, name, global ? CB_SYMBOL_GLOBAL : CB_SYMBOL_NONLOCAL, target->line);
    add_in(b, frame, name, CB_SYMBOL_ASSIGNED, target->line);
}

static void visit_named(struct cb_scope_builder *b, struct cb_ast *node)
{
    if (b->frame->in_iterable)
        cb_scope_error(b, node->line);
    if (b->frame->scope->kind == CB_SCOPE_COMPREHENSION && node->a)
        extend_named(b, node->a);
    visit(b, node->b);
    visit(b, node->a);
}

static void visit_declaration(struct cb_scope_builder *b, const struct cb_ast *node)
{
    unsigned flag = node->kind == CB_AST_GLOBAL ? CB_SYMBOL_GLOBAL : CB_SYMBOL_NONLOCAL;
    if (flag == CB_SYMBOL_NONLOCAL && b->frame == b->module)
        cb_scope_error(b, node->line);
    for (const struct cb_ast *name = node->a; name; name = name->next) {
        if (!name->name)
            continue;
        cb_name mangled = cb_scope_mangle(b->names, b->frame->scope, name->name);
        const struct cb_scope_entry *entry = entry_if_any(b, b->frame, mangled);
        if (entry && (seen_flags(b, entry) & (CB_SYMBOL_PARAM | CB_SCOPE_LOCAL | CB_SYMBOL_USED)))
            cb_scope_error(b, name->line);
        add_in(b, b->frame, mangled, flag, name->line);
    }
}

/* `x: int` makes x a name of the scope without binding it; `(x): int` does not even that. */
static void visit_annotated(struct cb_scope_builder *b, struct cb_ast *node)
{
    struct cb_ast *target = node->a;
    if (target && target->kind == CB_AST_NAME) {
        bool simple = !(target->flags & CB_AST_PARENTHESIZED);
        cb_name mangled = cb_scope_mangle(b->names, b->frame->scope, target->name);
        const struct cb_scope_entry *entry = entry_if_any(b, b->frame, mangled);
        if (simple && b->frame != b->module && entry &&
            (seen_flags(b, entry) & (CB_SYMBOL_GLOBAL | CB_SYMBOL_NONLOCAL)))
            cb_scope_error(b, node->line);
        unsigned flags = (simple ? CB_SYMBOL_ANNOTATED : 0u) | (node->c ? CB_SYMBOL_ASSIGNED : 0u);
        if (flags)
            add_in(b, b->frame, mangled, flags, target->line);
    } else {
        visit(b, target);
    }
    visit_annotation(b, node->b);
    visit(b, node->c);
}

static void visit_import(struct cb_scope_builder *b, const struct cb_ast *node)
{
    if (node->kind == CB_AST_IMPORT_FROM && (node->flags & CB_AST_STAR)) {
        b->frame->scope->has_star_import = true;
        if (b->frame != b->module)
            cb_scope_error(b, node->line);
        return;
    }
    bool future = node->kind == CB_AST_IMPORT_FROM && node->text && strcmp(node->text, "__future__") == 0;
    for (const struct cb_ast *alias = node->a; alias; alias = alias->next) {
        add(b, cb_scope_alias_name(b->names, alias), CB_SYMBOL_IMPORTED, alias->line);
        /* From here on: Python wants it at the top of a file, IPython compiles statement by statement. */
        if (future && alias->text && strcmp(alias->text, "annotations") == 0)
            b->module->scope->future_annotations = true;
    }
}

/* -- the rest -- */

static void visit_dict(struct cb_scope_builder *b, struct cb_ast *node)
{
    for (int values = 0; values < 2; values++) {
        for (struct cb_ast *item = node->a; item; item = item->next) {
            bool pair = item->kind != CB_AST_DOUBLE_STAR && item->next;
            if (values && pair)
                item = item->next;
            if (values == 1 || pair)
                visit_one(b, item);
            if (!values && pair)
                item = item->next;
        }
    }
}

static void visit_mapping(struct cb_scope_builder *b, struct cb_ast *node)
{
    for (struct cb_ast *item = node->a; item; item = item->next)
        visit_one(b, item);
    add(b, node->name, CB_SYMBOL_ASSIGNED, node->line);
}

static const struct cb_ipython_item *item_of(const struct cb_scope_builder *b, const struct cb_ast *node)
{
    if (node->kind == CB_AST_EXPR && node->a)
        node = node->a;
    if (node->kind != CB_AST_IPYTHON || !b->cell || node->value < 0 ||
        (size_t)node->value >= b->cell->n_items)
        return NULL;
    return &b->cell->items[node->value];
}

/* A magic or a shell command. Python sees a call of a method of get_ipython() with the text as a string: what
 * is below is noted apart. A call that IPython only spells out (`/f a b`) it sees as such. */
static void visit_ipython(struct cb_scope_builder *b, struct cb_ast *node)
{
    const struct cb_ipython_item *item = item_of(b, node);
    if (item && item->kind == CB_IPYTHON_CALL) {
        visit(b, node->a);
        return;
    }
    if (!b->name_get_ipython)
        b->name_get_ipython = cb_names_intern(b->names, "get_ipython", 11);
    add(b, b->name_get_ipython, CB_SYMBOL_USED, node->line);
    b->ipython++;
    for (const char *const *name = item ? item->names : NULL; name && *name; name++)
        add(b, cb_names_intern(b->names, *name, strlen(*name)), CB_SYMBOL_ASSIGNED, node->line);
    visit(b, node->a);
    b->ipython--;
}

/* Code of %time and %%time follows as statements of its own, on the line or to the end of the cell. Walks
 * them and returns the first one after them. */
static struct cb_ast *visit_inline(struct cb_scope_builder *b, const struct cb_ast *node)
{
    const struct cb_ipython_item *item = item_of(b, node);
    struct cb_ast *next = node->next;
    if (!item || item->code != CB_IPYTHON_INLINE || item->body)
        return next;
    b->ipython++;
    for (; next && (item->kind == CB_IPYTHON_CELL || next->line == node->line); next = next->next)
        visit_one(b, next);
    b->ipython--;
    return next;
}

static void visit_yield(struct cb_scope_builder *b, struct cb_ast *node)
{
    if (b->frame->scope->kind == CB_SCOPE_COMPREHENSION)
        cb_scope_error(b, node->line);
    b->frame->scope->generator = true;
    visit(b, node->a);
}

/* Walks all of the node but the list that it returns, which is to be walked next. So long chains (elif,
 * a.b.c) do not nest. */
static struct cb_ast *visit_node(struct cb_scope_builder *b, struct cb_ast *node)
{
    switch (node->kind) {
    case CB_AST_NAME:
        visit_name(b, node);
        return NULL;
    case CB_AST_STRING:
    case CB_AST_NUMBER:
    case CB_AST_CONSTANT:
    case CB_AST_PASS:
    case CB_AST_BREAK:
    case CB_AST_CONTINUE:
        return NULL;
    case CB_AST_ATTRIBUTE:
    case CB_AST_EXPR:
    case CB_AST_STARRED:
    case CB_AST_UNARY:
    case CB_AST_KEYWORD:
        return node->a;
    case CB_AST_CALL:
        visit(b, node->a);
        visit_arguments(b, node->b);
        return NULL;
    case CB_AST_FUNCTION:
        visit_function(b, node);
        return NULL;
    case CB_AST_CLASS:
        visit_class(b, node);
        return NULL;
    case CB_AST_LAMBDA:
        visit_lambda(b, node);
        return NULL;
    case CB_AST_LIST_COMP:
    case CB_AST_SET_COMP:
    case CB_AST_DICT_COMP:
    case CB_AST_GENERATOR:
        visit_comprehension(b, node);
        return NULL;
    case CB_AST_TYPE_ALIAS:
        visit_type_alias(b, node);
        return NULL;
    case CB_AST_IPYTHON:
        visit_ipython(b, node);
        return NULL;
    case CB_AST_IMPORT:
    case CB_AST_IMPORT_FROM:
        visit_import(b, node);
        return NULL;
    case CB_AST_GLOBAL:
    case CB_AST_NONLOCAL:
        visit_declaration(b, node);
        return NULL;
    case CB_AST_ANN_ASSIGN:
        visit_annotated(b, node);
        return NULL;
    case CB_AST_NAMED:
        visit_named(b, node);
        return NULL;
    case CB_AST_DICT:
        visit_dict(b, node);
        return NULL;
    case CB_AST_YIELD:
    case CB_AST_YIELD_FROM:
        visit_yield(b, node);
        return NULL;
    case CB_AST_TRY: /* body, else, handlers, finally */
        visit(b, node->c);
        visit(b, node->d);
        visit(b, node->a);
        return node->b;
    case CB_AST_HANDLER:
        visit(b, node->a);
        add(b, node->name, CB_SYMBOL_ASSIGNED, node->line);
        return node->c;
    case CB_AST_P_CAPTURE:
    case CB_AST_P_STAR:
        visit(b, node->a);
        add(b, node->name, CB_SYMBOL_ASSIGNED, node->line);
        return NULL;
    case CB_AST_P_MAPPING:
        visit_mapping(b, node);
        return NULL;
    default:
        break;
    }
    struct cb_ast *children[] = {node->a, node->b, node->c, node->d}, *last = NULL;
    for (size_t i = 0; i < 4; i++) {
        if (children[i]) {
            if (last)
                visit(b, last);
            last = children[i];
        }
    }
    return last;
}

static void visit_one(struct cb_scope_builder *b, struct cb_ast *node)
{
    visit(b, visit_node(b, node));
}

static void visit(struct cb_scope_builder *b, struct cb_ast *list)
{
    struct cb_ast *node = list;
    while (node) {
        struct cb_ast *last = visit_node(b, node), *next = node->next;
        if (next && (node->kind == CB_AST_EXPR || node->kind == CB_AST_IPYTHON)) {
            visit(b, last);
            node = visit_inline(b, node);
            continue;
        }
        if (last && next)
            visit(b, last);
        node = next ? next : last;
    }
}

void cb_scope_collect(struct cb_scope_builder *b, const struct cb_module *module)
{
    b->module = open_scope(b, CB_SCOPE_MODULE, NULL);
    b->name_super = cb_names_find(b->names, "super");
    visit(b, module->body);
    close_scope(b);
}
