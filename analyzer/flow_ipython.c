/*
 * analyzer: IPython's commands and magics.
 */
#include "analyzer/flow.h"

#include <string.h>


static void see_file(void *context, const char *path, bool written)
{
    cb_file_text(context, path, written);
}

/* First word of the arguments that is no option. */
static const char *first_word(struct cb_flow *flow, const char *args)
{
    const char *p = args ? args : "";
    for (;;) {
        p += strspn(p, " \t");
        size_t n = strcspn(p, " \t\n");
        if (!n)
            return NULL;
        if (*p != '-') {
            if (n > 1 && (*p == '"' || *p == '\'') && p[n - 1] == *p)
                return cb_arena_copy(flow->arena, p + 1, n - 2);
            return cb_arena_copy(flow->arena, p, n);
        }
        p += n;
    }
}

static void magic_files(struct cb_walk *walk, const struct cb_ipython_item *item)
{
    struct cb_flow *flow = walk->flow;
    const char *path = first_word(flow, item->args), *name = item->name;
    if (!path || strpbrk(path, "{}$"))
        return;
    if (strcmp(name, "writefile") == 0 || strcmp(name, "file") == 0) {
        bool append = strstr(item->args, "-a ") || strstr(item->args, "--append");
        if (append)
            cb_file_text(walk, path, false);
        cb_file_text(walk, path, true);
        return;
    }
    if (strcmp(name, "save") == 0 || strcmp(name, "notebook") == 0) {
        cb_file_text(walk, path, true);
        return;
    }
    if (item->kind == CB_IPYTHON_MAGIC && (strcmp(name, "run") == 0 || strcmp(name, "load") == 0 || strcmp(name, "loadpy") == 0 || strcmp(name, "pycat") == 0 ||
                                              strcmp(name, "pfile") == 0)) {
        cb_file_text(walk, path, false);
        return;
    }
    /* %cat, %ls, %mkdir …: aliases of commands */
    cleanup_buffer struct cb_buffer command = {0};
    cb_buffer_addf(&command, "%s %s", name, item->args ? item->args : "");
    cb_stub_shell(command.text, see_file, walk);
}

static void use_backend(struct cb_flow *flow, const struct cb_ipython_item *item)
{
    if (item->kind != CB_IPYTHON_MAGIC || (strcmp(item->name, "matplotlib") != 0 && strcmp(item->name, "pylab") != 0))
        return;
    const char *backend = first_word(flow, item->args);
    if (backend)
        flow->other_backend = strcmp(backend, "inline") != 0;
}

static const char *reason_of(struct cb_flow *flow, const struct cb_ipython_item *item, const char *what)
{
    const char *sign = item->kind == CB_IPYTHON_CELL ? "%%" : "%";
    char *text = cb_format("%s%s %s", sign, item->name, what);
    const char *kept = cb_arena_copy(flow->arena, text, strnlen(text, 200));
    free(text);
    return kept;
}

static void magic_effect(struct cb_walk *walk, const struct cb_ipython_item *item)
{
    struct cb_flow *flow = walk->flow;
    const char *component = NULL;
    if (item->kind == CB_IPYTHON_HELP) {
        if (item->args && strchr(item->args, '*') && !strchr(item->args, '.'))
            cb_open_world(walk, CB_OPEN_READS, "a search for names sees every name");
        return;
    }
    use_backend(flow, item);
    switch (cb_ipython_item_effect(item, &component)) {
    case CB_MAGIC_AMBIENT:
        cb_ambient(walk, component, CB_USE_WRITE);
        break;
    case CB_MAGIC_READS_ALL:
        cb_open_world(walk, CB_OPEN_READS, reason_of(flow, item, "sees every name"));
        break;
    case CB_MAGIC_WRITES_ALL:
        cb_open_world(walk, CB_OPEN_READS | CB_OPEN_WRITES, reason_of(flow, item, "may read and write any name"));
        if (strcmp(item->name, "run") == 0)
            magic_files(walk, item);
        break;
    case CB_MAGIC_FILES:
        magic_files(walk, item);
        break;
    default:
        break;
    }
}

static void bind_names(struct cb_walk *walk, struct cb_env *env, const struct cb_ipython_item *item)
{
    struct cb_names *names = walk->flow->names;
    for (const char *const *name = item->names; name && *name; name++) {
        cb_name id = cb_names_intern(names, *name, strlen(*name));
        if (strcmp(item->name, "xdel") == 0)
            cb_name_delete(walk, env, id);
        else
            cb_name_store(walk, env, id, NULL);
    }
}

/* Code of %timeit: it runs in a function of its own, again and again. */
static void walk_function_code(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node, struct cb_ast *body)
{
    struct cb_env *inner = env;
    if (node->scope)
        inner = cb_env_new(walk->flow, CB_ENV_COMPREHENSION, env, node->scope);
    uint32_t saved, mark = cb_branch_begin(walk, &saved);
    bool looping = walk->looping, partial = walk->partial;
    walk->discard += !node->scope;
    cb_walk_block(walk, inner, body);
    walk->discard -= !node->scope;
    walk->looping = looping;
    walk->partial = partial;
    struct cb_delta delta = cb_branch_end(walk, mark, saved);
    if (node->scope) {
        delta.dead = false;
        cb_branch_join(walk, &delta, 1, false);
    }
}

void cb_walk_ipython(struct cb_walk *walk, struct cb_env *env, struct cb_ast *node)
{
    struct cb_flow *flow = walk->flow;
    const struct cb_ipython *ipython = flow->module ? flow->module->ipython : NULL;
    if (!ipython || node->value < 0 || (size_t)node->value >= ipython->n_items)
        return;
    const struct cb_ipython_item *item = &ipython->items[node->value];
    walk->line = node->line;
    struct cb_ast *child = node->a;
    if (item->code == CB_IPYTHON_FUNCTION) {
        for (; child && child->kind != CB_AST_FUNCTION; child = child->next)
            cb_walk_expression(walk, env, child->kind == CB_AST_EXPR ? child->a : child);
        if (child && child->kind == CB_AST_FUNCTION)
            walk_function_code(walk, env, child->scope ? child : node, child->c);
        else
            walk_function_code(walk, env, node, node->a);
    } else {
        bool guess = item->kind == CB_IPYTHON_HELP && item->args && strchr(item->args, '*');
        walk->may += guess;
        for (; child; child = child->next) {
            if (child->kind < CB_AST_NAME) {
                cb_walk_block(walk, env, child);
                break;
            }
            cb_walk_expression(walk, env, child);
        }
        walk->may -= guess;
    }
    walk->line = node->line;
    if (item->kind == CB_IPYTHON_SHELL) {
        cb_stub_shell(item->args ? item->args : "", see_file, walk);
    } else if (item->kind == CB_IPYTHON_CELL && !item->code && item->body && (strcmp(item->name, "bash") == 0 || strcmp(item->name, "sh") == 0)) {
        char *script = cb_alloc(item->body_length + 1);
        memcpy(script, item->body, item->body_length);
        char *rest = NULL;
        for (char *line = strtok_r(script, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            cb_stub_shell(line, see_file, walk);
        free(script);
    }
    magic_effect(walk, item);
    bind_names(walk, env, item);
}
