/*
 * The magics that IPython 8.5 and ipykernel 6.17 register by themselves (tests/analyzer/ipython_diff.py compares
 * the table with a running shell), and those of extensions that notebooks often load.
 */
#include "analyzer/ipython_private.h"

#include <string.h>

#define LINE CB_IPM_LINE
#define CELL CB_IPM_CELL
#define EXTENSION CB_IPM_EXTENSION
#define NO_EXPAND CB_IPM_NO_EXPAND
#define EXPAND_BODY CB_IPM_EXPAND_BODY
#define WORD CB_IPM_WORD
#define INLINE CB_IPM_INLINE
#define FUNCTION CB_IPM_FUNCTION
#define SHELL CB_IPM_SHELL
#define STATUS CB_IPM_STATUS
#define NONE CB_IPW_NONE
#define WORDS_CAPTURE CB_IPW_CAPTURE
#define WORDS_SCRIPT CB_IPW_SCRIPT
#define WORDS_STORE CB_IPW_STORE
#define WORDS_SC CB_IPW_SC
#define WORDS_FIRST CB_IPW_FIRST
#define WORDS_BOUND CB_IPW_BOUND
#define WORDS_READ CB_IPW_READ
#define WORDS_R CB_IPW_R

/* By name, in the order of strcmp(): name, flags, words, effect, ambient component, options before the code. */
static const struct cb_ipython_magic_row rows[] = {
    {"!", CELL | SHELL | EXPAND_BODY, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"HTML", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"R", LINE | CELL | EXTENSION, WORDS_R, CB_MAGIC_PURE, NULL, NULL}, /* rpy2 */
    {"SVG", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"aimport", LINE | EXTENSION, NONE, CB_MAGIC_AMBIENT, "imports", NULL},
    {"alias", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"alias_magic", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"autoawait", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"autocall", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"automagic", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"autoreload", LINE | EXTENSION, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"autosave", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"bash", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"bookmark", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL}, /* kept in the profile's database */
    {"capture", CELL | INLINE, WORDS_CAPTURE, CB_MAGIC_PURE, NULL, NULL},
    {"cat", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"cd", LINE, NONE, CB_MAGIC_AMBIENT, "cwd", NULL},
    {"clear", LINE | WORD, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"cls", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"colors", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"conda", LINE | WORD | STATUS, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL}, /* changes what later cells can import */
    {"config", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"connect_info", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"cp", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"cython", CELL | EXTENSION, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL}, /* binds what the compiled module has */
    {"cython_inline", CELL | EXTENSION, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL},
    {"cython_pyximport", CELL | EXTENSION, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL},
    {"debug", LINE | CELL | WORD | NO_EXPAND | INLINE, NONE, CB_MAGIC_PURE, NULL, "b:"},
    {"dhist", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"dirs", LINE | WORD, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"doctest_mode", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"dot", CELL | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"dotenv", LINE | EXTENSION, NONE, CB_MAGIC_AMBIENT, "environ", NULL},
    {"ed", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"edit", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"env", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "environ", NULL},
    {"file", CELL, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"flake8", CELL | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"gui", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"hist", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL}, /* with -o what earlier cells returned */
    {"history", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"html", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"javascript", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"js", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"killbgscripts", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"latex", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"ldir", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"less", LINE | WORD, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"lf", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"lk", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"ll", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"load", LINE | WORD, NONE, CB_MAGIC_FILES, NULL, NULL}, /* replaces the text of the cell, after it has run */
    {"load_ext", LINE, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL}, /* unless the extension is known: cb_ipython_item_effect */
    {"loadpy", LINE, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"logoff", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"logon", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"logstart", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"logstate", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"logstop", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"lprun", LINE | EXTENSION | INLINE, NONE, CB_MAGIC_PURE, NULL, "rsf:m:D:T:u:z"}, /* line_profiler */
    {"ls", LINE | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"lsmagic", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"lx", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"macro", LINE | WORD, WORDS_FIRST, CB_MAGIC_READS_ALL, NULL, NULL},
    {"magic", LINE | WORD, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"man", LINE | WORD, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"markdown", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"matplotlib", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "matplotlib", NULL},
    {"memit", LINE | CELL | EXTENSION | INLINE, NONE, CB_MAGIC_PURE, NULL, "r:t:i:coq"}, /* memory_profiler */
    {"mkdir", LINE | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL}, /* an alias of the shell command */
    {"more", LINE | WORD, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"mprun", LINE | EXTENSION | INLINE, NONE, CB_MAGIC_PURE, NULL, "rf:T:c"},
    {"mv", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"mypy", CELL | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"notebook", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL}, /* of the history */
    {"page", LINE | WORD, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"pastebin", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"pdb", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"pdef", LINE, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"pdoc", LINE, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"perl", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"pfile", LINE, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"pinfo", LINE, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"pinfo2", LINE, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"pip", LINE | WORD | STATUS, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL},
    {"popd", LINE, NONE, CB_MAGIC_AMBIENT, "cwd", NULL},
    {"pprint", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"precision", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL}, /* also numpy's print options */
    {"prun", LINE | CELL | WORD | NO_EXPAND | INLINE, NONE, CB_MAGIC_PURE, NULL, "D:l:rs:T:q"},
    {"psearch", LINE, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"psource", LINE, WORDS_READ, CB_MAGIC_PURE, NULL, NULL},
    {"pushd", LINE, NONE, CB_MAGIC_AMBIENT, "cwd", NULL},
    {"pwd", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"pycat", LINE, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"pycodestyle", CELL | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"pyinstrument", LINE | CELL | EXTENSION | INLINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"pylab", LINE, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL}, /* from pylab import * */
    {"pypy", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"python", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"python2", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"python3", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"qtconsole", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"quickref", LINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"recall", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"rehashx", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"reload_ext", LINE, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL},
    {"rep", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"rerun", LINE, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL}, /* runs earlier cells again */
    {"reset", LINE, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL},
    {"reset_selective", LINE, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL},
    {"rm", LINE | WORD | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"rmdir", LINE | STATUS, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"ruby", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"run", LINE | WORD, NONE, CB_MAGIC_WRITES_ALL, NULL, NULL}, /* runs a file in the namespace */
    {"save", LINE | WORD, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"sc", LINE | WORD | SHELL, WORDS_SC, CB_MAGIC_FILES, NULL, NULL},
    {"script", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"set_env", LINE, NONE, CB_MAGIC_AMBIENT, "environ", NULL},
    {"sh", CELL, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"snakeviz", LINE | CELL | EXTENSION | INLINE, NONE, CB_MAGIC_PURE, NULL, "tf:"},
    {"store", LINE | WORD, WORDS_STORE, CB_MAGIC_AMBIENT, "ipython", NULL}, /* kept in the profile's database; -r alone binds anything */
    {"svg", CELL, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"sx", LINE | CELL | WORD | SHELL | EXPAND_BODY, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"system", LINE | CELL | WORD | SHELL | EXPAND_BODY, WORDS_SCRIPT, CB_MAGIC_FILES, NULL, NULL},
    {"tb", LINE | WORD, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"tensorboard", LINE | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"tikz", LINE | CELL | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"time", LINE | CELL | WORD | NO_EXPAND | INLINE, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"timeit", LINE | CELL | WORD | NO_EXPAND | FUNCTION, NONE, CB_MAGIC_PURE, NULL, "n:r:tcp:qo"},
    {"unalias", LINE | WORD, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"unload_ext", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
    {"version_information", LINE | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"watermark", LINE | EXTENSION, NONE, CB_MAGIC_PURE, NULL, NULL},
    {"who", LINE, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"who_ls", LINE, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"whos", LINE, NONE, CB_MAGIC_READS_ALL, NULL, NULL},
    {"writefile", CELL, NONE, CB_MAGIC_FILES, NULL, NULL},
    {"xdel", LINE, WORDS_BOUND, CB_MAGIC_PURE, NULL, NULL}, /* deletes the name */
    {"xmode", LINE, NONE, CB_MAGIC_AMBIENT, "ipython", NULL},
};

static int compare(const char *a, size_t n, const char *row)
{
    int order = strncmp(a, row, n);
    return order ? order : row[n] ? -1 : 0;
}

const struct cb_ipython_magic_row *cb_ipython_magic_find(const char *name, size_t n)
{
    size_t low = 0, high = sizeof rows / sizeof rows[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare(name, n, rows[middle].name);
        if (order == 0)
            return &rows[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

enum cb_magic_effect cb_ipython_magic(const char *name, bool cell, const char **ambient)
{
    const struct cb_ipython_magic_row *row = cb_ipython_magic_find(name, strlen(name));
    *ambient = row ? row->ambient : NULL;
    if (!row) /* `%%x` in the middle of a cell is taken for the line magic `%x`, which no name can be */
        return name[0] == '%' || name[0] == '\0' ? CB_MAGIC_PURE : CB_MAGIC_WRITES_ALL;
    if (!(row->flags & (cell ? CB_IPM_CELL : CB_IPM_LINE))) { /* IPython raises UsageError */
        *ambient = NULL;
        return CB_MAGIC_PURE;
    }
    return (enum cb_magic_effect)row->effect;
}

/* Extensions that register magics and change nothing else; others, as far as is known, in no state that matters. */
static const char *const harmless_extensions[] = {
    "Cython", "IPython.extensions.autoreload", "IPython.extensions.storemagic", "autoreload", "autotime", "cython",
    "dotenv", "google.colab.data_table", "heat", "itikz", "jupyter_ai", "jupyternotify", "lab_black", "line_profiler",
    "memory_profiler", "nb_black", "pyinstrument", "pycodestyle_magic", "rpy2.ipython", "snakeviz", "sql", "storemagic",
    "tensorboard", "tikzmagic", "version_information", "watermark",
};

/* The number of words of a line, up to 2. */
static size_t count_words(const char *p)
{
    size_t n = 0;
    while (n < 2 && *(p += strspn(p, " \t"))) {
        n++;
        p += strcspn(p, " \t");
    }
    return n;
}

static bool is_harmless_extension(const char *args)
{
    args += strspn(args, " \t");
    size_t n = strcspn(args, " \t#");
    for (size_t i = 0; i < sizeof harmless_extensions / sizeof harmless_extensions[0]; i++)
        if (strlen(harmless_extensions[i]) == n && memcmp(harmless_extensions[i], args, n) == 0)
            return true;
    return false;
}

enum cb_magic_effect cb_ipython_item_effect(const struct cb_ipython_item *item, const char **ambient)
{
    *ambient = NULL;
    if (item->kind == CB_IPYTHON_SHELL)
        return CB_MAGIC_FILES;
    if (item->kind == CB_IPYTHON_HELP)
        return strchr(item->args, '*') ? CB_MAGIC_READS_ALL : CB_MAGIC_PURE;
    if (item->kind == CB_IPYTHON_CALL)
        return CB_MAGIC_PURE;
    const char *name = item->name, *args = item->args;
    enum cb_magic_effect effect = cb_ipython_magic(name, item->kind == CB_IPYTHON_CELL, ambient);
    if ((strcmp(name, "load_ext") == 0 || strcmp(name, "reload_ext") == 0) && is_harmless_extension(args)) {
        *ambient = "ipython";
        return CB_MAGIC_AMBIENT;
    }
    if (strcmp(name, "store") == 0 && item->kind == CB_IPYTHON_MAGIC && strncmp(args, "-r", 2) == 0 && !item->names[0]) {
        *ambient = NULL;
        return CB_MAGIC_WRITES_ALL;
    }
    if (strcmp(name, "env") == 0 && effect == CB_MAGIC_AMBIENT && count_words(args) < 2 && !strchr(args, '=')) {
        *ambient = NULL; /* only shows */
        return CB_MAGIC_PURE;
    }
    return effect;
}
