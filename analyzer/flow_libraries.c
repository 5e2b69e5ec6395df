/*
 * analyzer: calls of what is not of the notebook: builtins that matter by themselves, then what stubs.txt says.
 */
#include "analyzer/flow.h"

#include <string.h>

/* ---- what a stub says ---- */

static bool is_constant(struct cb_flow *flow, cb_val v, const char *name)
{
    return v && v->n_atoms == 1 && v->atoms[0].kind == CB_ATOM_LIBRARY && strcmp(flow->library.text[v->atoms[0].id], name) == 0;
}

static bool is_given(const struct cb_call *call, struct cb_flow *flow, const char *keyword)
{
    for (uint32_t i = 0; i < call->n_keywords; i++)
        if (strcmp(flow->names->text[call->keywords[i]], keyword) == 0)
            return !is_constant(flow, call->keyword_values[i], "None");
    return false;
}

static bool has_keyword(const struct cb_call *call, struct cb_flow *flow, const char *keyword, cb_val *value)
{
    for (uint32_t i = 0; i < call->n_keywords; i++)
        if (strcmp(flow->names->text[call->keywords[i]], keyword) == 0) {
            *value = call->keyword_values[i];
            return true;
        }
    return false;
}

static void mutate_self(struct cb_walk *walk, const struct cb_stub *stub, cb_val receiver, const struct cb_call *call)
{
    bool guess = false;
    if (stub->flags & CB_STUB_INPLACE) {
        cb_val inplace = NULL;
        if (!has_keyword(call, walk->flow, "inplace", &inplace) || is_constant(walk->flow, inplace, "False"))
            return;
        guess = !is_constant(walk->flow, inplace, "True");
    }
    walk->may += guess;
    cb_mutate(walk, receiver);
    walk->may -= guess;
}

static void use_files(struct cb_walk *walk, const struct cb_stub *stub, cb_val receiver, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    uint32_t flags = stub->flags;
    if (!(flags & (CB_STUB_READS_FILE | CB_STUB_WRITES_FILE | CB_STUB_OPENS_FILE | CB_STUB_LISTS_DIR)))
        return;
    cb_val path = stub->file_arg == CB_STUB_SELF ? receiver : cb_call_argument(call, flow, stub->file_arg, stub->file_keyword);
    bool read = flags & (CB_STUB_READS_FILE | CB_STUB_LISTS_DIR), written = flags & CB_STUB_WRITES_FILE;
    if (flags & CB_STUB_OPENS_FILE) {
        const char *mode = cb_value_string(cb_call_argument(call, flow, stub->mode_arg, "mode"));
        read = !mode || strpbrk(mode, "ra+");
        written = mode && strpbrk(mode, "wax+");
    }
    if (flags & CB_STUB_LISTS_DIR && !path && !call->n && !call->n_keywords && stub->file_arg != CB_STUB_SELF)
        cb_file_text(walk, ".", false);
    if (read)
        cb_file(walk, path, false);
    if (written)
        cb_file(walk, path, true);
    if (stub->out_arg >= 0 || stub->out_keyword)
        cb_file(walk, cb_call_argument(call, flow, stub->out_arg, stub->out_keyword), true);
}

static void use_ambient(struct cb_walk *walk, const struct cb_stub *stub, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    uint32_t flags = stub->flags;
    if (flags & CB_STUB_FIGURES && flow->other_backend) {
        cb_ambient(walk, "pyplot", CB_USE_READ);
        cb_ambient(walk, "pyplot", CB_USE_WRITE);
    }
    if (stub->unless && is_given(call, flow, stub->unless))
        return;
    for (int i = 0; i < 2; i++) {
        const char *component = i ? stub->ambient2 : stub->ambient;
        if (flags & CB_STUB_READS_AMBIENT)
            cb_ambient(walk, component, CB_USE_READ);
        if (flags & (CB_STUB_WRITES_AMBIENT | CB_STUB_SETS_AMBIENT))
            cb_ambient(walk, component, flags & CB_STUB_SETS_AMBIENT ? CB_USE_SET : CB_USE_WRITE);
    }
}

