/*
 * analyzer, private part of flow*.c, summaries*.c and values*.c: an interpreter of a cell's tree in the order in
 * which CPython evaluates it, over abstract values.
 *
 * A cell is walked once. What a name holds is a slot; branches are walked one after the other from the same state,
 * with a log of changes, and joined. A function is not walked where it is defined: its body is walked when something
 * first calls it, into a summary, a list of events (reads, bindings, calls …) in terms of its parameters, which is
 * replayed wherever it is called with what the arguments are. Summaries note the variables that they looked into
 * and are made again when one of them holds something else.
 */
#ifndef CB_ANALYZER_FLOW_H
#define CB_ANALYZER_FLOW_H

#include "analyzer/effects.h"
#include "analyzer/ipython.h"

/* Bounds. More than that is not known. */
enum {
    CB_VALUE_ATOMS = 8,     /* things that a value may be */
    CB_VALUE_ROOTS = 8,     /* names that a value may be part of */
    CB_VALUE_ITEMS = 8,     /* items of a display that are kept apart */
    CB_VALUE_DEPTH = 6,     /* of values in values */
    CB_CALL_ARGS = 8,       /* arguments that are kept apart, of each kind */
    CB_CALL_DEPTH = 64,     /* of replays in replays; deeper ones are put off */
    CB_WALK_DEPTH = 1200,   /* of the tree, where a function is still walked for its summary */
    CB_TEXT_LENGTH = 1024   /* of strings that are put together */
};

/* ---- values (values.c) ---- */

struct cb_value;
typedef const struct cb_value *cb_val; /* never changed; NULL: nothing is known */

enum cb_atom_kind {
    CB_ATOM_FUNCTION,  /* of the notebook: fn, env */
    CB_ATOM_BOUND,     /* the same with its first arguments given: fn, env, items */
    CB_ATOM_CLASS,     /* of the notebook: cls */
    CB_ATOM_INSTANCE,  /* of such a class */
    CB_ATOM_SUPER,     /* super() in a method of cls, about items[0] */
    CB_ATOM_LIBRARY,   /* a module or something in it: id is its dotted name (flow->library) */
    CB_ATOM_TYPE,      /* an instance of a library's type: id is the type's dotted name */
    CB_ATOM_STRING,    /* text; id 1: a path object */
    CB_ATOM_DISPLAY,   /* a list, tuple, set or dict with these items; id is its type, `complete`: they are all, in order */
    CB_ATOM_HOLDER,    /* something that holds callable things, and may call them */
    CB_ATOM_METHOD,    /* attribute id (a cb_name) of items[0] */
    CB_ATOM_PARAM      /* parameter id of fn, in that function's summary */
};

struct cb_atom {
    uint8_t kind;
    uint8_t n_items;
    bool complete;
    uint32_t id;
    union {
        struct cb_function *fn;
        struct cb_class *cls;
        const char *text;
        const void *p;
    };
    const struct cb_bindings *env;
    const cb_val *items;
};

/* What a value may be the object of, or part of: a global name as bound at generation `gen` (0: whenever), or a
 * parameter of `fn` (then `name` is its index). */
struct cb_root {
    const struct cb_function *fn;
    uint32_t name, gen;
    bool part;
};

struct cb_value {
    uint64_t hash;  /* of all; equal hashes are taken for equal values */
    uint64_t atoms_hash;
    uint8_t n_atoms, n_roots, depth;
    bool symbolic;  /* mentions parameters */
    bool callable;  /* holds functions, classes or instances of the notebook */
    bool instance;  /* may be an instance of a class of the notebook */
    bool immutable; /* its atoms are such that cannot be changed in place */
    const struct cb_atom *atoms;
    const struct cb_root *roots;
};

/* Arguments of a call in progress, and of the functions around the one called. */
struct cb_bindings {
    const struct cb_function *fn;
    const struct cb_bindings *outer;
    uint64_t hash;
    bool symbolic;
    uint32_t n;
    cb_val values[];
};

