/*
 * analyzer: the files that a shell command line names. Not a shell: words, quotes, operators and the
 * arguments of well-known commands, as far as they can be read off the text. What depends on variables, globs
 * or substitutions is left out.
 */
#include "analyzer/stubs.h"
#include "analyzer/stubs_words.h"

#include <limits.h>
#include <string.h>

/* Words of one command that are kept; what a longer one names beyond them is not seen. */
enum { MAX_WORDS = 256 };

struct shell {
    struct cb_words input;
    void (*see)(void *context, const char *path, bool written);
    void *context;
    struct cb_word words[MAX_WORDS];
    size_t n_words;
    char folder[PATH_MAX]; /* where `cd` went, with a slash; "" at first */
    bool lost;             /* it went where we cannot follow */
};

static void see(struct shell *shell, const struct cb_word *word, bool written)
{
    const char *path = word->text;
    if (!word->plain || path[0] == 0 || strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0)
        return;
    if (path[0] == '/' || (shell->folder[0] == 0 && !shell->lost)) {
        shell->see(shell->context, path, written);
        return;
    }
    char joined[PATH_MAX];
    int n = snprintf(joined, sizeof joined, "%s%s", shell->folder, path);
    if (!shell->lost && n > 0 && (size_t)n < sizeof joined)
        shell->see(shell->context, joined, written);
}

/* ---- commands ---- */

enum {
    READ = 1,
    WRITE = 2,
    FIRST_IS_NO_FILE = 4,
    DEFAULT_HERE = 8,
    TO_LAST = 16,
    OPTIONS_ONLY = 32,
    ONE = 64,
    SCRIPT = 128,
    GZIP = 256,
    GUNZIP = 512
};

struct command {
    const char *name;
    unsigned what;
    const char *valued;         /* options with a value of their own that names no file: letters */
    const char *reads, *writes; /* options whose value is a file that is read or written: letters, or NULL */
};