/* Views and the like: the same things, or part of them. */
static cb_val shared_result(struct cb_walk *walk, cb_val of, const char *type)
{
    struct cb_flow *flow = walk->flow;
    if (!of)
        return type ? cb_value_type(flow, type) : NULL;
    cb_val v = type ? cb_value_type(flow, type) : NULL;
    for (unsigned i = 0; !type && i < of->n_atoms; i++) {
        const struct cb_atom *atom = &of->atoms[i];
        if (atom->kind == CB_ATOM_TYPE || atom->kind == CB_ATOM_HOLDER || atom->kind == CB_ATOM_STRING || atom->kind == CB_ATOM_INSTANCE ||
            atom->kind == CB_ATOM_PARAM)
            v = cb_value_join(flow, v, cb_value_atom(flow, atom));
        for (unsigned k = 0; atom->kind == CB_ATOM_DISPLAY && k < atom->n_items; k++)
            if (atom->items[k] && (atom->items[k]->callable || atom->items[k]->symbolic)) {
                v = cb_value_join(flow, v, atom->items[k]);
                v = cb_value_join(flow, v, cb_value_display(flow, "iterator", &atom->items[k], 1, false));
            }
    }
    return cb_value_rooted(flow, v, of->roots, of->n_roots, true);
}

static const char *open_reason(const char *name)
{
    static const char *const reasons[][2] = {
        {"exec", "exec() runs text that is not known here"},
        {"eval", "eval() evaluates text that is not known here"},
        {"run_cell", "get_ipython().run_cell() runs text that is not known here"},
        {"run_line_magic", "get_ipython().run_line_magic() may do anything"},
        {"run_cell_magic", "get_ipython().run_cell_magic() may do anything"},
        {"magic", "get_ipython().magic() may do anything"},
        {"ex", "get_ipython().ex() runs text that is not known here"},
        {"ev", "get_ipython().ev() evaluates text that is not known here"},
        {"push", "get_ipython().push() binds names that are not known here"},
    };
    const char *last = strrchr(name, '.');
    last = last ? last + 1 : name;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(last, reasons[i][0]) == 0)
            return reasons[i][1];
    return "it calls code that may read and write any name";
}

/* A function of a library that changes nothing may still call what it is given; those of these modules do not. */
static bool may_call_back(const char *name)
{
    static const char *const modules[] = {"inspect.", "copy.", "types.", "typing.", "functools.", "IPython.", "pickle.", "operator.", "collections.", "enum.", "abc.",
        "contextlib.", "dataclasses.", "dis.", "sys.", "os.", "pprint.", "doctest.", "warnings.", "weakref.", "gc."};
    if (!strchr(name, '.'))
        return false;
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (strncmp(name, modules[i], strlen(modules[i])) == 0)
            return false;
    return true;
}

static cb_val apply_stub(struct cb_walk *walk, const struct cb_stub *stub, const char *name, cb_val receiver, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    uint32_t flags = stub->flags;
    cb_val arg = stub->arg >= 0 || stub->keyword ? cb_call_argument(call, flow, stub->arg, stub->keyword) : NULL;
    cb_val held = NULL;
    if (flags & CB_STUB_CALLS_ARG) {
        cb_call_escape(walk, arg);
        held = cb_value_holder(flow, arg);
    } else if ((!(flags & (CB_STUB_PURE | CB_STUB_MUTATES_SELF | CB_STUB_RETURNS_ARG)) && !stub->type) || (!receiver && may_call_back(name)))
        cb_call_escape_arguments(walk, call);
    if (flags & (CB_STUB_MUTATES_SELF | CB_STUB_INPLACE))
        mutate_self(walk, stub, receiver, call);
    if (flags & CB_STUB_MUTATES_ARG) {
        struct cb_call named = *call; /* what *args and **kwargs hold is no guess worth making */
        named.more = false;
        cb_mutate(walk, cb_call_argument(&named, flow, stub->arg, stub->keyword));
    }
    use_files(walk, stub, receiver, call);
    use_ambient(walk, stub, call);
    if (flags & CB_STUB_OPEN_WORLD)
        cb_open_world(walk, CB_OPEN_READS | CB_OPEN_WRITES, open_reason(name));
    cb_val out = NULL;
    if (flags & CB_STUB_RETURNS_SELF)
        out = shared_result(walk, receiver, stub->type);
    else if (flags & CB_STUB_RETURNS_ARG)
        out = shared_result(walk, arg, stub->type);
    else if (flags & CB_STUB_RETURNS_TYPE)
        out = cb_value_type(flow, stub->type);
    return cb_value_join(flow, out, held);
}