struct cb_flow;
cb_val cb_value_atom(struct cb_flow *flow, const struct cb_atom *atom);
cb_val cb_value_library(struct cb_flow *flow, uint32_t name);
cb_val cb_value_type(struct cb_flow *flow, const char *type);
cb_val cb_value_text(struct cb_flow *flow, const char *text, bool path);
cb_val cb_value_display(struct cb_flow *flow, const char *type, const cb_val *items, size_t n, bool complete);
cb_val cb_value_holder(struct cb_flow *flow, cb_val held);
cb_val cb_value_join(struct cb_flow *flow, cb_val a, cb_val b);
/* The same value without what it is part of, or as (part of) one more root. */
cb_val cb_value_bare(struct cb_flow *flow, cb_val v);
cb_val cb_value_rooted(struct cb_flow *flow, cb_val v, const struct cb_root *roots, size_t n, bool part);
/* Only the roots of `v`, for something in it that is not known. */
cb_val cb_value_part(struct cb_flow *flow, cb_val v);
/* Only the atoms of this kind. */
cb_val cb_value_only(struct cb_flow *flow, cb_val v, enum cb_atom_kind kind);
/* Parameters replaced by what is bound to them. */
cb_val cb_value_bind(struct cb_flow *flow, cb_val v, const struct cb_bindings *b);
/* What iterating over it or subscripting it gives; item `index` of a display, SIZE_MAX for any. */
cb_val cb_value_item(struct cb_flow *flow, cb_val v, size_t index);
/* The single string that it is, or NULL. */
const char *cb_value_string(cb_val v);
bool cb_value_is_type(struct cb_flow *flow, cb_val v, const char *type);
static inline bool cb_value_equal(cb_val a, cb_val b)
{
    return a == b || (a && b && a->hash == b->hash);
}
uint64_t cb_hash_mix(uint64_t h, uint64_t x);

/* ---- variables ---- */

enum cb_slot_state { CB_SLOT_BEFORE = 1, CB_SLOT_BOUND = 2, CB_SLOT_DELETED = 4 };

/* A variable: global (one for a name, for the whole notebook), or local of a walk of a function or class. */
struct cb_slot {
    cb_val value;
    cb_val loaded, loaded_inside; /* value with its own name as a root, made when first asked for */
    cb_name name;      /* of a global, else 0 */
    uint8_t state;     /* what has happened to it since the walk began: a set of cb_slot_state */
    uint8_t mutated;   /* 1: perhaps, 2: surely, while it held what it held before */
    bool prior;        /* global: bound when the cell began, as far as known */
    bool watched;
    uint8_t emitted;   /* in a function: 1: a read that may be, 2: a sure one has been noted */
    uint32_t cell;     /* global: that state and what follows are about */
    uint32_t gen;      /* of the binding */
    uint32_t version;  /* grows when a watched variable changes */
    uint32_t read_at, write_at; /* index + 1 in the cell's lists */
    uint32_t logged, seen, order;
    struct cb_slot **aliases; /* global: others that were bound to the same object */
    uint32_t n_aliases;
};

struct cb_change {
    struct cb_slot *slot;
    cb_val value;
    uint32_t gen;
    uint8_t state, mutated;
};
/* What a branch did, undone. */
struct cb_delta {
    struct cb_change *before, *after;
    uint32_t n;
    bool dead;
};

/* ---- functions and classes of the notebook ---- */

struct cb_summary;

struct cb_function {
    struct cb_ast *node; /* FUNCTION or LAMBDA */
    const struct cb_scope *scope;
    struct cb_env *env;  /* where it was defined */
    struct cb_function *outer; /* function whose walk defined it */
    struct cb_class *cls; /* that it is a method of */
    cb_val *defaults;
    struct cb_summary *summary;
    uint32_t n_params, id;
    bool generator, is_async, is_property, is_static, is_classmethod, is_setter;
};

struct cb_attribute {
    cb_name name;
    struct cb_slot *slot;
};
struct cb_class {
    struct cb_ast *node;
    cb_val bases;         /* joined */
    cb_val base_list[CB_VALUE_ITEMS];
    uint32_t n_bases, id;
    bool library_base;    /* something other than object that is not of the notebook */
    struct cb_attribute *attributes; /* of the class and of its instances; open addressing */
    uint32_t n, mask;
};

/* Where names are looked up: the walk of a module, function, class body or comprehension. */
enum cb_env_kind { CB_ENV_MODULE, CB_ENV_FUNCTION, CB_ENV_CLASS, CB_ENV_COMPREHENSION };
struct cb_env {
    enum cb_env_kind kind;
    struct cb_env *outer;
    const struct cb_scope *scope;
    struct cb_slot **slots; /* by the place of the symbol in the scope */
    struct cb_function *fn; /* innermost function */
    struct cb_class *cls;   /* CLASS: its own; FUNCTION: of the method */
};

