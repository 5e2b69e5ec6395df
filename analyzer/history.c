/*
 * Whether a cell may read what IPython remembers of earlier ones. False must be certain; true costs only that
 * results are kept. `_` that is only assigned (for _ in …, a, _ = …) does not count, being everywhere.
 */
#include "analyzer/reading.h"

#include <string.h>

struct look {
    const struct cb_names *names;
    const struct cb_module *module;
};

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

/* _ __ ___ _3 _i _ii _iii _i3 _ih _oh In Out */
bool cb_history_is_name(const char *s, size_t n)
{
    static const char *const names[] = {"_",   "__",  "___", "_i",  "_ii", "_iii",
                                        "_ih", "_oh", "In",  "Out", NULL};
    for (const char *const *name = names; *name; name++)
        if (strlen(*name) == n && !memcmp(*name, s, n))
            return true;
    if (n >= 2 && s[0] == '_' && all_digits(s + 1, n - 1))
        return true;
    return n >= 3 && s[0] == '_' && s[1] == 'i' && all_digits(s + 2, n - 2);
}

/* Code that may read any name, or IPython's own records. */
static bool is_open_name(const char *s, size_t n)
{
    static const char *const names[] = {"eval",        "exec",    "globals",         "locals",   "vars",
                                        "get_ipython", "user_ns", "history_manager", "__dict__", NULL};
    for (const char *const *name = names; *name; name++)
        if (strlen(*name) == n && !memcmp(*name, s, n))
            return true;
    return false;
}

static bool is_name_byte(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

/* Such names anywhere in text: shell lines with {…} and $…, arguments of magics, cells that are not Python, or that cannot be
 * parsed (`open`: then names of code that may read any count too). */
static bool text_has_history(const char *s, size_t n, bool open)
{
    for (size_t i = 0; i < n;) {
        size_t k = i;
        while (k < n && is_name_byte(s[k]))
            k++;
        if (k > i && (cb_history_is_name(s + i, k - i) || (open && is_open_name(s + i, k - i))))
            return true;
        i = k > i ? k : i + 1;
    }
    return false;
}

static bool item_reads_history(const struct cb_ipython_item *item)
{
    static const char *const magics[] = {"history", "hist", "recall",   "rep",      "rerun", "macro", "save",
                                         "edit",    "ed",   "notebook", "pastebin", "who",   "whos",  "who_ls",
                                         "store",   NULL};
    if (item->kind == CB_IPYTHON_MAGIC)
        for (const char *const *magic = magics; *magic; magic++)
            if (!strcmp(item->name, *magic))
                return true;
    if (item->kind == CB_IPYTHON_MAGIC && !strcmp(item->name, "run") && item->args && strstr(item->args, "-i"))
        return true;
    if (item->code == CB_IPYTHON_NO_CODE && item->args && text_has_history(item->args, strlen(item->args), false))
        return true;
    /* The body may be anything, Python with {…} filled in included. */
    return item->code == CB_IPYTHON_NO_CODE && item->body && text_has_history(item->body, item->body_length, false);
}

static bool list_reads(const struct look *look, const struct cb_ast *node);

static bool name_reads(const struct look *look, const struct cb_ast *node)
{
    const char *name = look->names->text[node->name];
    if (is_open_name(name, strlen(name)))
        return true;
    return (node->flags & CB_AST_CTX) != CB_AST_STORE && cb_history_is_name(name, strlen(name));
}

static bool node_reads(const struct look *look, const struct cb_ast *node)
{
    const char *name = look->names->text[node->name];
    switch (node->kind) {
    case CB_AST_NAME:
        return name_reads(look, node);
    case CB_AST_ATTRIBUTE: /* df.eval() is pandas' own */
        if (is_open_name(name, strlen(name)) && strcmp(name, "eval") != 0)
            return true;
        break;
    case CB_AST_ALIAS:
        return node->text && is_open_name(node->text, strlen(node->text));
    case CB_AST_AUG_ASSIGN:
        if (node->a && node->a->kind == CB_AST_NAME) {
            const char *target = look->names->text[node->a->name];
            if (cb_history_is_name(target, strlen(target)))
                return true;
        }
        break;
    case CB_AST_IPYTHON:
        if (node->value >= 0 && (size_t)node->value < look->module->ipython->n_items &&
            item_reads_history(&look->module->ipython->items[node->value]))
            return true;
        break;
    default:
        break;
    }
    return (node->a && list_reads(look, node->a)) || (node->b && list_reads(look, node->b)) ||
           (node->c && list_reads(look, node->c)) || (node->d && list_reads(look, node->d)) ||
           (node->extra && list_reads(look, node->extra));
}

static bool list_reads(const struct look *look, const struct cb_ast *node)
{
    for (; node; node = node->next)
        if (node_reads(look, node))
            return true;
    return false;
}

bool cb_history_is_read(const struct cb_names *names, const struct cb_module *module)
{
    const struct look look = {names, module};
    /* What the parser left out may be Python all the same, of a later version. */
    if ((module->error_line || module->refused) &&
        text_has_history(module->ipython->python, module->ipython->length, true))
        return true;
    return list_reads(&look, module->body);
}