/* ---- methods ---- */

static const struct cb_stub *typed_stub(struct cb_walk *walk, const struct cb_atom *atom, const char *name)
{
    struct cb_flow *flow = walk->flow;
    uint32_t type = atom->id;
    if (atom->kind == CB_ATOM_STRING)
        type = atom->id ? cb_flow_library(flow, "pathlib.Path") : flow->types.str;
    else if (atom->kind != CB_ATOM_TYPE && atom->kind != CB_ATOM_DISPLAY)
        return NULL;
    uint32_t below = cb_flow_library_below(flow, type, name);
    return below ? cb_flow_stub(flow, below) : NULL;
}

static cb_val join_paths(struct cb_walk *walk, cb_val first, const struct cb_call *call, bool path)
{
    struct cb_flow *flow = walk->flow;
    const char *text = first ? cb_value_string(first) : "";
    char joined[CB_TEXT_LENGTH];
    size_t n = 0;
    for (uint32_t i = 0; text && i <= call->n; i++) {
        const char *piece = i == 0 ? text : cb_value_string(call->positional[i - 1]);
        if (!piece)
            return path ? cb_value_type(flow, "pathlib.Path") : cb_value_type(flow, "str");
        size_t m = strlen(piece);
        if (piece[0] == '/')
            n = 0;
        if (n + m + 2 > sizeof joined)
            return NULL;
        if (n && joined[n - 1] != '/')
            joined[n++] = '/';
        memcpy(joined + n, piece, m);
        n += m;
    }
    if (!text || call->more || call->n_keywords)
        return NULL;
    return cb_value_text(flow, cb_arena_copy(flow->arena, joined, n), path);
}

/* Things that are put into a container or an object by a method. */
static void keep_arguments(struct cb_walk *walk, cb_val receiver, const struct cb_call *call)
{
    for (uint32_t i = 0; i < call->n; i++)
        cb_attach(walk, receiver, call->positional[i]);
    for (uint32_t i = 0; i < call->n_keywords; i++)
        cb_attach(walk, receiver, call->keyword_values[i]);
    cb_attach(walk, receiver, call->rest);
}

static bool any_callable(const struct cb_call *call)
{
    bool any = call->rest && (call->rest->callable || call->rest->symbolic);
    for (uint32_t i = 0; i < call->n; i++)
        any |= call->positional[i] && (call->positional[i]->callable || call->positional[i]->symbolic);
    for (uint32_t i = 0; i < call->n_keywords; i++)
        any |= call->keyword_values[i] && (call->keyword_values[i]->callable || call->keyword_values[i]->symbolic);
    return any;
}

static void note_symbolic_call(struct cb_walk *walk, cb_val receiver, cb_name name, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    if (receiver->depth >= CB_VALUE_DEPTH)
        return;
    cb_val *items = cb_arena_alloc(flow->arena, sizeof *items);
    *items = receiver;
    cb_val callee = cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_METHOD, .id = name, .items = items, .n_items = 1});
    struct cb_event *event = callee ? cb_event_add(walk, CB_EVENT_CALL, cb_hash_mix(callee->hash, cb_call_hash(call))) : NULL;
    if (event) {
        event->value = callee;
        event->call = cb_call_copy(flow, call, NULL);
    }
}