/* ---- summaries ---- */

enum cb_event_kind {
    CB_EVENT_READ, CB_EVENT_BIND, CB_EVENT_SURE, CB_EVENT_DELETE, CB_EVENT_MUTATE, CB_EVENT_CALL, CB_EVENT_ESCAPE,
    CB_EVENT_FILE_READ, CB_EVENT_FILE_WRITE, CB_EVENT_AMBIENT_READ, CB_EVENT_AMBIENT_WRITE, CB_EVENT_AMBIENT_SET,
    CB_EVENT_OPEN,
    CB_EVENT_SET_ATTRIBUTE, CB_EVENT_ATTACH
};

struct cb_call {
    const cb_val *positional;
    const cb_name *keywords;
    const cb_val *keyword_values;
    uint32_t n, n_keywords;
    bool more; /* there may be others: *args, **kwargs or too many */
    cb_val rest; /* what the others may be */
};

struct cb_event {
    uint8_t kind;
    bool may;
    unsigned open;     /* OPEN: cb_open_world */
    cb_name name;      /* READ, BIND, DELETE, SURE, SET_ATTRIBUTE */
    const char *text;  /* AMBIENT, OPEN */
    cb_val value;      /* BIND, MUTATE, CALL, ESCAPE, FILE, SET_ATTRIBUTE, ATTACH */
    cb_val other;      /* SET_ATTRIBUTE, ATTACH: what is put in */
    const struct cb_call *call;
};

struct cb_dependence {
    struct cb_slot *slot;
    uint32_t version;
};

struct cb_summary {
    struct cb_event *events;
    uint32_t n, capacity;
    struct cb_dependence *needs;
    uint32_t n_needs, needs_capacity;
    cb_val result;
    uint64_t valid_at; /* flow->epoch when last found valid */
    bool in_progress, complete;
    uint8_t replaying; /* replays in progress */
    bool parametric; /* what it does depends on arguments */
};

/* ---- the walk ---- */

struct cb_name_slot {
    cb_name name;
    struct cb_slot *slot;
};

enum { CB_LOOP_WAYS = 8 };

/* A loop being walked: what its rounds had done where they ended early. */
struct cb_loop {
    uint32_t mark; /* of the log where the round began */
    struct cb_delta breaks[CB_LOOP_WAYS], continues[CB_LOOP_WAYS];
    uint32_t n_breaks, n_continues;
    bool broke, more; /* a `break` was seen; more of them than are kept */
};

/* A walk in progress, of a cell or of a function for its summary. */
struct cb_walk {
    struct cb_flow *flow;
    struct cb_walk *outer;
    struct cb_summary *summary;   /* NULL: a cell */
    struct cb_function *fn;
    struct cb_name_slot *globals; /* of a function: what it did to globals; open addressing */
    uint32_t n_globals, globals_mask;
    uint64_t *seen;               /* events noted already */
    uint32_t n_seen, seen_mask;
    uint32_t may;                 /* depth of conditions */
    uint32_t latent;              /* depth of replays */
    uint32_t line;
    uint32_t discard;             /* depth of code whose bindings are its own (%timeit) */
    bool dead;                    /* the rest of the block is not reached */
    bool partial;                 /* a return under a condition lies behind */
    bool looping;                 /* in a loop of this function */
    struct cb_loop *loop;         /* innermost */
    const struct cb_ast *unused_call; /* whose result is not used: a method that nothing is known of may be there for what it changes */
    bool unused;                  /* the method being called is that one */
    cb_val receiver;              /* of the method called last */
    cb_val result;
};

struct cb_list {
    struct cb_effect *items;
    uint32_t n, capacity;
};
enum cb_text_list { CB_LIST_FILES_READ, CB_LIST_FILES_WRITTEN, CB_LIST_AMBIENT_READ, CB_LIST_AMBIENT_WRITTEN, CB_LIST_REASONS, CB_TEXT_LISTS };

struct cb_text_place {
    uint32_t cell[CB_TEXT_LISTS], at[CB_TEXT_LISTS];
    struct cb_slot *slot; /* of an ambient component: bound where this cell set it */
};

