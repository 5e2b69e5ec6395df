/*
 * Which modules may be loaded before the first cell runs. Leaving one out costs time only; loading one that
 * the notebook wanted to load under other conditions would change its outputs, so doubts end the scan.
 */
#include "analyzer/reading.h"

#include <string.h>

#define IMPORTS_MAX 1024 /* far beyond any notebook; bounds the search for duplicates */
#define NAME_MAX_LENGTH 200

struct scan {
    const struct cb_names *names;
    const struct cb_module *module;
    struct cb_imports *out;
    cb_name matplotlib; /* what the notebook calls matplotlib */
};

static void add_import(struct scan *s, const char *name)
{
    struct cb_imports *out = s->out;
    size_t n = strlen(name);
    if (!n || n > NAME_MAX_LENGTH || out->n >= IMPORTS_MAX)
        return;
    for (size_t i = 0; i < out->n; i++)
        if (!strcmp(out->names[i], name))
            return;
    out->names = cb_realloc(out->names, (out->n + 1) * sizeof *out->names);
    out->names[out->n++] = cb_strdup(name);
}

static bool any_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strcmp(text, *words))
            return true;
    return false;
}

/* ---- what sets the state that imports depend on ---- */

static const char *const setters[] = {"chdir",      "fchdir",     "putenv",      "unsetenv", "importlib",
                                      "__import__", "addsitedir", "load_dotenv", "environ",  NULL};
static const char *const of_sys[] = {"path", "modules", "meta_path", "path_hooks", NULL};

/* A part of a dotted name. */
static bool dotted_sets(const char *dotted)
{
    char part[NAME_MAX_LENGTH];
    for (const char *p = dotted; *p;) {
        size_t n = strcspn(p, ".");
        if (n < sizeof part) {
            snprintf(part, sizeof part, "%.*s", (int)n, p);
            if (any_of(part, setters))
                return true;
        }
        p += n + (p[n] == '.');
    }
    return false;
}

/* import, from … import: of such a name, and `import matplotlib as` gives that another name. */
static bool import_sets(struct scan *s, const struct cb_ast *node)
{
    const char *module = node->kind == CB_AST_IMPORT_FROM && node->text ? node->text : "";
    if (dotted_sets(module))
        return true;
    for (const struct cb_ast *alias = node->a; alias; alias = alias->next) {
        if (alias->kind != CB_AST_ALIAS || !alias->text)
            continue;
        if (dotted_sets(alias->text) || (!strcmp(module, "sys") && any_of(alias->text, of_sys)))
            return true;
        if (node->kind == CB_AST_IMPORT && alias->name && !strcmp(alias->text, "matplotlib"))
            s->matplotlib = alias->name;
    }
    return false;
}

/* `os.environ` or `environ` is only read: .get() and the like, ["X"] without an assignment, `in`. */
static bool environ_is_read(const struct scan *s, const struct cb_ast *node, const struct cb_ast *parent)
{
    static const char *const readers[] = {"get", "copy", "items", "keys", "values", NULL};
    switch (parent ? parent->kind : CB_AST_NONE) {
    case CB_AST_ATTRIBUTE:
        return any_of(s->names->text[parent->name], readers);
    case CB_AST_SUBSCRIPT:
        return parent->a == node && (parent->flags & CB_AST_CTX) == CB_AST_LOAD;
    case CB_AST_COMPARE:
        return parent->a != node;
    case CB_AST_FOR:
    case CB_AST_CLAUSE:
        return parent->b == node;
    default:
        return false;
    }
}

static bool name_sets(const struct scan *s, const struct cb_ast *node, const struct cb_ast *parent)
{
    const char *name = s->names->text[node->name];
    if (!strcmp(name, "environ"))
        return !environ_is_read(s, node, parent);
    if (any_of(name, setters))
        return true;
    if (node->kind != CB_AST_ATTRIBUTE || !node->a || node->a->kind != CB_AST_NAME)
        return false;
    const char *of = s->names->text[node->a->name];
    if (!strcmp(of, "sys"))
        return any_of(name, of_sys);
    bool matplotlib = node->a->name == s->matplotlib || !strcmp(of, "matplotlib") || !strcmp(of, "mpl");
    return matplotlib && !strcmp(name, "use");
}