/* Of the builtin ones, whose methods call nothing that is in them. */
static bool is_container(struct cb_flow *flow, cb_val v)
{
    static const char *const types[] = {"list", "dict", "set", "tuple", "frozenset", "str", "collections.deque", "collections.OrderedDict"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (cb_value_is_type(flow, v, types[i]))
            return true;
    return false;
}

cb_val cb_call_method(struct cb_walk *walk, cb_val receiver, cb_name name, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    const char *text = flow->names->text[name];
    cb_val out = NULL;
    bool known = false, unused = walk->unused;
    walk->unused = false;
    if (strcmp(text, "__getattribute__") == 0 && receiver && receiver->instance)
        cb_call_any_method(walk, receiver);
    if (receiver && walk->summary && receiver->symbolic) { /* what the parameter is, the caller knows */
        bool typed = false;
        for (unsigned i = 0; i < receiver->n_atoms; i++)
            typed |= typed_stub(walk, &receiver->atoms[i], text) != NULL;
        if (!typed) {
            note_symbolic_call(walk, receiver, name, call);
            const struct cb_stub *stub = cb_stub_method(text);
            if (stub && stub->flags & CB_STUB_RETURNS_SELF)
                out = cb_value_part(flow, receiver);
            if (cb_value_only(flow, receiver, CB_ATOM_INSTANCE) && any_callable(call))
                cb_call_escape_arguments(walk, call);
            return out;
        }
    }
    for (unsigned i = 0; receiver && i < receiver->n_atoms; i++) {
        const struct cb_atom *atom = &receiver->atoms[i];
        if (atom->kind == CB_ATOM_STRING && atom->id && strcmp(text, "joinpath") == 0)
            return join_paths(walk, receiver, call, true);
        const struct cb_stub *stub = typed_stub(walk, atom, text);
        if (!stub)
            continue;
        known = true;
        out = cb_value_join(flow, out, apply_stub(walk, stub, text, receiver, call));
    }
    bool any = any_callable(call);
    if (receiver && (!known || !is_container(flow, receiver))) {
        for (unsigned i = 0; i < receiver->n_atoms; i++)
            if (receiver->atoms[i].kind == CB_ATOM_HOLDER)
                cb_call_escape(walk, receiver->atoms[i].items[0]);
            else if (receiver->atoms[i].kind == CB_ATOM_INSTANCE && receiver->atoms[i].cls->library_base)
                cb_call_escape(walk, cb_value_only(flow, receiver, CB_ATOM_INSTANCE));
    }
    const struct cb_stub *stub = known ? NULL : cb_stub_method(text);
    if (stub) {
        walk->may++;
        out = apply_stub(walk, stub, text, receiver, call);
        walk->may--;
    } else if (!known) {
        if (any)
            cb_call_escape_arguments(walk, call);
        walk->may++;
        if (unused)
            cb_mutate(walk, receiver);
        walk->may--;
    }
    if (any && receiver && (!known || !(typed_stub(walk, &receiver->atoms[0], text) && typed_stub(walk, &receiver->atoms[0], text)->flags & CB_STUB_PURE)))
        keep_arguments(walk, receiver, call);
    cb_val held = receiver ? cb_value_only(flow, receiver, CB_ATOM_HOLDER) : NULL;
    return cb_value_join(flow, out, cb_value_bare(flow, held)); /* a dict's get(), a builder's next step */
}

/* ---- functions ---- */

enum builtin {
    PLAIN, NAMESPACE, LOCALS, VARS, DIR_OF, PARTIAL, PATH_JOIN, PATH, SUPER, GETATTR, SETATTR, TYPE_OF, SHOW, LENGTH, ITERATE, NEXT, GET_IPYTHON, EXECUTE,
    BACKEND, LAZY_MAP, HASH, WRAPS
};

static enum builtin which_builtin(const char *name)
{
    static const struct {
        const char *name;
        enum builtin which;
    } table[] = {
        {"globals", NAMESPACE}, {"locals", LOCALS}, {"vars", VARS}, {"dir", DIR_OF}, {"functools.partial", PARTIAL}, {"functools.partialmethod", PARTIAL},
        {"os.path.join", PATH_JOIN}, {"posixpath.join", PATH_JOIN}, {"pathlib.Path", PATH}, {"pathlib.PurePath", PATH}, {"pathlib.PosixPath", PATH},
        {"super", SUPER}, {"getattr", GETATTR}, {"setattr", SETATTR}, {"type", TYPE_OF}, {"print", SHOW}, {"str", SHOW}, {"repr", SHOW}, {"format", SHOW},
        {"display", SHOW}, {"IPython.display.display", SHOW}, {"len", LENGTH}, {"bool", LENGTH}, {"hash", HASH}, {"iter", ITERATE}, {"list", ITERATE}, {"tuple", ITERATE},
        {"set", ITERATE}, {"sum", ITERATE}, {"sorted", ITERATE}, {"max", ITERATE}, {"min", ITERATE}, {"enumerate", ITERATE}, {"zip", ITERATE},
        {"any", ITERATE}, {"all", ITERATE}, {"dict", ITERATE}, {"reversed", ITERATE}, {"map", LAZY_MAP}, {"filter", LAZY_MAP}, {"next", NEXT},
        {"get_ipython", GET_IPYTHON}, {"IPython.get_ipython", GET_IPYTHON}, {"exec", EXECUTE}, {"eval", EXECUTE}, {"matplotlib.use", BACKEND},
        {"matplotlib.pyplot.switch_backend", BACKEND}, {"functools.wraps", WRAPS}, {"abs", HASH}, {"round", HASH}, {"int", HASH}, {"float", HASH},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(name, table[i].name) == 0)
            return table[i].which;
    return PLAIN;
}

static enum builtin builtin_of(struct cb_flow *flow, uint32_t name)
{
    cb_flow_stub(flow, name);
    if (flow->library_known[name] == 1)
        flow->library_known[name] = (uint8_t)(2 + which_builtin(flow->library.text[name]));
    return flow->library_known[name] - 2;
}

static cb_val partial_value(struct cb_walk *walk, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    cb_val out = NULL;
    cb_val fn = call->n ? call->positional[0] : NULL;
    for (unsigned i = 0; fn && i < fn->n_atoms; i++) {
        struct cb_atom atom = fn->atoms[i];
        if ((atom.kind == CB_ATOM_FUNCTION || atom.kind == CB_ATOM_BOUND) && call->n > 1) {
            unsigned n = atom.n_items + call->n - 1;
            cb_val *items = cb_arena_alloc(flow->arena, n * sizeof *items);
            for (unsigned k = 0; k < n; k++) {
                items[k] = k < atom.n_items ? atom.items[k] : call->positional[k - atom.n_items + 1];
                if (items[k] && items[k]->depth >= CB_VALUE_DEPTH)
                    items[k] = NULL;
            }
            atom.kind = CB_ATOM_BOUND;
            atom.items = items;
            atom.n_items = (uint8_t)(n < CB_CALL_ARGS ? n : CB_CALL_ARGS);
        }
        out = cb_value_join(flow, out, cb_value_atom(flow, &atom));
    }
    for (uint32_t i = 0; i < call->n_keywords; i++)
        out = cb_value_join(flow, out, cb_value_holder(flow, call->keyword_values[i]));
    return out;
}

static bool at_module_level(const struct cb_walk *walk)
{
    return !walk->summary && !walk->latent;
}

static cb_val namespace_value(struct cb_walk *walk, const char *reason)
{
    cb_open_world(walk, CB_OPEN_READS, reason);
    return cb_value_library(walk->flow, cb_flow_library(walk->flow, "<namespace>"));
}

static void show(struct cb_walk *walk, cb_val v, int depth)
{
    struct cb_flow *flow = walk->flow;
    if (!v || depth > 2)
        return;
    if (v->instance) {
        if (!cb_call_special(walk, v, flow->n.str, NULL))
            cb_call_special(walk, v, flow->n.repr, NULL);
        cb_call_special(walk, v, cb_names_find(flow->names, "__format__"), NULL);
        cb_call_special(walk, v, flow->n.repr, NULL);
        cb_call_special(walk, v, flow->n.repr_html, NULL);
    }
    for (unsigned i = 0; i < v->n_atoms; i++)
        for (unsigned k = 0; v->atoms[i].kind == CB_ATOM_DISPLAY && k < v->atoms[i].n_items; k++)
            show(walk, v->atoms[i].items[k], depth + 1);
}

static void call_first_argument(struct cb_walk *walk, const struct cb_call *call, enum builtin which)
{
    struct cb_flow *flow = walk->flow;
    for (uint32_t i = 0; i < call->n; i++) {
        cb_val v = call->positional[i];
        if (!v)
            continue;
        if (which == SHOW)
            show(walk, v, 0);
        else if (which == ITERATE || which == LAZY_MAP) {
            cb_walk_iterate(walk, v);
            cb_call_special(walk, v, flow->n.len, NULL);
            cb_val item = cb_value_item(flow, v, SIZE_MAX);
            if (item && item->instance) { /* sorted(), sum(), max() compare or add them */
                walk->may++;
                cb_call_special(walk, item, CB_NO_NAME, item);
                walk->may--;
            }
        } else if (which == NEXT) {
            cb_call_special(walk, v, flow->n.next, NULL);
            cb_call_escape(walk, cb_value_only(flow, v, CB_ATOM_HOLDER));
        } else if (which == LENGTH)
            cb_call_special(walk, v, flow->n.len, NULL);
        else if (which == HASH)
            cb_call_special(walk, v, CB_NO_NAME, NULL);
    }
}

static cb_val get_attribute(struct cb_walk *walk, const struct cb_call *call)
{
    const char *name = call->n > 1 ? cb_value_string(call->positional[1]) : NULL;
    if (!name || !*name) {
        if (call->n)
            cb_call_any_method(walk, call->positional[0]);
        return call->n ? cb_value_part(walk->flow, call->positional[0]) : NULL;
    }
    cb_val v = cb_walk_attribute(walk, call->positional[0], cb_names_intern(walk->flow->names, name, strlen(name)));
    return call->n > 2 ? cb_value_join(walk->flow, v, call->positional[2]) : v;
}

static void set_attribute(struct cb_walk *walk, const struct cb_call *call)
{
    const char *name = call->n > 2 ? cb_value_string(call->positional[1]) : NULL;
    if (call->n > 2 && name && *name)
        cb_class_store(walk, call->positional[0], cb_names_intern(walk->flow->names, name, strlen(name)), call->positional[2]);
    if (call->n > 2)
        cb_attach(walk, call->positional[0], call->positional[2]);
}

static cb_val type_of(struct cb_walk *walk, cb_val v)
{
    cb_val out = NULL;
    for (unsigned i = 0; v && i < v->n_atoms; i++)
        if (v->atoms[i].kind == CB_ATOM_INSTANCE)
            out = cb_value_join(walk->flow, out, cb_value_atom(walk->flow, &(struct cb_atom){.kind = CB_ATOM_CLASS, .cls = v->atoms[i].cls}));
        else if (v->atoms[i].kind == CB_ATOM_TYPE)
            out = cb_value_join(walk->flow, out, cb_value_library(walk->flow, v->atoms[i].id));
    return out;
}

/* A function of a library that nothing is known of: what it is given may be called now, and by what it returns. */
static cb_val unknown_function(struct cb_walk *walk, uint32_t name, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    const char *text = flow->library.text[name], *last = strrchr(text, '.');
    cb_val out = NULL;
    last = last ? last + 1 : text;
    if (last[0] >= 'A' && last[0] <= 'Z')
        out = cb_value_type(flow, text);
    if (!any_callable(call))
        return out;
    cb_call_escape_arguments(walk, call);
    for (uint32_t i = 0; i < call->n; i++)
        out = cb_value_join(flow, out, cb_value_holder(flow, call->positional[i]));
    for (uint32_t i = 0; i < call->n_keywords; i++)
        out = cb_value_join(flow, out, cb_value_holder(flow, call->keyword_values[i]));
    return cb_value_join(flow, out, cb_value_holder(flow, call->rest));
}

/* A method of an object that is reached through a module, such as matplotlib.rcParams.update. */
static void call_on_state(struct cb_walk *walk, uint32_t name)
{
    struct cb_flow *flow = walk->flow;
    const char *text = flow->library.text[name], *last = strrchr(text, '.');
    char head[256];
    if (!last || (size_t)(last - text) >= sizeof head)
        return;
    memcpy(head, text, (size_t)(last - text));
    head[last - text] = 0;
    const char *component = cb_stub_ambient(head);
    const struct cb_stub *stub = component ? cb_stub_method(last + 1) : NULL;
    static const char *const changing[] = {"update", "append", "extend", "insert", "setdefault", "pop", "clear", "remove", "popitem", "add", "discard", "sort", "reverse"};
    bool changes = stub && stub->flags & CB_STUB_MUTATES_SELF;
    for (size_t i = 0; component && i < sizeof changing / sizeof *changing; i++)
        changes |= strcmp(last + 1, changing[i]) == 0;
    if (component)
        cb_ambient(walk, component, CB_USE_READ);
    if (changes)
        cb_ambient(walk, component, CB_USE_WRITE);
}

static cb_val call_builtin(struct cb_walk *walk, enum builtin which, const struct cb_call *call, bool *done)
{
    struct cb_flow *flow = walk->flow;
    *done = true;
    switch (which) {
    case NAMESPACE:
        return namespace_value(walk, "globals() sees every name");
    case LOCALS:
        if (at_module_level(walk))
            return namespace_value(walk, "locals() sees every name");
        return NULL;
    case VARS:
        if (!call->n && at_module_level(walk))
            return namespace_value(walk, "vars() sees every name");
        break;
    case DIR_OF:
        if (!call->n && at_module_level(walk))
            return namespace_value(walk, "dir() sees every name");
        break;
    case PARTIAL:
        return partial_value(walk, call);
    case PATH_JOIN:
        return call->n ? join_paths(walk, NULL, call, false) : NULL;
    case PATH:
        return call->n ? join_paths(walk, NULL, call, true) : cb_value_text(flow, ".", true);
    case WRAPS: /* its result gives back what it is called with */
        return NULL;
    case GETATTR:
        return get_attribute(walk, call);
    case SETATTR:
        set_attribute(walk, call);
        break;
    case TYPE_OF:
        if (call->n == 1)
            return type_of(walk, call->positional[0]);
        break;
    case GET_IPYTHON:
        return cb_value_type(flow, "IPython.InteractiveShell");
    case BACKEND: {
        const char *backend = call->n ? cb_value_string(call->positional[0]) : NULL;
        flow->other_backend = !backend || !strstr(backend, "inline");
        break;
    }
    case SHOW:
    case LENGTH:
    case ITERATE:
    case NEXT:
    case HASH:
        call_first_argument(walk, call, which);
        break;
    case LAZY_MAP: {
        struct cb_call rest = *call;
        if (rest.n) {
            rest.positional++;
            rest.n--;
            call_first_argument(walk, &rest, which);
        }
        break;
    }
    default:
        break;
    }
    *done = false;
    return NULL;
}

cb_val cb_call_library(struct cb_walk *walk, uint32_t name, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    const struct cb_stub *stub = cb_flow_stub(flow, name);
    enum builtin which = builtin_of(flow, name);
    cb_val out = NULL;
    if (which != PLAIN) {
        bool done;
        out = call_builtin(walk, which, call, &done);
        if (done)
            return out;
    }
    if (strchr(flow->library.text[name], '.'))
        call_on_state(walk, name);
    if (!stub)
        return unknown_function(walk, name, call);
    out = apply_stub(walk, stub, flow->library.text[name], NULL, call);
    if (which == ITERATE && call->n) { /* what was in the argument is in the result */
        cb_val item = cb_value_item(flow, call->positional[0], SIZE_MAX);
        for (uint32_t i = 1; i < call->n; i++)
            item = cb_value_join(flow, item, cb_value_item(flow, call->positional[i], SIZE_MAX));
        if (item && (item->callable || item->symbolic))
            out = cb_value_join(flow, out, cb_value_display(flow, "list", (cb_val[]){item}, 1, false));
    } else if (which == NEXT && call->n)
        out = cb_value_join(flow, out, cb_value_item(flow, call->positional[0], SIZE_MAX));
    else if (any_callable(call) && which == PLAIN && (!(stub->flags & CB_STUB_PURE) || may_call_back(flow->library.text[name]))) {
        for (uint32_t i = 0; i < call->n; i++)
            out = cb_value_join(flow, out, cb_value_holder(flow, call->positional[i]));
        for (uint32_t i = 0; i < call->n_keywords; i++)
            out = cb_value_join(flow, out, cb_value_holder(flow, call->keyword_values[i]));
    }
    return out;
}
