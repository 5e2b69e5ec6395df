/*
 * analyzer: calls. What is called is looked at for each thing that it may be.
 */
#include "analyzer/flow.h"

#include <string.h>

cb_val cb_call_argument(const struct cb_call *call, struct cb_flow *flow, int at, const char *keyword)
{
    if (at >= 0 && (uint32_t)at < call->n)
        return call->positional[at];
    for (uint32_t i = 0; keyword && i < call->n_keywords; i++)
        if (strcmp(flow->names->text[call->keywords[i]], keyword) == 0)
            return call->keyword_values[i];
    return call->more ? call->rest : NULL;
}

static const struct cb_call anything = {.more = true};

static bool is_special(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && name[0] == '_' && name[1] == '_' && name[n - 1] == '_' && name[n - 2] == '_';
}

/* Special methods that no operator calls. */
static bool is_operator(const char *name)
{
    static const char *const others[] = {"__init__", "__new__", "__del__", "__call__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__iter__", "__next__",
        "__repr__", "__str__", "__format__", "__len__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__post_init__", "__init_subclass__",
        "__class_getitem__", "__getitem__", "__setitem__", "__delitem__", "__hash__", "__bool__", "__doc__", "__slots__", "__module__", "__qualname__"};
    if (!is_special(name))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0)
            return false;
    return true;
}

enum methods { OPERATORS, SPECIALS, ALL };

/* Methods of a class that code which is not seen may call on an instance; the class's bases as well. */
static cb_val call_methods(struct cb_walk *walk, struct cb_class *cls, cb_val receiver, cb_val argument, enum methods which, int depth)
{
    struct cb_flow *flow = walk->flow;
    cb_val out = NULL;
    if (depth > 8)
        return NULL;
    for (uint32_t i = 0; cls->mask && i <= cls->mask; i++) {
        cb_name name = cls->attributes[i].name;
        const char *text = name ? flow->names->text[name] : "";
        if (!name || (which == OPERATORS && !is_operator(text)) || (which == SPECIALS && (!is_special(text) || strcmp(text, "__init__") == 0)))
            continue;
        if (which == ALL && (strcmp(text, "__init__") == 0 || strcmp(text, "__new__") == 0))
            continue;
        cb_val found = cls->attributes[i].slot->value;
        cb_flow_watch(walk, cls->attributes[i].slot);
        for (unsigned k = 0; found && k < found->n_atoms; k++) {
            if (found->atoms[k].kind != CB_ATOM_FUNCTION)
                continue;
            struct cb_call call = {.positional = (cb_val[]){receiver, argument}, .n = argument ? 2 : 1, .more = which == ALL};
            out = cb_value_join(flow, out, cb_summary_call(walk, &found->atoms[k], &call));
        }
    }
    for (uint32_t i = 0; i < cls->n_bases; i++)
        for (unsigned k = 0; cls->base_list[i] && k < cls->base_list[i]->n_atoms; k++)
            if (cls->base_list[i]->atoms[k].kind == CB_ATOM_CLASS && cls->base_list[i]->atoms[k].cls != cls)
                out = cb_value_join(flow, out, call_methods(walk, cls->base_list[i]->atoms[k].cls, receiver, argument, which, depth + 1));
    return out;
}

cb_val cb_call_special(struct cb_walk *walk, cb_val receiver, cb_name name, cb_val argument)
{
    struct cb_flow *flow = walk->flow;
    cb_val out = NULL;
    unsigned n = 0;
    for (unsigned i = 0; receiver && i < receiver->n_atoms; i++)
        n += receiver->atoms[i].kind == CB_ATOM_INSTANCE;
    walk->may += n > 1;
    for (unsigned i = 0; n && i < receiver->n_atoms; i++) {
        const struct cb_atom *atom = &receiver->atoms[i];
        if (atom->kind != CB_ATOM_INSTANCE)
            continue;
        if (!name) {
            out = cb_value_join(flow, out, call_methods(walk, atom->cls, receiver, argument, OPERATORS, 0));
            continue;
        }
        cb_val found = cb_class_find(walk, atom->cls, name, 0);
        for (unsigned k = 0; found && k < found->n_atoms; k++) {
            struct cb_call call = {.positional = (cb_val[]){receiver, argument}, .n = argument ? 2 : 1, .more = true};
            if (found->atoms[k].kind == CB_ATOM_FUNCTION)
                out = cb_value_join(flow, out, cb_summary_call(walk, &found->atoms[k], &call));
        }
    }
    walk->may -= n > 1;
    return out;
}

