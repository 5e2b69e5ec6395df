/*
 * Which modules may be loaded before the first cell runs. Leaving one out costs time only; loading one that
 * the notebook wanted to load under other conditions would change its outputs, so doubts end the scan.
 */
#include "analyzer/analyzer.h"
#include "analyzer/lexer.h"

#include <string.h>

#define IMPORTS_MAX 1024 /* far beyond any notebook; bounds the search for duplicates */
#define NAME_MAX_LENGTH 200

struct scan {
    struct cb_imports *out;
    char matplotlib[64]; /* what the notebook calls matplotlib */
};

static void add_import(struct scan *s, const char *name, size_t n)
{
    struct cb_imports *out = s->out;
    if (!n || n > NAME_MAX_LENGTH || out->n >= IMPORTS_MAX)
        return;
    for (size_t i = 0; i < out->n; i++)
        if (strlen(out->names[i]) == n && !memcmp(out->names[i], name, n))
            return;
    out->names = cb_realloc(out->names, (out->n + 1) * sizeof *out->names);
    out->names[out->n++] = cb_format("%.*s", (int)n, name);
}

static bool is_op(const struct cb_token *t, char c)
{
    return t->type == CB_TOKEN_OP && *t->text == c;
}

/* a.b.c at tokens[i]: the dotted name without blanks. Returns the index after it; i where there is none. */
static size_t read_dotted(const struct cb_token *t, size_t i, size_t end, struct cb_buffer *name)
{
    name->length = 0;
    size_t at = i;
    while (at < end && t[at].type == CB_TOKEN_NAME) {
        cb_buffer_add(name, t[at].text, t[at].length);
        at++;
        if (at + 1 >= end || !is_op(&t[at], '.') || t[at + 1].type != CB_TOKEN_NAME)
            break;
        cb_buffer_add(name, ".", 1);
        at++;
    }
    return at;
}

/* import a.b, c as d: either the whole statement is understood, or nothing of it is taken. */
static void scan_import(struct scan *s, const struct cb_token *t, size_t i, size_t end, bool take)
{
    cleanup_buffer struct cb_buffer name = {0};
    while (i < end) {
        size_t after = read_dotted(t, i, end, &name);
        if (after == i)
            return;
        i = after;
        if (i + 1 < end && cb_token_is(&t[i], "as") && t[i + 1].type == CB_TOKEN_NAME) {
            if (!strcmp(name.text, "matplotlib") && t[i + 1].length < sizeof s->matplotlib)
                snprintf(s->matplotlib, sizeof s->matplotlib, "%.*s", (int)t[i + 1].length, t[i + 1].text);
            i += 2;
        }
        if (i < end && !is_op(&t[i], ','))
            return;
        if (take)
            add_import(s, name.text, name.length);
        i++;
    }
}

static void scan_from(struct scan *s, const struct cb_token *t, size_t i, size_t end)
{
    cleanup_buffer struct cb_buffer name = {0};
    size_t after = read_dotted(t, i, end, &name);
    if (after > i && after + 1 < end && cb_token_is(&t[after], "import") && strcmp(name.text, "__future__"))
        add_import(s, name.text, name.length);
}

static bool any_of(const struct cb_token *t, const char *const *words)
{
    for (; *words; words++)
        if (cb_token_is(t, *words))
            return true;
    return false;
}

static bool is_compound(const struct cb_token *t)
{
    static const char *const words[] = {"if",      "elif", "else", "for",   "while", "try", "except",
                                        "finally", "with", "def",  "class", "async", NULL};
    return any_of(t, words);
}

/* `os.environ` at tokens[i] is only read: .get() and the like, or ["X"] without an assignment. */
static bool environ_is_read(const struct cb_token *t, size_t i, size_t end)
{
    static const char *const readers[] = {"get", "copy", "items", "keys", "values", NULL};
    if (cb_token_is(&t[0], "del") || cb_token_is(&t[0], "from"))
        return false;
    if ((i >= 1 && cb_token_is(&t[i - 1], "in")) ||
        (i >= 3 && is_op(&t[i - 1], '.') && cb_token_is(&t[i - 3], "in")))
        return true;
    if (i + 2 < end && is_op(&t[i + 1], '.'))
        return any_of(&t[i + 2], readers);
    if (i + 1 >= end || !is_op(&t[i + 1], '['))
        return false;
    long depth = 0;
    size_t at = i + 1;
    for (; at < end; at++) {
        if (is_op(&t[at], '['))
            depth++;
        else if (is_op(&t[at], ']') && --depth == 0)
            break;
    }
    for (at++; at < end && !is_op(&t[at], ';'); at++)
        if (is_op(&t[at], '=') && !(at + 1 < end && is_op(&t[at + 1], '=')) &&
            !(is_op(&t[at - 1], '=') || is_op(&t[at - 1], '!') || is_op(&t[at - 1], '<') ||
              is_op(&t[at - 1], '>')))
            return false;
    return true;
}