static bool magic_sets(const struct scan *s, const struct cb_ast *node)
{
    static const char *const magics[] = {"env", "set_env", "cd", "pushd", "popd", "dotenv", "run", NULL};
    static const char *const cells[] = {"writefile", "file", NULL}; /* a module, before the import that wants it */
    const struct cb_ipython *ipython = s->module->ipython;
    if (node->value < 0 || (size_t)node->value >= ipython->n_items)
        return false;
    const struct cb_ipython_item *item = &ipython->items[node->value];
    return (item->kind == CB_IPYTHON_MAGIC && any_of(item->name, magics)) ||
           (item->kind == CB_IPYTHON_CELL && any_of(item->name, cells));
}

/* Whether something in the list sets what later imports depend on. As deep as the parser lets trees be. */
static bool sets_state(struct scan *s, const struct cb_ast *node, const struct cb_ast *parent);

static bool node_sets(struct scan *s, const struct cb_ast *node, const struct cb_ast *parent)
{
    switch (node->kind) {
    case CB_AST_IMPORT:
    case CB_AST_IMPORT_FROM:
        return import_sets(s, node);
    case CB_AST_NAME:
    case CB_AST_ATTRIBUTE:
        if (name_sets(s, node, parent))
            return true;
        break;
    case CB_AST_IPYTHON:
        if (magic_sets(s, node))
            return true;
        break;
    default:
        break;
    }
    return (node->a && sets_state(s, node->a, node)) || (node->b && sets_state(s, node->b, node)) ||
           (node->c && sets_state(s, node->c, node)) || (node->d && sets_state(s, node->d, node)) ||
           (node->extra && sets_state(s, node->extra, node));
}

static bool sets_state(struct scan *s, const struct cb_ast *node, const struct cb_ast *parent)
{
    for (; node; node = node->next)
        if (node_sets(s, node, parent))
            return true;
    return false;
}

/* ---- imports ---- */

static void take_import(struct scan *s, const struct cb_ast *node)
{
    if (node->kind == CB_AST_IMPORT_FROM) {
        if (node->value == 0 && node->text && strcmp(node->text, "__future__") != 0)
            add_import(s, node->text);
        return;
    }
    for (const struct cb_ast *alias = node->a; alias; alias = alias->next)
        if (alias->kind == CB_AST_ALIAS && alias->text)
            add_import(s, alias->text);
}

/* Statements at the top level of a cell. True where the scan must end. Of a cell with a syntax error nothing runs, so nothing is
 * taken; what it seems to set still ends the scan, should the parser be wrong. */
static bool scan_statements(struct scan *s, const struct cb_ast *list)
{
    for (const struct cb_ast *node = list; node; node = node->next) {
        if (node_sets(s, node, NULL))
            return true;
        if (s->module->error_line)
            continue;
        if (node->kind == CB_AST_IMPORT || node->kind == CB_AST_IMPORT_FROM)
            take_import(s, node);
        else if (node->kind == CB_AST_IPYTHON && node->a)
            scan_statements(s, node->a);
    }
    return false;
}

void cb_imports_collect(const struct cb_names *names, const struct cb_module *modules, size_t n, struct cb_imports *out)
{
    *out = (struct cb_imports){0};
    struct scan s = {.names = names, .out = out};
    for (size_t i = 0; i < n; i++) {
        s.module = &modules[i];
        if (modules[i].refused || scan_statements(&s, modules[i].body))
            break;
    }
}

void cb_imports_free(struct cb_imports *imports)
{
    for (size_t i = 0; i < imports->n; i++)
        free(imports->names[i]);
    free(imports->names);
    *imports = (struct cb_imports){0};
}