/* Operands as in POSIX.1-2017 and the manual pages of GNU coreutils. Sorted by name. */
static const struct command commands[] = {
    {"awk", READ | FIRST_IS_NO_FILE, "Fv", "f", NULL},
    {"base64", READ, "w", NULL, NULL},
    {"bash", READ | SCRIPT, "co", NULL, NULL},
    {"bunzip2", READ | GUNZIP, "", NULL, NULL},
    {"bzip2", READ | GZIP, "", NULL, NULL},
    {"cat", READ, "", NULL, NULL},
    {"chmod", WRITE | FIRST_IS_NO_FILE, "", NULL, NULL},
    {"cksum", READ, "", NULL, NULL},
    {"cmp", READ, "in", NULL, NULL},
    {"comm", READ, "", NULL, NULL},
    {"convert", TO_LAST, "", NULL, NULL},
    {"cp", TO_LAST, "St", NULL, NULL},
    {"curl", OPTIONS_ONLY, "HdXAebumF", "T", "o"},
    {"cut", READ, "dfbc", NULL, NULL},
    {"diff", READ, "UCI", NULL, NULL},
    {"dos2unix", READ | WRITE, "", NULL, NULL},
    {"du", READ | DEFAULT_HERE, "d", NULL, NULL},
    {"egrep", READ | FIRST_IS_NO_FILE, "eABCm", "f", NULL},
    {"fgrep", READ | FIRST_IS_NO_FILE, "eABCm", "f", NULL},
    {"file", READ, "m", "f", NULL},
    {"find", READ | ONE | DEFAULT_HERE, "", NULL, NULL},
    {"fold", READ, "w", NULL, NULL},
    {"g++", READ, "IDLlOWstd", NULL, "o"},
    {"gcc", READ, "IDLlOWstd", NULL, "o"},
    {"grep", READ | FIRST_IS_NO_FILE, "eABCm", "f", NULL},
    {"gunzip", READ | GUNZIP, "S", NULL, NULL},
    {"gzip", READ | GZIP, "S", NULL, NULL},
    {"head", READ, "nc", NULL, NULL},
    {"install", TO_LAST, "mog", NULL, NULL},
    {"jq", READ | FIRST_IS_NO_FILE, "L", "f", NULL},
    {"less", READ, "", NULL, NULL},
    {"ln", TO_LAST, "St", NULL, NULL},
    {"ls", READ | DEFAULT_HERE, "Iw", NULL, NULL},
    {"md5sum", READ, "", NULL, NULL},
    {"mkdir", WRITE, "m", NULL, NULL},
    {"mkfifo", WRITE, "m", NULL, NULL},
    {"more", READ, "", NULL, NULL},
    {"mv", TO_LAST | WRITE, "St", NULL, NULL},
    {"nl", READ, "bvw", NULL, NULL},
    {"node", READ | SCRIPT, "e", NULL, NULL},
    {"od", READ, "AtjN", NULL, NULL},
    {"paste", READ, "d", NULL, NULL},
    {"perl", READ | SCRIPT, "eMI", NULL, NULL},
    {"pip", OPTIONS_ONLY, "", "r", NULL},
    {"pip3", OPTIONS_ONLY, "", "r", NULL},
    {"python", READ | SCRIPT, "cmWX", NULL, NULL},
    {"python3", READ | SCRIPT, "cmWX", NULL, NULL},
    {"rm", READ | WRITE, "", NULL, NULL},
    {"rmdir", READ | WRITE, "", NULL, NULL},
    {"rsync", TO_LAST, "e", NULL, NULL},
    {"sed", READ | FIRST_IS_NO_FILE, "e", "f", NULL},
    {"sh", READ | SCRIPT, "co", NULL, NULL},
    {"sha1sum", READ, "", NULL, NULL},
    {"sha256sum", READ, "", NULL, NULL},
    {"sort", READ, "ktST", NULL, "o"},
    {"source", READ | ONE, "", NULL, NULL},
    {"split", READ | ONE, "lbna", NULL, NULL},
    {"stat", READ, "c", NULL, NULL},
    {"strings", READ, "n", NULL, NULL},
    {"tac", READ, "s", NULL, NULL},
    {"tail", READ, "nc", NULL, NULL},
    {"tee", WRITE, "", NULL, NULL},
    {"touch", WRITE, "dt", "r", NULL},
    {"tree", READ | DEFAULT_HERE, "LIP", NULL, "o"},
    {"truncate", WRITE, "s", "r", NULL},
    {"uniq", READ | ONE, "fsw", NULL, NULL},
    {"unlink", READ | WRITE, "", NULL, NULL},
    {"unzip", READ | ONE, "xP", NULL, "d"},
    {"wc", READ, "", NULL, NULL},
    {"wget", OPTIONS_ONLY, "PUte", "i", "O"},
    {"xxd", READ, "lsc", NULL, NULL},
    {"zcat", READ, "", NULL, NULL},
};

