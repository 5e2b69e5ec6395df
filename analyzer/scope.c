/*
 * analyzer: scopes, what others see of them.
 */
#include "analyzer/scope_build.h"

#include <string.h>

struct cb_scope *cb_scope_build(struct cb_names *names, struct cb_arena *arena,
                                const struct cb_module *module, uint32_t *error_line)
{
    struct cb_scope_builder b = {.names = names, .arena = arena, .cell = module->ipython};
    cb_scope_collect(&b, module);
    b.visible = cb_alloc(b.n_slots + 1);
    cb_scope_resolve(&b, b.module);
    struct cb_scope *scope = b.module->scope;
    if (error_line)
        *error_line = b.error_line;
    free(b.visible);
    free(b.entries);
    free(b.slot_names);
    free(b.keys);
    free(b.slots);
    cb_arena_free(&b.scratch);
    return scope;
}

void cb_scope_error(struct cb_scope_builder *b, uint32_t line)
{
    /* What IPython runs from a string is compiled at run time; it is not the cell's syntax error. */
    if (!b->error_line && !b->ipython)
        b->error_line = line;
}

const struct cb_symbol *cb_scope_find(const struct cb_scope *scope, cb_name name)
{
    const struct cb_symbol *symbols = scope->symbols;
    size_t n = scope->n_symbols;
    while (n > 0) {
        size_t half = n / 2;
        if (symbols[half].name == name)
            return &symbols[half];
        if (symbols[half].name < name) {
            symbols += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return NULL;
}

static bool binds(const struct cb_scope *scope, cb_name name)
{
    if (scope->kind == CB_SCOPE_CLASS)
        return name == scope->class_cell;
    const struct cb_symbol *symbol = cb_scope_find(scope, name);
    return symbol && symbol->binding == CB_BINDING_LOCAL && (symbol->flags || scope->ipython);
}

const struct cb_scope *cb_scope_owner(const struct cb_scope *scope, cb_name name)
{
    const struct cb_scope *outer = scope->parent;
    while (outer && outer->kind != CB_SCOPE_MODULE && !binds(outer, name))
        outer = outer->parent;
    return outer;
}

/* _Py_Mangle in CPython's compile.c. */
static cb_name mangle(struct cb_names *names, cb_name class_name, cb_name name)
{
    const char *text = names->text[name];
    if (!class_name || text[0] != '_' || text[1] != '_')
        return name;
    size_t n = strlen(text);
    if (text[n - 1] == '_' && text[n - 2] == '_')
        return name;
    const char *owner = names->text[class_name];
    owner += strspn(owner, "_");
    if (!*owner)
        return name;
    size_t m = strlen(owner);
    char stack[256];
    cleanup_free char *heap = NULL;
    char *mangled = n + m + 1 <= sizeof stack ? stack : (heap = cb_alloc(n + m + 1));
    mangled[0] = '_';
    memcpy(mangled + 1, owner, m);
    memcpy(mangled + 1 + m, text, n);
    return cb_names_intern(names, mangled, n + m + 1);
}

cb_name cb_scope_mangle(struct cb_names *names, const struct cb_scope *scope, cb_name name)
{
    return mangle(names, scope->class_name, name);
}

cb_name cb_scope_alias_name(struct cb_names *names, const struct cb_ast *alias)
{
    if (alias->name || !alias->text)
        return alias->name;
    return cb_names_intern(names, alias->text, strcspn(alias->text, "."));
}
