/*
 * analyzer, private part: scopes as CPython's symtable.c makes them, one for the module, and for each function,
 * class, lambda and comprehension. Names are private-mangled. Equal to the standard library's `symtable`
 * (tests/analyzer/symtable_diff.py), and so: an import is IMPORTED without ASSIGNED; `x += 1` is ASSIGNED without USED;
 * `x: int` is ANNOTATED and LOCAL, but not ASSIGNED unless it has a value; `:=` in a comprehension is ASSIGNED there,
 * NONLOCAL or GLOBAL, and in a function around it ASSIGNED, in the module only GLOBAL; `global x` anywhere makes x a symbol of the
 * module, flagged GLOBAL; in the module, bindings LOCAL and GLOBAL mean the same.
 */
#ifndef CB_ANALYZER_SCOPE_H
#define CB_ANALYZER_SCOPE_H

#include "analyzer/parse.h"

enum cb_scope_kind { CB_SCOPE_MODULE, CB_SCOPE_FUNCTION, CB_SCOPE_CLASS, CB_SCOPE_LAMBDA, CB_SCOPE_COMPREHENSION, CB_SCOPE_TYPE_PARAMETERS };

/* Where a name used in a scope lives. */
enum cb_binding {
    CB_BINDING_LOCAL,   /* of this scope (a function's fast local or cell; a class's own namespace, else global; the module's global) */
    CB_BINDING_FREE,    /* of an enclosing function: cb_scope_owner says which */
    CB_BINDING_GLOBAL   /* of the module, declared or implied */
};

enum cb_symbol_flags {
    CB_SYMBOL_ASSIGNED = 1, CB_SYMBOL_USED = 2, CB_SYMBOL_PARAM = 4, CB_SYMBOL_GLOBAL = 8, CB_SYMBOL_NONLOCAL = 16,
    CB_SYMBOL_IMPORTED = 32, CB_SYMBOL_ANNOTATED = 64, CB_SYMBOL_DELETED = 128
};

struct cb_symbol {
    cb_name name;
    uint16_t flags;  /* cb_symbol_flags, as Python's compiler sees them; 0: it does not */
    uint8_t binding; /* cb_binding */
    uint8_t ipython; /* cb_symbol_flags from what IPython runs: expressions in a command, code of a magic, names that it binds */
};

struct cb_scope {
    enum cb_scope_kind kind;
    struct cb_scope *parent;
    struct cb_ast *node;  /* that opens it; NULL for the module */
    struct cb_symbol *symbols; /* sorted by name */
    uint32_t n_symbols;
    struct cb_scope *first_child, *next; /* in source order */
    cb_name class_name;   /* innermost class, for mangling */
    cb_name class_cell;   /* of a class: `__class__`, under which its methods find it */
    bool generator, has_star_import;
    bool ipython;            /* in code that a magic runs (%time, %%capture, %timeit …) */
    bool future_annotations; /* of the module: annotations are not evaluated (after the import that says so) */
};

/* Scopes of a parsed cell; sets `scope` of the nodes that open one. All in `arena`. Never fails: what Python
 * would refuse (nonlocal without a binding …) is taken as global and makes `*error_line` the line. */
struct cb_scope *cb_scope_build(struct cb_names *names, struct cb_arena *arena, const struct cb_module *module, uint32_t *error_line);

/* The symbol of `name` in a scope, or NULL where the scope does not use it. */
const struct cb_symbol *cb_scope_find(const struct cb_scope *scope, cb_name name);
/* For a FREE name: the enclosing function scope that binds it; for `__class__` mostly a class. */
const struct cb_scope *cb_scope_owner(const struct cb_scope *scope, cb_name name);
/* `name` as it is spelled inside the class that encloses `scope`: __x becomes _C__x. */
cb_name cb_scope_mangle(struct cb_names *names, const struct cb_scope *scope, cb_name name);
/* The name that an ALIAS binds, unmangled: `a` for `import a.b`. */
cb_name cb_scope_alias_name(struct cb_names *names, const struct cb_ast *alias);

#endif