/* Whether the token sets what later imports depend on. */
static bool sets_import_state(const struct scan *s, const struct cb_token *t, size_t i, size_t end)
{
    static const char *const always[] = {"chdir",      "fchdir",     "putenv",      "unsetenv", "importlib",
                                         "__import__", "addsitedir", "load_dotenv", NULL};
    static const char *const of_sys[] = {"path", "modules", "meta_path", "path_hooks", NULL};
    if (t[i].type == CB_TOKEN_MAGIC) {
        static const char *const magics[] = {"%env",  "%set_env", "%cd",  "%pushd",
                                             "%popd", "%dotenv",  "%run", NULL};
        for (const char *const *m = magics; *m; m++)
            if (t[i].length >= strlen(*m) && !memcmp(t[i].text, *m, strlen(*m)))
                return true;
        return false;
    }
    if (t[i].type != CB_TOKEN_NAME)
        return false;
    if (any_of(&t[i], always))
        return true;
    if (cb_token_is(&t[i], "environ"))
        return !environ_is_read(t, i, end);
    if (cb_token_is(&t[i], "sys"))
        return i + 2 < end && is_op(&t[i + 1], '.') && any_of(&t[i + 2], of_sys);
    if (i >= 1 && cb_token_is(&t[0], "from") && cb_token_is(&t[1], "sys"))
        return any_of(&t[i], of_sys);
    bool matplotlib = cb_token_is(&t[i], "matplotlib") || cb_token_is(&t[i], s->matplotlib);
    return matplotlib && i + 2 < end && is_op(&t[i + 1], '.') && cb_token_is(&t[i + 2], "use");
}

/* A statement of a logical line: tokens [i, end). True where the scan must end. */
static bool scan_statement(struct scan *s, const struct cb_token *t, size_t i, size_t end, bool take)
{
    for (size_t at = i; at < end; at++)
        if (sets_import_state(s, t + i, at - i, end - i))
            return true;
    if (i < end && t[i].type == CB_TOKEN_NAME && cb_token_is(&t[i], "import"))
        scan_import(s, t, i + 1, end, take);
    else if (take && i < end && t[i].type == CB_TOKEN_NAME && cb_token_is(&t[i], "from"))
        scan_from(s, t, i + 1, end);
    return false;
}

static bool scan_cell(struct scan *s, const char *source)
{
    struct cb_lexer lx;
    struct cb_token magic;
    if (!cb_lexer_begin(&lx, source, &magic)) {
        /* A cell that writes a module comes before the import that wants it. */
        return (magic.length >= 11 && !memcmp(magic.text, "%%writefile", 11)) ||
               (magic.length >= 6 && !memcmp(magic.text, "%%file", 6));
    }
    bool stop = false;
    while (!stop && cb_lexer_next(&lx)) {
        bool take = lx.indent == 0 && !is_compound(&lx.tokens[0]);
        long depth = 0;
        size_t begin = 0;
        for (size_t i = 0; !stop && i <= lx.n; i++) {
            if (i < lx.n && lx.tokens[i].type == CB_TOKEN_OP && strchr("([{", *lx.tokens[i].text))
                depth++;
            if (i < lx.n && lx.tokens[i].type == CB_TOKEN_OP && strchr(")]}", *lx.tokens[i].text))
                depth--;
            if (i < lx.n && !(depth <= 0 && is_op(&lx.tokens[i], ';')))
                continue;
            stop = scan_statement(s, lx.tokens, begin, i, take);
            begin = i + 1;
        }
    }
    cb_lexer_end(&lx);
    return stop;
}

void cb_analyzer_imports(const char *const *sources, size_t n_sources, struct cb_imports *out)
{
    *out = (struct cb_imports){0};
    struct scan s = {.out = out, .matplotlib = "mpl"};
    for (size_t i = 0; i < n_sources; i++)
        if (scan_cell(&s, sources[i]))
            break;
}

void cb_imports_free(struct cb_imports *imports)
{
    for (size_t i = 0; i < imports->n; i++)
        free(imports->names[i]);
    free(imports->names);
    *imports = (struct cb_imports){0};
}