void cb_call_any_method(struct cb_walk *walk, cb_val v)
{
    walk->may++;
    for (unsigned i = 0; v && i < v->n_atoms; i++)
        if (v->atoms[i].kind == CB_ATOM_INSTANCE)
            call_methods(walk, v->atoms[i].cls, v, NULL, ALL, 0);
    walk->may--;
}

static void escape_atom(struct cb_walk *walk, const struct cb_atom *atom, cb_val v)
{
    switch (atom->kind) {
    case CB_ATOM_FUNCTION:
    case CB_ATOM_BOUND:
        cb_summary_call(walk, atom, &anything);
        break;
    case CB_ATOM_CLASS:
        cb_call_class(walk, atom->cls, &anything);
        break;
    case CB_ATOM_INSTANCE:
        call_methods(walk, atom->cls, v, NULL, atom->cls->library_base ? ALL : SPECIALS, 0);
        break;
    case CB_ATOM_HOLDER:
    case CB_ATOM_DISPLAY:
        for (unsigned i = 0; i < atom->n_items; i++)
            cb_call_escape(walk, atom->items[i]);
        break;
    default:
        break;
    }
}

void cb_call_escape(struct cb_walk *walk, cb_val v)
{
    struct cb_flow *flow = walk->flow;
    if (!v || !(v->callable || v->symbolic) || flow->escapes > 4)
        return;
    walk->may++;
    flow->escapes++;
    if (walk->summary && v->symbolic) {
        bool params = false;
        for (unsigned i = 0; i < v->n_atoms; i++)
            params |= v->atoms[i].kind == CB_ATOM_PARAM || v->atoms[i].kind == CB_ATOM_DISPLAY || v->atoms[i].kind == CB_ATOM_HOLDER;
        struct cb_event *event = params ? cb_event_add(walk, CB_EVENT_ESCAPE, v->atoms_hash) : NULL;
        if (event)
            event->value = v;
    }
    for (unsigned i = 0; i < v->n_atoms; i++)
        escape_atom(walk, &v->atoms[i], v);
    flow->escapes--;
    walk->may--;
}

void cb_call_escape_arguments(struct cb_walk *walk, const struct cb_call *call)
{
    for (uint32_t i = 0; i < call->n; i++)
        cb_call_escape(walk, call->positional[i]);
    for (uint32_t i = 0; i < call->n_keywords; i++)
        cb_call_escape(walk, call->keyword_values[i]);
    cb_call_escape(walk, call->rest);
}

/* A class with factories for its fields, as dataclasses have them. */
static void call_factories(struct cb_walk *walk, struct cb_class *cls)
{
    for (uint32_t i = 0; cls->mask && i <= cls->mask; i++)
        if (cls->attributes[i].name)
            cb_call_escape(walk, cb_value_only(walk->flow, cls->attributes[i].slot->value, CB_ATOM_HOLDER));
}

static cb_val call_found(struct cb_walk *walk, cb_val found, cb_val first, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    cb_val out = NULL;
    for (unsigned i = 0; found && i < found->n_atoms; i++) {
        struct cb_atom atom = found->atoms[i];
        if (atom.kind != CB_ATOM_FUNCTION)
            continue;
        atom.kind = CB_ATOM_BOUND;
        atom.items = &first;
        atom.n_items = 1;
        cb_val *items = cb_arena_alloc(flow->arena, sizeof *items);
        *items = first;
        atom.items = items;
        out = cb_value_join(flow, out, cb_summary_call(walk, &atom, call));
    }
    return out;
}

cb_val cb_call_class(struct cb_walk *walk, struct cb_class *cls, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    cb_val instance = cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_INSTANCE, .cls = cls});
    cb_val made = cb_class_find(walk, cls, flow->n.new_, 0);
    if (made)
        call_found(walk, made, cb_value_atom(flow, &(struct cb_atom){.kind = CB_ATOM_CLASS, .cls = cls}), call);
    cb_val init = cb_class_find(walk, cls, flow->n.init, 0);
    if (init)
        call_found(walk, init, instance, call);
    else {
        call_factories(walk, cls);
        call_found(walk, cb_class_find(walk, cls, flow->n.post_init, 0), instance, &(struct cb_call){0});
        if (cls->library_base && !made)
            cb_call_escape_arguments(walk, call);
    }
    cb_val held = NULL;
    for (uint32_t i = 0; i < call->n && !init; i++)
        held = cb_value_join(flow, held, cb_value_holder(flow, call->positional[i]));
    for (uint32_t i = 0; i < call->n_keywords && !init; i++)
        held = cb_value_join(flow, held, cb_value_holder(flow, call->keyword_values[i]));
    return cb_value_join(flow, instance, held);
}

