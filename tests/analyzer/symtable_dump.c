/*
 * What the analyzer takes Python sources to be, for symtable_diff.py.
 *
 * symtable_dump [--python] [--tree] [PATH…]
 *
 * Reads the files, or from stdin any number of sources, each as a line with its length and then that many bytes. Prints
 * a line of JSON for each: {"bindings": […], "free": […], "error": LINE, "refused": TEXT|null} and with --tree also
 * "scopes", in preorder: [KIND, NAME, LINE, index of the parent, from IPython (0 or 1), {symbol: flags | binding << 8 | ipython << 16}].
 *   bindings  what the module binds: assigned, imported, deleted, annotated, or bound by `:=` in its comprehensions
 *   free      what scopes read or write as globals and the module does not bind
 * --python: plain Python, which IPython does not transform.
 */
#include "analyzer/scope.h"

#include <string.h>

struct dump {
    struct cb_names names;
    struct cb_arena arena;
    struct cb_parser *parser;
    struct cb_buffer out;
    uint8_t *seen; /* [name] */
    bool python, tree;
};

enum { SEEN_BOUND = 1, SEEN_GLOBAL = 2 };

static void add_string(struct cb_buffer *out, const char *text)
{
    cb_buffer_adds(out, "\"");
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\' || *p < 32)
            cb_buffer_addf(out, "\\u%04x", *p);
        else
            cb_buffer_add(out, p, 1);
    }
    cb_buffer_adds(out, "\"");
}

static void add_name(struct dump *d, cb_name name)
{
    add_string(&d->out, name ? d->names.text[name] : "");
}

static const struct cb_scope *next_scope(const struct cb_scope *scope)
{
    if (scope->first_child)
        return scope->first_child;
    while (scope && !scope->next)
        scope = scope->parent;
    return scope ? scope->next : NULL;
}

static bool is_bound(unsigned flags)
{
    return flags & (CB_SYMBOL_ASSIGNED | CB_SYMBOL_ANNOTATED | CB_SYMBOL_DELETED | CB_SYMBOL_IMPORTED | CB_SYMBOL_PARAM);
}

/* Whether the scope's code runs as a part of the module's: a comprehension, perhaps inside another. */
static bool in_module(const struct cb_scope *scope)
{
    while (scope->kind == CB_SCOPE_COMPREHENSION)
        scope = scope->parent;
    return scope->kind == CB_SCOPE_MODULE;
}

static void see_scope(struct dump *d, const struct cb_scope *scope)
{
    for (uint32_t i = 0; i < scope->n_symbols; i++) {
        const struct cb_symbol *symbol = &scope->symbols[i];
        bool own = scope->kind == CB_SCOPE_MODULE;
        if (!symbol->flags || !(own || symbol->binding == CB_BINDING_GLOBAL))
            continue;
        if (is_bound(symbol->flags) && (own || in_module(scope)))
            d->seen[symbol->name] |= SEEN_BOUND;
        if ((symbol->flags & CB_SYMBOL_USED) || (!own && is_bound(symbol->flags)))
            d->seen[symbol->name] |= SEEN_GLOBAL;
    }
}

static void add_seen(struct dump *d, const char *key, uint8_t mask, uint8_t wanted)
{
    cb_buffer_addf(&d->out, "\"%s\": [", key);
    const char *separator = "";
    for (cb_name name = 1; name < d->names.n; name++) {
        if ((d->seen[name] & mask) != wanted)
            continue;
        cb_buffer_adds(&d->out, separator);
        add_name(d, name);
        separator = ", ";
    }
    cb_buffer_adds(&d->out, "]");
}

static void add_scope_name(struct dump *d, const struct cb_scope *scope)
{
    switch (scope->node ? scope->node->kind : CB_AST_NONE) {
    case CB_AST_FUNCTION:
    case CB_AST_CLASS:
        add_name(d, scope->node->name);
        return;
    case CB_AST_LAMBDA:
        cb_buffer_adds(&d->out, "\"lambda\"");
        return;
    case CB_AST_LIST_COMP:
        cb_buffer_adds(&d->out, "\"listcomp\"");
        return;
    case CB_AST_SET_COMP:
        cb_buffer_adds(&d->out, "\"setcomp\"");
        return;
    case CB_AST_DICT_COMP:
        cb_buffer_adds(&d->out, "\"dictcomp\"");
        return;
    case CB_AST_GENERATOR:
        cb_buffer_adds(&d->out, "\"genexpr\"");
        return;
    default:
        cb_buffer_adds(&d->out, "\"top\"");
    }
}

