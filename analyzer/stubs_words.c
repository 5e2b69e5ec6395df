/*
 * analyzer: words of a shell command line: quotes, escapes, and what is expanded and therefore unknown.
 */
#include "analyzer/stubs_words.h"

#include <string.h>

static bool ends_word(char c)
{
    return c == 0 || strchr(" \t\n;|&<>()", c) != NULL;
}

/* Past `$(…)`, "${…}", "`…`" or IPython's "{…}", which count as a part of the word. */
static const char *skip_nested(const char *at, char open, char close)
{
    size_t depth = 0;
    for (; *at != 0 && *at != '\n'; at++) {
        if (*at == '\\' && at[1] != 0)
            at++;
        else if (*at == close && (open == close ? depth > 0 : depth == 1))
            return at + 1;
        else if (*at == open)
            depth++;
        else if (*at == close && depth > 0)
            depth--;
    }
    return at;
}

static void put(struct cb_words *words, char c)
{
    if (words->used < CB_WORDS_TEXT - 1)
        words->text[words->used++] = c;
}

/* What is expanded: the word is no longer plain. True if something was skipped. */
static bool skip_expansion(struct cb_words *words, struct cb_word *word)
{
    const char *at = words->at;
    if (*at == '$' && (at[1] == '(' || at[1] == '{'))
        words->at = skip_nested(at + 1, at[1], at[1] == '(' ? ')' : '}');
    else if (*at == '`')
        words->at = skip_nested(at, '`', '`');
    else if (*at == '{')
        words->at = skip_nested(at, '{', '}');
    else if (*at == '$')
        words->at++;
    else
        return false;
    word->plain = false;
    return true;
}

static void read_quoted(struct cb_words *words, struct cb_word *word)
{
    char quote = *words->at++;
    while (*words->at != 0 && *words->at != quote) {
        /* IPython replaces {x} and $x in single quotes too. */
        if (skip_expansion(words, word))
            continue;
        if (*words->at == '\\' && quote == '"' && words->at[1] != 0 && strchr("\"\\$`", words->at[1]) != NULL)
            words->at++;
        put(words, *words->at++);
    }
    if (*words->at == quote)
        words->at++;
    else
        word->plain = false;
}

struct cb_word cb_word_read(struct cb_words *words)
{
    struct cb_word word = {words->text + words->used, true};
    if (*words->at == '~')
        word.plain = false;
    while (!ends_word(*words->at)) {
        if (*words->at == '\'' || *words->at == '"') {
            read_quoted(words, &word);
            continue;
        }
        if (skip_expansion(words, &word))
            continue;
        if (*words->at == '\\' && words->at[1] != 0) {
            words->at++;
        } else if (*words->at == '*' || *words->at == '?' || *words->at == '[') {
            word.plain = false;
        }
        put(words, *words->at++);
    }
    if (words->used >= CB_WORDS_TEXT - 1)
        word.plain = false;
    put(words, 0);
    words->text[CB_WORDS_TEXT - 1] = 0;
    return word;
}

void cb_word_skip_blanks(struct cb_words *words)
{
    while (*words->at == ' ' || *words->at == '\t' || (*words->at == '\\' && words->at[1] == '\n'))
        words->at += *words->at == '\\' ? 2 : 1;
}

/* The lines of a here-document, up to the one that ends it. `at` is on the line's end. */
void cb_word_skip_document(struct cb_words *words)
{
    size_t length = strlen(words->here);
    while (*words->at == '\n') {
        const char *line = words->at + 1;
        line += strspn(line, "\t");
        size_t n = strcspn(line, "\n");
        words->at = line + n;
        if (n == length && strncmp(line, words->here, n) == 0)
            break;
    }
    words->here[0] = 0;
}

/* The number before a redirection, as in 2>, is a part of it. */
bool cb_word_is_descriptor(const struct cb_words *words)
{
    const char *at = words->at;
    while (*at >= '0' && *at <= '9')
        at++;
    return at > words->at && (*at == '<' || *at == '>');
}