static cb_val call_instance(struct cb_walk *walk, const struct cb_atom *atom, cb_val callee, const struct cb_call *call)
{
    cb_val found = cb_class_find(walk, atom->cls, walk->flow->n.call, 0);
    if (found)
        return call_found(walk, found, callee, call);
    if (atom->cls->library_base) {
        walk->may++;
        call_methods(walk, atom->cls, callee, NULL, ALL, 0);
        walk->may--;
        cb_call_escape_arguments(walk, call);
    }
    return NULL;
}

/* A method whose receiver may have become known since the value was made. */
static cb_val call_method_atom(struct cb_walk *walk, const struct cb_atom *atom, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    cb_val receiver = atom->items[0], found = NULL;
    bool known = false;
    for (unsigned i = 0; receiver && i < receiver->n_atoms; i++) {
        const struct cb_atom *of = &receiver->atoms[i];
        known |= of->kind == CB_ATOM_LIBRARY ||
            ((of->kind == CB_ATOM_INSTANCE || of->kind == CB_ATOM_CLASS) && cb_class_find(walk, of->cls, atom->id, 0));
    }
    if (!known)
        return cb_call_method(walk, receiver, atom->id, call);
    cb_val all = cb_walk_attribute(walk, receiver, atom->id);
    for (unsigned i = 0; all && i < all->n_atoms; i++)
        if (all->atoms[i].kind != CB_ATOM_METHOD)
            found = cb_value_join(flow, found, cb_value_atom(flow, &all->atoms[i]));
    return found ? cb_call_value(walk, found, call) : NULL;
}

cb_val cb_call_atom(struct cb_walk *walk, const struct cb_atom *atom, cb_val callee, const struct cb_call *call)
{
    switch (atom->kind) {
    case CB_ATOM_FUNCTION:
    case CB_ATOM_BOUND:
        return cb_summary_call(walk, atom, call);
    case CB_ATOM_CLASS:
        return cb_call_class(walk, atom->cls, call);
    case CB_ATOM_INSTANCE:
        return call_instance(walk, atom, callee, call);
    case CB_ATOM_LIBRARY:
        return cb_call_library(walk, atom->id, call);
    case CB_ATOM_METHOD:
        return call_method_atom(walk, atom, call);
    case CB_ATOM_TYPE:
        return cb_call_method(walk, cb_value_atom(walk->flow, atom), walk->flow->n.call, call);
    case CB_ATOM_HOLDER:
        for (unsigned i = 0; i < atom->n_items; i++)
            cb_call_escape(walk, atom->items[i]);
        cb_call_escape_arguments(walk, call);
        return NULL;
    default:
        cb_call_escape_arguments(walk, call);
        return NULL;
    }
}

static bool is_parameter(const struct cb_atom *atom)
{
    return atom->kind == CB_ATOM_PARAM || (atom->kind == CB_ATOM_METHOD && atom->items[0] && atom->items[0]->symbolic);
}

/* A call of a parameter, or of a method of one: left to whoever calls this function. */
static bool call_parameter(struct cb_walk *walk, const struct cb_atom *atom, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    if (!walk->summary || !is_parameter(atom))
        return false;
    cb_val callee = cb_value_atom(flow, atom);
    struct cb_event *event = cb_event_add(walk, CB_EVENT_CALL, cb_hash_mix(callee->hash, cb_call_hash(call)));
    if (event) {
        event->value = callee;
        event->call = cb_call_copy(flow, call, NULL);
    }
    return true;
}

cb_val cb_call_value(struct cb_walk *walk, cb_val callee, const struct cb_call *call)
{
    struct cb_flow *flow = walk->flow;
    if (!callee || !callee->n_atoms) {
        cb_call_escape_arguments(walk, call);
        return NULL;
    }
    cb_val out = NULL;
    unsigned n = 0;
    for (unsigned i = 0; i < callee->n_atoms; i++)
        n += !is_parameter(&callee->atoms[i]);
    bool several = n > 1;
    walk->may += several;
    for (unsigned i = 0; i < callee->n_atoms; i++) {
        const struct cb_atom *atom = &callee->atoms[i];
        cb_val result = NULL;
        if (call_parameter(walk, atom, call)) {
            if (atom->kind == CB_ATOM_METHOD) {
                const struct cb_stub *stub = cb_stub_method(flow->names->text[atom->id]);
                if (stub && stub->flags & CB_STUB_RETURNS_SELF)
                    result = cb_value_part(flow, atom->items[0]);
            }
        } else
            result = cb_call_atom(walk, atom, callee, call);
        out = cb_value_join(flow, out, result);
    }
    walk->may -= several;
    return out;
}