static void add_tree(struct dump *d, const struct cb_scope *module)
{
    size_t n = 0;
    for (const struct cb_scope *s = module; s; s = next_scope(s))
        n++;
    const struct cb_scope **open = cb_alloc(n * sizeof *open); /* the scopes around, with their indices */
    size_t *index = cb_alloc(n * sizeof *index), depth = 0;
    n = 0;
    cb_buffer_adds(&d->out, ", \"scopes\": [");
    for (const struct cb_scope *s = module; s; s = next_scope(s), n++) {
        while (depth > 0 && open[depth - 1] != s->parent)
            depth--;
        cb_buffer_addf(&d->out, "%s[%d, ", n ? ", " : "", (int)s->kind);
        add_scope_name(d, s);
        cb_buffer_addf(&d->out, ", %u, %ld, %d, {", s->node ? s->node->line : 0, depth ? (long)index[depth - 1] : -1L,
                       s->ipython);
        for (uint32_t i = 0; i < s->n_symbols; i++) {
            if (i)
                cb_buffer_adds(&d->out, ", ");
            add_name(d, s->symbols[i].name);
            cb_buffer_addf(&d->out, ": %u", s->symbols[i].flags | (unsigned)s->symbols[i].binding << 8 |
                                                (unsigned)s->symbols[i].ipython << 16);
        }
        cb_buffer_adds(&d->out, "}]");
        open[depth] = s;
        index[depth++] = n;
    }
    cb_buffer_adds(&d->out, "]");
    free(open);
    free(index);
}

static void dump_source(struct dump *d, const char *text, size_t n)
{
    cb_names_init(&d->names, &d->arena);
    d->parser = cb_parser_new(&d->names);
    struct cb_ipython cell = {.python = text, .length = n};
    if (!d->python)
        cb_ipython_read(&d->arena, text, n, &cell);
    struct cb_module module = {0};
    cb_parse(d->parser, &cell, &module);
    uint32_t error_line = 0;
    const struct cb_scope *scope = cb_scope_build(&d->names, &d->arena, &module, &error_line);

    d->seen = cb_alloc(d->names.n);
    for (const struct cb_scope *s = scope; s; s = next_scope(s))
        see_scope(d, s);
    cb_buffer_adds(&d->out, "{");
    add_seen(d, "bindings", SEEN_BOUND, SEEN_BOUND);
    cb_buffer_adds(&d->out, ", ");
    add_seen(d, "free", SEEN_BOUND | SEEN_GLOBAL, SEEN_GLOBAL);
    cb_buffer_addf(&d->out, ", \"error\": %u, \"refused\": ", module.error_line ? module.error_line : error_line);
    if (module.refused)
        add_string(&d->out, module.refused);
    else
        cb_buffer_adds(&d->out, "null");
    if (d->tree)
        add_tree(d, scope);
    cb_buffer_adds(&d->out, "}\n");
    fwrite(d->out.text, 1, d->out.length, stdout);

    cb_buffer_free(&d->out);
    free(d->seen);
    cb_parser_free(d->parser);
    cb_names_free(&d->names);
    cb_arena_free(&d->arena);
    d->out = (struct cb_buffer){0};
    d->arena = (struct cb_arena){0};
    d->names = (struct cb_names){0};
}

static int dump_file(struct dump *d, const char *path)
{
    cleanup_file FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    cleanup_buffer struct cb_buffer text = {0};
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        cb_buffer_add(&text, chunk, n);
    dump_source(d, text.text ? text.text : "", text.length);
    return 0;
}

static int dump_stdin(struct dump *d)
{
    size_t n;
    while (scanf("%zu", &n) == 1 && getchar() == '\n') {
        cleanup_free char *text = cb_alloc(n + 1);
        if (fread(text, 1, n, stdin) != n) {
            fprintf(stderr, "symtable_dump: a source ends early\n");
            return 1;
        }
        dump_source(d, text, n);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct dump d = {0};
    int status = 0, i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        d.python |= strcmp(argv[i], "--python") == 0;
        d.tree |= strcmp(argv[i], "--tree") == 0;
    }
    if (i == argc)
        return dump_stdin(&d);
    for (; i < argc; i++)
        status |= dump_file(&d, argv[i]);
    return status;
}