struct cb_deferred {
    cb_val callee;
    const struct cb_call *call;
    bool may;
};

struct cb_flow {
    struct cb_names *names;
    struct cb_arena *arena;
    struct cb_names library; /* dotted names */
    struct cb_names texts;   /* of files, components, reasons */
    const struct cb_stub **library_stub; /* [library name], with library_known */
    uint8_t *library_known;
    uint32_t library_capacity;
    struct cb_slot **globals; /* [name] */
    uint8_t *builtin;         /* [name]: 0 not asked, 1 no, 2 yes */
    uint32_t names_capacity;
    struct cb_text_place *places; /* [text] */
    uint32_t places_capacity;
    struct cb_change *log;    /* of open branches */
    uint32_t n_log, log_capacity;
    uint32_t region, serial;
    uint32_t cell;            /* from 1 */
    uint32_t generation;
    uint64_t epoch;
    uint64_t work;      /* nodes walked */
    uint64_t rework;    /* of these, for summaries that were made before */
    uint32_t depth;           /* of the tree */
    uint32_t n_functions;
    uint64_t *applied;        /* replays done in this cell */
    uint32_t n_applied, applied_mask;
    uint64_t replayed;  /* events, in the whole notebook */
    cb_val shown;       /* of the last expression statement */
    bool other_backend; /* of pyplot: figures stay open from cell to cell */
    uint32_t escapes;   /* nested */
    uint32_t replay_depth;
    struct cb_deferred *deferred;
    uint32_t n_deferred, deferred_capacity;
    uint32_t stars[CB_VALUE_ATOMS]; /* modules whose names were all imported */
    uint32_t n_stars;
    bool stars_here;          /* a star import in this cell, before */
    const struct cb_module *module;
    struct cb_list reads, writes, text_lists[CB_TEXT_LISTS];
    struct cb_slot **written; /* [index in writes] */
    uint32_t written_capacity;
    unsigned open;
    struct {
        cb_name name, init, new_, post_init, call, enter, exit, aenter, aexit, iter, next, getitem, setitem, delitem, repr, str,
            repr_html, len, contains, main, type_checking, self, get_ipython, forward, run;
    } n;
    struct {
        uint32_t list, tuple, dict, set, str, number, io;
    } types;
};

/* values.c: a dotted name, and what is below it. 0 where it is too long. */
uint32_t cb_flow_library(struct cb_flow *flow, const char *dotted);
uint32_t cb_flow_library_below(struct cb_flow *flow, uint32_t module, const char *name);
const struct cb_stub *cb_flow_stub(struct cb_flow *flow, uint32_t library);

/* flow_state.c: slots, branches, what a cell or summary does. */
struct cb_slot *cb_flow_global(struct cb_flow *flow, cb_name name);
void cb_flow_set(struct cb_walk *walk, struct cb_slot *slot, cb_val value, uint8_t state);
uint32_t cb_branch_begin(struct cb_walk *walk, uint32_t *saved);
struct cb_delta cb_branch_end(struct cb_walk *walk, uint32_t mark, uint32_t saved);
void cb_branch_apply(struct cb_walk *walk, const struct cb_delta *delta);
void cb_branch_join(struct cb_walk *walk, const struct cb_delta *deltas, size_t n, bool fall_through);
struct cb_delta cb_branch_so_far(struct cb_walk *walk, uint32_t mark);
bool cb_walk_may(const struct cb_walk *walk);
void cb_flow_watch(struct cb_walk *walk, struct cb_slot *slot);

/* flow_effects.c */
cb_val cb_global_read(struct cb_walk *walk, cb_name name);
void cb_global_bind(struct cb_walk *walk, cb_name name, cb_val value);
void cb_global_delete(struct cb_walk *walk, cb_name name);
void cb_mutate(struct cb_walk *walk, cb_val v);
void cb_attach(struct cb_walk *walk, cb_val receiver, cb_val held);
void cb_file(struct cb_walk *walk, cb_val path, bool written);
void cb_file_text(struct cb_walk *walk, const char *path, bool written);
enum cb_use { CB_USE_READ, CB_USE_WRITE, CB_USE_SET /* whatever it was before */ };
void cb_ambient(struct cb_walk *walk, const char *component, enum cb_use use);
void cb_open_world(struct cb_walk *walk, unsigned what, const char *reason);
struct cb_event *cb_event_add(struct cb_walk *walk, uint8_t kind, uint64_t key);
void cb_effects_finish(struct cb_flow *flow, struct cb_effects *out);

