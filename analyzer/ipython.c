/*
 * A cell as IPython's TransformerManager.transform_cell() and, for a cell of one line, the prefilter take it.
 * IPython tokenizes the cell again after each piece that it has replaced; here one pass does, since what comes
 * before a piece does not depend on it, and after it the tokenizer is where it was with a call in its place.
 */
#include "analyzer/ipython_private.h"

#include <string.h>

/* inputtransformer2.TRANSFORM_LOOP_LIMIT: IPython refuses a cell with as many. */
#define TRANSFORM_LIMIT 499u
/* To know whether a line such as `!cmd (` ends with `?`, its logical line is followed this far. */
#define HELP_LOOKAHEAD 16384u

/* --- the fast way out --- */

enum byte_class { PERCENT = 1, BANG = 2, QUESTION = 4, SEPARATOR = 8 };

/* Comparisons rather than a table, so that the compiler can do 16 bytes at a time. */
#ifdef __clang__ /* does so by itself at -O2 */
#define VECTORIZED
#else
#define VECTORIZED __attribute__((optimize("O3")))
#endif
VECTORIZED static unsigned classes_of(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    uint8_t percent = 0, bang = 0, question = 0, separator = 0;
    for (size_t i = 0; i < n; i++) {
        percent |= p[i] == '%';
        bang |= p[i] == '!';
        question |= p[i] == '?';
        /* \v \f \r and the separators 0x1c to 0x1e; others between them do no harm */
        separator |= (uint8_t)(p[i] - 0x0b) < 0x14;
    }
    return (percent ? PERCENT : 0u) | (bang ? BANG : 0u) | (question ? QUESTION : 0u) | (separator ? SEPARATOR : 0u);
}

/* Whether an escape character begins a line (a separator beyond ASCII counts as the end of one). */
static bool line_starts_with_escape(const char *p, const char *end)
{
    while (p < end) {
        while (p < end && (*p == ' ' || *p == '\t'))
            p++;
        if (p < end && (*p == ',' || *p == ';' || *p == '/' || *p == '%'))
            return true;
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p)
            return false;
        p++;
    }
    return false;
}

/* A `%` that may begin a magic: at the start of a line or after `=`. */
static bool has_magic(const char *text, const char *end)
{
    for (const char *p = text; (p = memchr(p, '%', (size_t)(end - p))); p++) {
        const char *before = p;
        while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
            before--;
        if (before == text || before[-1] == '=' || before[-1] == '\n' || (unsigned char)before[-1] >= 0x80)
            return true;
    }
    return false;
}

static bool has_bang(const char *p, const char *end)
{
    for (; (p = memchr(p, '!', (size_t)(end - p))); p++)
        if (p + 1 == end || p[1] != '=')
            return true;
    return false;
}

/* Whether the text may be anything else than Python that IPython leaves alone. */
static bool may_change(const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    while (p < end && *p == '\n')
        p++;
    if (p == end)
        return false;
    if (cb_ipython_space(p, end) || (unsigned char)*p >= 0x80)
        return true;
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    if (!newline || newline + 1 == end || cb_ipython_has_prompt(p, (size_t)(end - p)))
        return true; /* one line: it may be a magic without `%` */
    unsigned classes = classes_of(p, (size_t)(end - p));
    return (classes & (SEPARATOR | QUESTION)) || ((classes & BANG) && has_bang(p, end)) ||
           ((classes & PERCENT) && has_magic(p, end)) || line_starts_with_escape(p, end);
}

/* --- output --- */

struct region {
    struct cb_ipython_reader *r;
    const char *text; /* cleaned, newline at the end */
    size_t n, start, copied;
    unsigned depth, transforms;
    bool help_failed;
    bool only_assigned; /* all items so far stand behind `=` */
};