static int compare_command(const void *name, const void *command)
{
    return strcmp(name, ((const struct command *)command)->name);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The value of the option that `letter` begins: the rest of the word, or the next word. */
static bool option_value(struct shell *shell, size_t *i, const char *rest, struct cb_word *out)
{
    if (*rest != 0) {
        *out = (struct cb_word){rest, shell->words[*i].plain};
        return true;
    }
    if (*i + 1 >= shell->n_words)
        return false;
    *out = shell->words[++*i];
    return true;
}

/* A word such as -la, -n5, -o FILE, --output=FILE; `i` moves past a value that is the next word. True if it
 * said what the command's first operand would: grep -e PATTERN. */
static bool read_option(struct shell *shell, const struct command *command, size_t *i)
{
    const char *text = shell->words[*i].text;
    struct cb_word value;
    if (text[1] == '-') {
        const char *equals = strchr(text, '=');
        if (equals != NULL && command->writes != NULL &&
            (strncmp(text, "--output", 8) == 0 || strncmp(text, "--output-document", 17) == 0))
            see(shell, &(struct cb_word){equals + 1, shell->words[*i].plain}, true);
        else if (equals == NULL && command->writes != NULL && strcmp(text, "--output") == 0 &&
                 option_value(shell, i, "", &value))
            see(shell, &value, true);
        return false;
    }
    for (const char *letter = text + 1; *letter != 0; letter++) {
        bool reads = command->reads != NULL && strchr(command->reads, *letter) != NULL;
        bool writes = command->writes != NULL && strchr(command->writes, *letter) != NULL;
        if (!reads && !writes && strchr(command->valued, *letter) == NULL)
            continue;
        if (option_value(shell, i, letter + 1, &value) && (reads || writes))
            see(shell, &value, writes);
        return strchr(command->what & SCRIPT ? "cem" : "ef", *letter) != NULL;
    }
    return false;
}

/* Operands of `cp a b`, `mv a b folder/`: all but the last are read, copies of them written. */
static void see_copies(struct shell *shell, const struct command *command, const size_t *operands, size_t n)
{
    if (n < 2)
        return;
    const struct cb_word *last = &shell->words[operands[n - 1]];
    size_t length = strlen(last->text);
    bool folder = n > 2 || (length > 0 && last->text[length - 1] == '/');
    for (size_t i = 0; i + 1 < n; i++) {
        const struct cb_word *from = &shell->words[operands[i]];
        see(shell, from, false);
        if (command->what & WRITE)
            see(shell, from, true);
        char path[PATH_MAX];
        const char *slash = length > 0 && last->text[length - 1] == '/' ? "" : "/";
        int made = snprintf(path, sizeof path, "%s%s%s", last->text, slash, base_name(from->text));
        if (folder && made > 0 && (size_t)made < sizeof path)
            see(shell, &(struct cb_word){path, last->plain && from->plain}, true);
    }
    if (!folder)
        see(shell, last, true);
}

/* gzip f makes f.gz of f, gunzip the other way round; both remove what they read. */
static void see_packed(struct shell *shell, const struct command *command, const struct cb_word *word)
{
    const char *suffix = command->name[0] == 'b' ? ".bz2" : ".gz";
    size_t length = strlen(word->text), end = strlen(suffix);
    char path[PATH_MAX];
    int n = -1;
    if (command->what & GZIP)
        n = snprintf(path, sizeof path, "%s%s", word->text, suffix);
    else if (length > end && strcmp(word->text + length - end, suffix) == 0)
        n = snprintf(path, sizeof path, "%.*s", (int)(length - end), word->text);
    see(shell, word, true);
    if (n > 0 && (size_t)n < sizeof path)
        see(shell, &(struct cb_word){path, word->plain}, true);
}

static void see_operands(struct shell *shell, const struct command *command, const size_t *operands, size_t n,
                         bool first_said)
{
    if (command->what & TO_LAST) {
        see_copies(shell, command, operands, n);
        return;
    }
    size_t first = (command->what & FIRST_IS_NO_FILE) && !first_said ? 1 : 0;
    if (command->what & OPTIONS_ONLY || ((command->what & SCRIPT) && first_said))
        n = first;
    if (command->what & (ONE | SCRIPT) && n > first + 1)
        n = first + 1;
    for (size_t i = first; i < n; i++) {
        if (command->what & READ)
            see(shell, &shell->words[operands[i]], false);
        if (command->what & WRITE)
            see(shell, &shell->words[operands[i]], true);
        if (command->what & (GZIP | GUNZIP))
            see_packed(shell, command, &shell->words[operands[i]]);
    }
    if (n == 0 && command->what & DEFAULT_HERE)
        see(shell, &(struct cb_word){".", true}, false);
}

/* sed -i changes the files that it reads. */
static bool edits_in_place(const struct shell *shell)
{
    for (size_t i = 1; i < shell->n_words; i++)
        if (strncmp(shell->words[i].text, "-i", 2) == 0 ||
            strncmp(shell->words[i].text, "--in-place", 10) == 0)
            return true;
    return false;
}

/* git clone URL makes a folder named like the URL's last part. */
static void see_clone(struct shell *shell)
{
    const struct cb_word *operands[2] = {NULL, NULL};
    size_t n = 0;
    for (size_t i = 2; i < shell->n_words && n < 2; i++) {
        const char *text = shell->words[i].text;
        if (text[0] != '-')
            operands[n++] = &shell->words[i];
        else if (strcmp(text, "-b") == 0 || strcmp(text, "--depth") == 0 || strcmp(text, "--branch") == 0)
            i++;
    }
    if (n == 0)
        return;
    if (n == 2) {
        see(shell, operands[1], true);
        return;
    }
    const char *base = base_name(operands[0]->text);
    size_t length = strlen(base);
    char path[NAME_MAX + 1];
    if (length > 4 && strcmp(base + length - 4, ".git") == 0)
        length -= 4;
    if (length < sizeof path) {
        snprintf(path, sizeof path, "%.*s", (int)length, base);
        see(shell, &(struct cb_word){path, operands[0]->plain}, true);
    }
}

/* wget URL and curl -O URL write a file named like the URL's last part. */
static void see_download(struct shell *shell, const char *name, const size_t *operands, size_t n)
{
    bool named = strcmp(name, "wget") == 0;
    for (size_t i = 1; i < shell->n_words; i++) {
        const char *text = shell->words[i].text;
        if (text[0] != '-' || text[1] == '-')
            continue;
        if (named ? strpbrk(text, "OP") != NULL : strchr(text, 'O') != NULL) {
            named = !named;
            break;
        }
    }
    for (size_t i = 0; named && i < n; i++) {
        const struct cb_word *url = &shell->words[operands[i]];
        const char *base = base_name(url->text);
        if (base != url->text && base[0] != 0 && strpbrk(base, "?#") == NULL)
            see(shell, &(struct cb_word){base, url->plain}, true);
    }
}

/* tar -czf a.tgz folder; tar xf a.tgz -C folder */
static void see_tar(struct shell *shell)
{
    bool creates = false, archive_next = false, first = true;
    const struct cb_word *archive = NULL;
    for (size_t i = 1; i < shell->n_words; i++) {
        const struct cb_word *word = &shell->words[i];
        bool option = word->text[0] == '-' && word->text[1] != '-';
        if (archive_next) {
            archive = word;
            archive_next = false;
            if (archive != NULL)
                see(shell, archive, creates);
        } else if (option && strcmp(word->text, "-C") == 0) {
            if (++i < shell->n_words)
                see(shell, &shell->words[i], !creates);
        } else if (option || first) {
            creates = creates || strpbrk(word->text, "cru") != NULL;
            archive_next = strchr(word->text, 'f') != NULL;
        } else if (word->text[0] != '-' && creates) {
            see(shell, word, false);
        }
        first = false;
    }
}

static void change_folder(struct shell *shell)
{
    const struct cb_word *to = shell->n_words > 1 ? &shell->words[1] : NULL;
    size_t used = to != NULL && to->text[0] == '/' ? 0 : strlen(shell->folder);
    if (to == NULL || !to->plain || to->text[0] == '-') {
        shell->lost = true;
        return;
    }
    if (to->text[0] == '/')
        shell->lost = false;
    size_t length = strlen(to->text);
    const char *slash = length > 0 && to->text[length - 1] == '/' ? "" : "/";
    int n = snprintf(shell->folder + used, sizeof shell->folder - used, "%s%s", to->text, slash);
    if (n < 0 || (size_t)n >= sizeof shell->folder - used)
        shell->lost = true;
}

static bool is_assignment(const char *text)
{
    size_t n = 0;
    while ((text[n] >= 'a' && text[n] <= 'z') || (text[n] >= 'A' && text[n] <= 'Z') || text[n] == '_' ||
           (n > 0 && text[n] >= '0' && text[n] <= '9'))
        n++;
    return n > 0 && text[n] == '=';
}

/* What comes before the command proper: `X=1`, `sudo`, `then` … */
static bool is_prefix(const char *text)
{
    static const char *const words[] = {"sudo", "time", "nohup", "env", "exec",  "command", "nice",
                                        "then", "do",   "else",  "if",  "while", "!",       "{"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return is_assignment(text);
}

/* A command of the table: its options and operands. */
static void see_command(struct shell *shell, const struct command *command)
{
    size_t operands[MAX_WORDS], n = 0;
    bool first_said = false, options = true;
    struct command in_place;
    if (strcmp(command->name, "sed") == 0 && edits_in_place(shell)) {
        in_place = *command;
        in_place.what |= WRITE;
        command = &in_place;
    }
    for (size_t i = 1; i < shell->n_words; i++) {
        const char *text = shell->words[i].text;
        if (options && strcmp(text, "--") == 0) {
            options = false;
        } else if (options && text[0] == '-' && text[1] != 0) {
            first_said |= read_option(shell, command, &i);
        } else {
            operands[n++] = i;
            /* What follows a script's name is the script's. */
            options = options && !(command->what & SCRIPT);
        }
    }
    see_operands(shell, command, operands, n, first_said);
    if (strcmp(command->name, "wget") == 0 || strcmp(command->name, "curl") == 0)
        see_download(shell, command->name, operands, n);
}

static void end_command(struct shell *shell)
{
    size_t skip = 0;
    while (skip < shell->n_words && is_prefix(shell->words[skip].text))
        skip++;
    shell->n_words -= skip;
    memmove(shell->words, shell->words + skip, shell->n_words * sizeof shell->words[0]);
    if (shell->n_words > 0 && shell->words[0].plain) {
        const char *name = base_name(shell->words[0].text);
        const struct command *command =
            bsearch(strcmp(name, ".") == 0 ? "source" : name, commands, sizeof commands / sizeof commands[0],
                    sizeof commands[0], compare_command);
        if (strcmp(name, "cd") == 0)
            change_folder(shell);
        else if (strcmp(name, "tar") == 0)
            see_tar(shell);
        else if (strcmp(name, "git") == 0 && shell->n_words > 1 && strcmp(shell->words[1].text, "clone") == 0)
            see_clone(shell);
        else if (command != NULL)
            see_command(shell, command);
        else if (strchr(shell->words[0].text, '/') != NULL)
            see(shell, &shell->words[0], false); /* ./run.sh */
    }
    shell->n_words = 0;
    shell->input.used = 0;
}

/* `> file`, `2>> file`, `< file`, `2>&1`, `<<EOF`. `at` is on the first < or >. */
static void read_redirection(struct shell *shell)
{
    char kind = *shell->input.at++;
    bool append = *shell->input.at == kind;
    bool here = kind == '<' && append;
    if (append || *shell->input.at == '|' || (kind == '<' && *shell->input.at == '>'))
        shell->input.at++;
    bool document = here && *shell->input.at != '<';
    if (here && (*shell->input.at == '<' || *shell->input.at == '-'))
        shell->input.at++;
    bool descriptor = *shell->input.at == '&';
    if (descriptor)
        shell->input.at++;
    if (*shell->input.at == '(') /* <(command): its commands are read like any */
        return;
    cb_word_skip_blanks(&shell->input);
    size_t mark = shell->input.used;
    struct cb_word word = cb_word_read(&shell->input);
    if (!here && !descriptor)
        see(shell, &word, kind == '>');
    if (document)
        snprintf(shell->input.here, sizeof shell->input.here, "%s", word.text);
    shell->input.used = mark;
}

void cb_stub_shell(const char *command, void (*see_path)(void *context, const char *path, bool written),
                   void *context)
{
    struct shell shell;
    shell.input.at = command;
    shell.see = see_path;
    shell.context = context;
    shell.n_words = shell.input.used = 0;
    shell.folder[0] = shell.input.here[0] = 0;
    shell.lost = false;
    for (;;) {
        cb_word_skip_blanks(&shell.input);
        char c = *shell.input.at;
        if (c == '#') {
            shell.input.at += strcspn(shell.input.at, "\n");
        } else if (c == '<' || c == '>') {
            read_redirection(&shell);
        } else if (c == '&' && shell.input.at[1] == '>') {
            shell.input.at++; /* &> file */
        } else if (c == 0 || strchr("\n;|&()", c) != NULL) {
            end_command(&shell);
            if (c == 0)
                return;
            if (c == '\n' && shell.input.here[0] != 0)
                cb_word_skip_document(&shell.input);
            else
                shell.input.at++;
        } else if (cb_word_is_descriptor(&shell.input)) {
            shell.input.at += strspn(shell.input.at, "0123456789");
        } else {
            struct cb_word word = cb_word_read(&shell.input);
            if (shell.n_words < MAX_WORDS)
                shell.words[shell.n_words++] = word;
        }
    }
}