/* flow_names.c */
struct cb_env *cb_env_new(struct cb_flow *flow, enum cb_env_kind kind, struct cb_env *outer, const struct cb_scope *scope);
cb_val cb_name_load(struct cb_walk *walk, struct cb_env *env, cb_name name);
void cb_name_store(struct cb_walk *walk, struct cb_env *env, cb_name name, cb_val value);
void cb_name_delete(struct cb_walk *walk, struct cb_env *env, cb_name name);
void cb_target_store(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target, cb_val value);
void cb_target_delete(struct cb_walk *walk, struct cb_env *env, struct cb_ast *target);

/* flow_statements.c, flow_compound.c */
void cb_walk_block(struct cb_walk *walk, struct cb_env *env, struct cb_ast *first);
void cb_walk_if(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
void cb_walk_loop(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
void cb_walk_with(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
void cb_walk_try(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
void cb_walk_match(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
/* 1 true, 0 false, -1 not known */
int cb_walk_truth(struct cb_walk *walk, struct cb_env *env, struct cb_ast *test);
/* flow_definitions.c */
void cb_walk_function(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
void cb_walk_class(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
void cb_walk_import(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
cb_val cb_walk_lambda(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
/* flow_expressions.c */
cb_val cb_walk_expression(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
cb_val cb_walk_attribute(struct cb_walk *walk, cb_val value, cb_name name);
cb_val cb_walk_subscript(struct cb_walk *walk, cb_val value, cb_val index, const struct cb_ast *index_node);
cb_val cb_walk_iterate(struct cb_walk *walk, cb_val iterable);
void cb_walk_arguments(struct cb_walk *walk, struct cb_env *env, struct cb_ast *args, struct cb_call *call, cb_val *values, cb_name *names,
    cb_val *named);
/* flow_ipython.c */
void cb_walk_ipython(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node);
/* flow_calls.c, flow_libraries.c */
cb_val cb_call_value(struct cb_walk *walk, cb_val callee, const struct cb_call *call);
cb_val cb_call_atom(struct cb_walk *walk, const struct cb_atom *atom, cb_val callee, const struct cb_call *call);
cb_val cb_call_library(struct cb_walk *walk, uint32_t name, const struct cb_call *call);
cb_val cb_call_method(struct cb_walk *walk, cb_val receiver, cb_name name, const struct cb_call *call);
/* Methods of it that code which is not seen may call, perhaps. */
void cb_call_any_method(struct cb_walk *walk, cb_val v);
cb_val cb_call_class(struct cb_walk *walk, struct cb_class *cls, const struct cb_call *call);
/* A special method of what may be an instance of a class of the notebook. */
cb_val cb_call_special(struct cb_walk *walk, cb_val receiver, cb_name name, cb_val argument);
/* What code that is not seen may call. */
void cb_call_escape(struct cb_walk *walk, cb_val v);
void cb_call_escape_arguments(struct cb_walk *walk, const struct cb_call *call);
cb_val cb_call_argument(const struct cb_call *call, struct cb_flow *flow, int at, const char *keyword);
/* flow_classes.c */
cb_val cb_class_find(struct cb_walk *walk, struct cb_class *cls, cb_name name, int depth);
cb_val cb_class_bases_find(struct cb_walk *walk, struct cb_class *cls, cb_name name, int depth);
struct cb_slot *cb_class_slot(struct cb_flow *flow, struct cb_class *cls, cb_name name, bool make);
void cb_class_store(struct cb_walk *walk, cb_val receiver, cb_name name, cb_val value);

/* summaries.c */
struct cb_summary *cb_summary_get(struct cb_walk *walk, struct cb_function *fn);
cb_val cb_summary_call(struct cb_walk *walk, const struct cb_atom *atom, const struct cb_call *call);
void cb_summary_deferred(struct cb_walk *walk);
const struct cb_call *cb_call_copy(struct cb_flow *flow, const struct cb_call *call, const struct cb_bindings *b);
uint64_t cb_call_hash(const struct cb_call *call);

/* A growing array in the arena: room for one more. */
void *cb_flow_grow(struct cb_flow *flow, void *items, uint32_t n, uint32_t *capacity, size_t size);

#endif