static uint32_t count_newlines(const char *p, size_t n)
{
    uint32_t count = 0;
    for (const char *end = p + n; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        count++;
    return count;
}

static void copy_until(struct region *g, size_t pos)
{
    if (pos <= g->copied)
        return;
    cb_buffer_add(&g->r->out, g->text + g->copied, pos - g->copied);
    g->r->line += count_newlines(g->text + g->copied, pos - g->copied);
    g->copied = pos;
}

/* After an item: the ends of the lines from `from` to `to`. */
static void skip_lines(struct region *g, size_t from, size_t to)
{
    for (size_t pos = from; pos < to;) {
        size_t next = cb_ipython_line_end(g->text, g->n, pos);
        char last = g->text[next - 1];
        if (last == '\n' || last == '\r')
            cb_buffer_adds(&g->r->out, last == '\n' ? "\n" : "\r");
        else if (next == to) /* a separator that ends no line for Python, but did for the item */
            cb_buffer_adds(&g->r->out, ";");
        g->r->line += last == '\n';
        pos = next;
    }
    g->copied = to;
}

/* --- pieces --- */

/* find_end_of_continued_line: past the last of the lines joined by backslashes, from the one that holds `pos`. */
static size_t continued_end(const struct region *g, size_t pos)
{
    for (;;) {
        size_t end = cb_ipython_line_end(g->text, g->n, pos);
        if (end - pos < 2 || memcmp(g->text + end - 2, "\\\n", 2) != 0 || end >= g->n)
            return end;
        pos = end;
    }
}

/* assemble_continued_line: the lines without their backslashes, joined by spaces. In the arena. */
static char *assemble(const struct region *g, size_t pos, size_t end)
{
    char *out = cb_arena_alloc(g->r->arena, end - pos + 1), *q = out;
    while (pos < end) {
        size_t next = cb_ipython_line_end(g->text, g->n, pos);
        const char *p = g->text + pos, *stop = cb_ipython_rstrip(p, g->text + next);
        if (next < end && stop > p)
            stop--;
        memcpy(q, p, (size_t)(stop - p));
        q += stop - p;
        if (next < end)
            *q++ = ' ';
        pos = next;
    }
    *q = '\0';
    return out;
}

/* str.partition(' '): cuts the name off; returns the rest. */
static const char *cut_name(char *text)
{
    char *space = strchr(text, ' ');
    if (!space)
        return text + strlen(text);
    *space = '\0';
    return space + 1;
}

/* `,f a b`, `;f a b`, `/f a b` as the call that IPython makes of it. */
static char *make_call(struct cb_arena *arena, char escape, const char *content)
{
    cleanup_buffer struct cb_buffer call = {0};
    cleanup_free char *name = cb_strdup(content);
    const char *args = cut_name(name), *end = args + strlen(args), *quote = escape == '/' ? "" : "\"";
    cb_buffer_addf(&call, "%s(%s", name, quote);
    if (escape == ';') {
        cb_buffer_adds(&call, args);
    } else {
        for (bool first = true;; first = false) {
            size_t space;
            while ((space = cb_ipython_space(args, end)))
                args += space;
            if (args == end)
                break;
            const char *word = args;
            while (args < end && !cb_ipython_space(args, end))
                args++;
            if (!first)
                cb_buffer_addf(&call, "%s, %s", quote, quote);
            cb_buffer_add(&call, word, (size_t)(args - word));
        }
    }
    cb_buffer_addf(&call, "%s)", quote);
    return cb_arena_copy(arena, call.text, call.length);
}

static void escaped_item(struct region *g, size_t pos)
{
    struct cb_ipython_reader *r = g->r;
    size_t end = continued_end(g, pos);
    char *line = assemble(g, pos, end);
    char escape = line[0], *content = line + 1;
    bool twice = (escape == '!' || escape == '?') && line[1] == escape;
    copy_until(g, pos);
    if (escape == '%') {
        const char *args = cut_name(content);
        cb_ipython_line_magic(r, content, args, false, g->depth);
    } else if (escape == '!') {
        cb_ipython_shell(r, content + twice, twice);
    } else if (escape == '?') {
        cb_ipython_help(r, content + twice, strlen(content + twice));
    } else {
        char *call = make_call(r->arena, escape, content);
        if (call[0] == '%' && call[1] == '%') { /* no cell magic in this place */
            const char *args = cut_name(call + 1);
            cb_ipython_line_magic(r, call + 1, args, false, g->depth);
        } else if (call[0] && strchr("!%?,;/", call[0]) && g->depth < CB_IPYTHON_DEPTH) {
            cb_ipython_region(r, call, strlen(call), g->depth + 1); /* IPython looks at it again: `/%cd a` */
            r->changed = true;
        } else {
            cb_ipython_call(r, content, call);
        }
    }
    skip_lines(g, pos, end);
}

static void assigned_item(struct region *g, size_t pos)
{
    size_t end = continued_end(g, pos);
    char *rhs = assemble(g, pos, end);
    copy_until(g, pos);
    if (rhs[0] == '%') {
        const char *args = cut_name(rhs + 1);
        cb_ipython_line_magic(g->r, rhs + 1, args, true, g->depth);
    } else {
        cb_ipython_shell(g->r, rhs + 1, true);
    }
    skip_lines(g, pos, end);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* _help_end_re at the end of a text: `%{0,2}(?!\d)[\w*]+(\.(?!\d)[\w*]+)*` before one or two `?`. Returns the
 * leftmost start and sets `*stop` to the first `?`, or NULL. */
static const char *help_target(const char *p, const char *end, const char **stop)
{
    if (end > p && end[-1] == '\n')
        end--;
    if (end == p || end[-1] != '?')
        return NULL;
    end -= end - p >= 2 && end[-2] == '?' ? 2 : 1;
    *stop = end;
    const char *start = NULL, *q = end;
    for (;;) {
        const char *part = q;
        while (cb_ipython_word_before(part, p) || (part > p && part[-1] == '*'))
            part--;
        const char *letter = part;
        while (letter < q && is_digit(*letter))
            letter++;
        if (letter == q)
            return start; /* no name before the dot, or a number */
        start = letter;
        if (letter > part)
            return start;
        if (part == p || part[-1] != '.')
            break;
        q = part - 1;
    }
    for (int i = 0; i < 2 && start > p && start[-1] == '%'; i++)
        start--;
    return start;
}

/* HelpEnd.transform: from the start of a statement to the line that ends with `?`. */
static bool help_item(struct region *g, size_t start, size_t question)
{
    size_t end = cb_ipython_line_end(g->text, g->n, question);
    const char *stop, *target = help_target(g->text + start, g->text + end, &stop);
    if (!target)
        return false;
    copy_until(g, start);
    cb_ipython_help(g->r, target, (size_t)(stop - target));
    skip_lines(g, start, end);
    return true;
}

/* --- logical lines --- */

/* A logical line as make_tokens_by_line() groups tokens, and what was found in it. */
struct line {
    size_t n_tokens;
    struct cb_ipython_token first, before_last, last;
    int64_t inner; /* brackets, never below 0 */
    enum { LOOKING, AFTER_EQUALS, AFTER_PERCENT, SETTLED } assign;
    bool only_errors; /* since `=` */
    size_t percent;
    enum { NOTHING, ESCAPED, ASSIGNED } found;
    size_t at;                     /* of what was found */
    int64_t depth, grouping; /* the two counts of brackets before it */
};

static bool token_is(const struct region *g, const struct cb_ipython_token *token, char c)
{
    return token->end - token->start == 1 && g->text[token->start] == c;
}

/* The physical line of an `=` begins with it; SystemAssign leaves that alone. */
static bool line_begins_with_equals(const struct region *g, size_t line_start)
{
    const char *p = g->text + line_start, *end = g->text + g->n;
    for (size_t length; (length = cb_ipython_space(p, end)); p += length)
        ;
    return p < end && *p == '=';
}

static void found(struct line *line, int what, size_t at)
{
    if (line->found)
        return;
    line->found = what == ESCAPED ? ESCAPED : ASSIGNED;
    line->at = at;
}

/* MagicAssign.find and SystemAssign.find, one token at a time. */
static void see_assignment(const struct region *g, struct line *line, const struct cb_ipython_token *token,
                           size_t line_start)
{
    char c = token->end > token->start && token->end - token->start == 1 ? g->text[token->start] : '\0';
    if (line->assign == AFTER_PERCENT) {
        if (token->type == CB_IPT_NAME)
            found(line, ASSIGNED, line->percent);
        line->assign = SETTLED;
    } else if (line->assign == AFTER_EQUALS) {
        if (c == '%' && line->only_errors) {
            line->percent = token->start;
            line->assign = AFTER_PERCENT;
        } else if (token->type == CB_IPT_ERROR && c == '!') {
            if (line->percent != SIZE_MAX)
                found(line, ASSIGNED, token->start);
            line->assign = SETTLED;
        } else if (token->type == CB_IPT_SPACE) {
            line->only_errors = false;
        } else {
            line->assign = SETTLED;
        }
    } else if (token->type == CB_IPT_OP && line->assign == LOOKING) {
        if (c == '=' && line->inner == 0) {
            line->assign = AFTER_EQUALS;
            line->only_errors = true; /* nothing at all yet */
            line->percent = line_begins_with_equals(g, line_start) ? SIZE_MAX : 0;
        } else if (c == '(' || c == '[' || c == '{') {
            line->inner++;
        } else if ((c == ')' || c == ']' || c == '}') && line->inner > 0) {
            line->inner--;
        }
    }
}

static void see_token(const struct region *g, struct line *line, const struct cb_ipython_token *token,
                      size_t line_start)
{
    if (line->n_tokens++ == 0) {
        line->first = *token;
        char c = token->end - token->start == 1 ? g->text[token->start] : '\0';
        if ((c == '!' || c == '?' || c == '%' || c == ',' || c == ';' || c == '/') && (token->type == CB_IPT_OP || token->type == CB_IPT_ERROR))
            found(line, ESCAPED, token->start);
    }
    if (line->assign != SETTLED)
        see_assignment(g, line, token, line_start);
    line->before_last = line->last;
    line->last = *token;
}

/* HelpEnd.find: the last but one token, the last being NEWLINE, is `?`. */
static bool ends_with_question(const struct region *g, const struct line *line)
{
    return line->n_tokens > 2 && line->before_last.type == CB_IPT_ERROR && token_is(g, &line->before_last, '?');
}

/* Replace what the line has, and move the tokenizer past it. False if there is nothing. */
static bool transform(struct region *g, struct line *line, bool complete, struct cb_ipython_tokens *tokens)
{
    bool help = complete && !g->help_failed && ends_with_question(g, line);
    if (!line->found && !help)
        return false;
    if (g->transforms++ >= TRANSFORM_LIMIT) { /* nothing of the cell runs: the rest is one syntax error */
        copy_until(g, line->found ? line->at : line->first.start);
        cb_buffer_adds(&g->r->out, ")");
        skip_lines(g, g->copied, g->n);
        tokens->ended = true;
        return true;
    }
    if (help && help_item(g, line->first.start, line->before_last.start)) {
        g->only_assigned = false;
        cb_ipython_tokens_resume(tokens, g->copied);
        return true;
    }
    if (!line->found) {
        g->help_failed = true;
        return false;
    }
    tokens->depth = line->depth;
    g->only_assigned = g->only_assigned && line->found == ASSIGNED;
    if (line->found == ESCAPED)
        escaped_item(g, line->at);
    else
        assigned_item(g, line->at);
    cb_ipython_tokens_resume(tokens, g->copied);
    return true;
}

static void read_lines(struct region *g)
{
    struct cb_ipython_tokens tokens;
    struct cb_ipython_token token;
    struct line line = {0};
    int64_t grouping = 0; /* brackets as make_tokens_by_line() counts them */
    cb_ipython_tokens_begin(&tokens, g->text, g->n, g->start);
    do {
        int64_t depth = tokens.depth;
        cb_ipython_tokens_next(&tokens, &token);
        bool far = line.found && token.end - line.at > HELP_LOOKAHEAD;
        if (token.type != CB_IPT_END && !far) {
            if (!line.found) {
                line.grouping = grouping;
                line.depth = depth;
            }
            see_token(g, &line, &token, tokens.line_start);
        }
        if (token.type == CB_IPT_OP && token.end - token.start == 1) {
            char c = g->text[token.start];
            grouping += c == '(' || c == '[' || c == '{';
            grouping -= (c == ')' || c == ']' || c == '}') && grouping > 0;
        }
        bool ends = token.type == CB_IPT_NEWLINE || (token.type == CB_IPT_NL && grouping <= 0) || token.type == CB_IPT_END;
        if (!ends && !far)
            continue;
        if (transform(g, &line, !far, &tokens)) {
            token.type = CB_IPT_NEWLINE; /* the tokenizer went back */
            grouping = line.grouping;
        }
        line = (struct line){0};
    } while (token.type != CB_IPT_END);
}

/* --- whole cells --- */

/* `%%name` at the very start, unless `?` follows. */
static bool read_cell_magic(struct region *g)
{
    const char *p = g->text + g->start, *end = g->text + g->n;
    if (end - p < 2 || p[0] != '%' || p[1] != '%')
        return false;
    const char *q = p + 2;
    while (cb_ipython_word(q, end))
        q++;
    if (q > p + 2 && q < end && *q == '?')
        return false;
    const char *body = g->text + cb_ipython_line_end(g->text, g->n, g->start);
    const char *stop = cb_ipython_rstrip(p + 2, body);
    char *name = cb_arena_copy(g->r->arena, p + 2, (size_t)(stop - p - 2));
    const char *line = cut_name(name);
    copy_until(g, g->start);
    cb_ipython_cell_magic(g->r, name, line, body, (size_t)(end - body), g->depth);
    g->copied = g->n;
    return true;
}

static const char *skip_spaces(const char *p, const char *end)
{
    for (size_t length; (length = cb_ipython_space(p, end)); p += length)
        ;
    return p;
}

/* A cell of one line as splitinput.py splits it. */
struct split {
    const char *word, *word_end, *rest, *end;
};

static struct split split_line(const struct region *g)
{
    struct split s = {.end = g->text + g->n};
    const char *p = g->text + g->start;
    while (s.end > p && s.end[-1] == '\n')
        s.end--;
    s.word = p = skip_spaces(p, s.end);
    while (cb_ipython_word(p, s.end) || (p < s.end && (*p == '.' || *p == '*')))
        p++;
    s.word_end = p;
    s.rest = skip_spaces(p, s.end);
    return s;
}

/* Automagic as prefilter.py's AssignmentChecker and AutoMagicChecker decide. Whether the notebook has a variable of that
 * name, which would come first, cannot be known here: what reads like Python with one is taken for Python. */
static bool is_automagic(const struct split *s)
{
    const struct cb_ipython_magic_row *row = cb_ipython_magic_find(s->word, (size_t)(s->word_end - s->word));
    if (!row || !(row->flags & CB_IPM_LINE) || (row->flags & CB_IPM_EXTENSION))
        return false;
    if (s->rest == s->end)
        return !(row->flags & CB_IPM_WORD);
    if (s->word_end - s->word == 3 && memcmp(s->word, "pwd", 3) == 0)
        return false; /* takes no argument */
    return !strchr("=,([.", *s->rest) && !((row->flags & CB_IPM_WORD) && strchr("+*/%<>&|^!@:?#;)-", *s->rest));
}

/* `exit` and `quit`, which IPython calls. */
static bool is_autocall(const struct split *s)
{
    bool exits = s->word_end - s->word == 4 && (memcmp(s->word, "exit", 4) == 0 || memcmp(s->word, "quit", 4) == 0);
    return exits && (s->rest == s->end || *s->rest != '(');
}

static void prefilter(struct region *g, const struct split *s)
{
    struct cb_arena *arena = g->r->arena;
    size_t n_rest = (size_t)(s->end - s->rest);
    copy_until(g, (size_t)(s->word - g->text));
    if (is_automagic(s)) {
        cb_ipython_line_magic(g->r, cb_arena_copy(arena, s->word, (size_t)(s->word_end - s->word)),
                              cb_arena_copy(arena, s->rest, n_rest), false, g->depth);
    } else {
        n_rest -= n_rest && s->rest[n_rest - 1] == ';';
        cleanup_buffer struct cb_buffer call = {0};
        cb_buffer_addf(&call, "%.4s(", s->word);
        cb_buffer_add(&call, s->rest, n_rest);
        cb_buffer_adds(&call, ")");
        cb_ipython_call(g->r, cb_arena_copy(arena, s->rest, n_rest), cb_arena_copy(arena, call.text, call.length));
    }
    skip_lines(g, g->copied, g->n);
}

/* A cell that is not a cell magic. */
static void read_code(struct region *g)
{
    struct cb_ipython_reader *r = g->r;
    bool one_line = cb_ipython_line_end(g->text, g->n, g->start) == g->n;
    size_t n_items = r->n_items, length = r->out.length;
    uint32_t line = r->line;
    read_lines(g);
    if (!one_line || !g->only_assigned)
        return;
    struct split split = split_line(g);
    if (!is_automagic(&split) && !is_autocall(&split))
        return;
    /* `time x = !ls`: the magic runs what has been found in its arguments, where it is found again. */
    r->n_items = n_items;
    r->out.length = length;
    r->line = line;
    g->copied = 0;
    prefilter(g, &split);
}

void cb_ipython_region(struct cb_ipython_reader *r, const char *text, size_t n, unsigned depth)
{
    struct cb_ipython_clean clean;
    cb_ipython_clean(text, n, &clean);
    cleanup_free char *owned = clean.text;
    struct region g = {.r = r, .text = owned, .n = clean.length, .start = clean.start, .depth = depth, .only_assigned = true};
    r->prompts |= clean.prompts;
    r->changed |= clean.changed;
    if (!read_cell_magic(&g))
        read_code(&g);
    copy_until(&g, g.n);
    if (clean.newline_added && r->out.length && r->out.text[r->out.length - 1] == '\n') {
        r->out.text[--r->out.length] = '\0';
        r->line--;
    }
}

void cb_ipython_read(struct cb_arena *arena, const char *source, size_t length, struct cb_ipython *out)
{
    *out = (struct cb_ipython){.python = source, .length = length};
    if (!may_change(source, length))
        return;
    struct cb_ipython_reader r = {.arena = arena, .line = 1};
    cb_ipython_region(&r, source, length, 0);
    if (r.n_items || r.changed) {
        out->python = cb_arena_copy(arena, r.out.text, r.out.length);
        out->length = r.out.length;
    }
    if (r.n_items) {
        struct cb_ipython_item *items = cb_arena_alloc(arena, r.n_items * sizeof *items);
        memcpy(items, r.items, r.n_items * sizeof *items);
        out->items = items;
        out->n_items = r.n_items;
    }
    out->prompts = r.prompts;
    free(r.items);
    cb_buffer_free(&r.out);
}
