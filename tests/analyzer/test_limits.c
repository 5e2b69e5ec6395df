/*
 * Hostile and huge cells end in effects or a refusal, in time that grows about linearly: each shape is analysed at two
 * sizes, and the time for twice the text may be at most SLACK times as long (and beyond, only where it is short anyway).
 */
#include "analyzer/analyzer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define SIZE_SCALE 10 /* sanitized code is slow: sizes are divided */
#else
#define SIZE_SCALE 1
#endif

/* A cell is analysed at n and 2n; 2 is linear, 4 quadratic. */
#define SLACK 3.0
#define SHORT_SECONDS 0.25
#define HOPELESS_SECONDS 3

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void repeat(struct cb_buffer *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_adds(out, text);
}

/* ---- shapes: text of about n parts ---- */

static void brackets(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "(", n);
    repeat(out, "1", 1);
    repeat(out, ")", n);
}
static void open_brackets(struct cb_buffer *out, size_t n) { repeat(out, "[", n); }
static void close_brackets(struct cb_buffer *out, size_t n) { repeat(out, ")", n); }
static void mixed_brackets(struct cb_buffer *out, size_t n) { repeat(out, "[({", n); }
static void calls(struct cb_buffer *out, size_t n)
{
    repeat(out, "f(", n);
    repeat(out, ")", n);
}
static void attributes(struct cb_buffer *out, size_t n)
{
    repeat(out, "a", 1);
    repeat(out, ".b", n);
}
static void attribute_store(struct cb_buffer *out, size_t n)
{
    attributes(out, n);
    repeat(out, " = 1", 1);
}
static void call_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "a", 1);
    repeat(out, ".b()", n);
}
static void subscripts(struct cb_buffer *out, size_t n)
{
    repeat(out, "a", 1);
    repeat(out, "[0]", n);
}
static void sum(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = a", 1);
    repeat(out, " + b", n);
}
static void or_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = a", 1);
    repeat(out, " or b", n);
}
static void compare_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = a", 1);
    repeat(out, " < b", n);
}
static void not_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "not ", n);
    repeat(out, "a", 1);
}
static void minus_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "-", n);
    repeat(out, "a", 1);
}
static void power_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = a", 1);
    repeat(out, "**a", n);
}
static void conditional_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "a if b else ", n);
    repeat(out, "c", 1);
}
static void lambda_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "lambda: ", n);
    repeat(out, "c", 1);
}
static void targets(struct cb_buffer *out, size_t n)
{
    repeat(out, "a = ", n);
    repeat(out, "1", 1);
}
static void elifs(struct cb_buffer *out, size_t n)
{
    repeat(out, "if a: x = 1\n", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "elif a == %zu: x%zu = y\n", i, i);
}
static void else_ifs(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        repeat(out, " ", i);
        repeat(out, "if a:\n", 1);
    }
    repeat(out, " ", n);
    repeat(out, "x = 1\n", 1);
}
static void decorators(struct cb_buffer *out, size_t n)
{
    repeat(out, "@d\n", n);
    repeat(out, "def f(): pass\n", 1);
}
static void list_items(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = [", 1);
    repeat(out, "a, ", n);
    repeat(out, "]", 1);
}
static void dict_items(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = {", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "'k%zu': %zu, ", i, i);
    repeat(out, "}", 1);
}
static void arguments(struct cb_buffer *out, size_t n)
{
    repeat(out, "f(", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "k%zu=v, ", i);
    repeat(out, ")", 1);
}
static void parameters(struct cb_buffer *out, size_t n)
{
    repeat(out, "def f(", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "p%zu, ", i);
    repeat(out, "): return 1\nf()", 1);
}
static void strings(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "'a' ", n);
}
static void long_string(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = '''", 1);
    repeat(out, "line {x} %d\n", n);
    repeat(out, "'''", 1);
}
static void fstring_parts(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = f'", 1);
    repeat(out, "{a}b", n);
    repeat(out, "'", 1);
}
static void fstring_nested(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "f'{", n);
    repeat(out, "a", 1);
    repeat(out, "}'", n);
}
static void continuations(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = 1 + \\\n", n);
    repeat(out, "1", 1);
}
static void names_distinct(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "n%zu = m%zu\n", i, i);
}
static void lines_same(struct cb_buffer *out, size_t n) { repeat(out, "x = y\n", n); }
static void lines_unfinished(struct cb_buffer *out, size_t n) { repeat(out, "x = (\n", n); }
static void lines_wrong(struct cb_buffer *out, size_t n) { repeat(out, "x = = 1 ? )\n", n); }
static void comments(struct cb_buffer *out, size_t n) { repeat(out, "# comment\n", n); }
static void blank_lines(struct cb_buffer *out, size_t n) { repeat(out, "\n", n); }
static void magics(struct cb_buffer *out, size_t n) { repeat(out, "%time x = y\n", n); }
static void shells(struct cb_buffer *out, size_t n) { repeat(out, "!echo {a} $b > c\n", n); }
static void shell_long(struct cb_buffer *out, size_t n)
{
    repeat(out, "!echo ", 1);
    repeat(out, "{a}$b", n);
}
static void help(struct cb_buffer *out, size_t n) { repeat(out, "a?\n", n); }
static void functions(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "def f%zu(x):\n    return f%zu(g)\n", i, i ? i - 1 : 0);
    cb_buffer_addf(out, "f%zu(1)\n", n - 1);
}
static void functions_called(struct cb_buffer *out, size_t n)
{
    /* Each function reads a global of its own and calls all that come before: summaries must not grow as the square. */
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "def f%zu():\n    global w%zu\n    w%zu = r%zu\n    f%zu()\n", i, i, i, i, i ? i - 1 : 0);
}
static void function_cycle(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "def f%zu(): return f%zu() + g%zu\n", i, (i + 1) % n, i);
    repeat(out, "f0()\n", 1);
}
static void classes(struct cb_buffer *out, size_t n)
{
    cb_buffer_addf(out, "class C0:\n    def m(self): return g\n");
    for (size_t i = 1; i < n; i++)
        cb_buffer_addf(out, "class C%zu(C%zu):\n    def m%zu(self): return self.m()\n", i, i - 1, i);
    cb_buffer_addf(out, "C%zu().m()\n", n - 1);
}
static void nested_functions(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        repeat(out, " ", i);
        cb_buffer_addf(out, "def f%zu():\n", i);
    }
    repeat(out, " ", n);
    repeat(out, "return g\n", 1);
}
static void nested_loops(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        repeat(out, " ", i);
        cb_buffer_addf(out, "for i%zu in x%zu:\n", i, i);
    }
    repeat(out, " ", n);
    repeat(out, "y = y + 1\n", 1);
}
static void aliases(struct cb_buffer *out, size_t n)
{
    repeat(out, "a0 = []\n", 1);
    for (size_t i = 1; i < n; i++)
        cb_buffer_addf(out, "a%zu = a%zu\n", i, i - 1);
    cb_buffer_addf(out, "a%zu.append(1)\n", n - 1);
}
static void alias_mutations(struct cb_buffer *out, size_t n)
{
    repeat(out, "a0 = []\n", 1);
    for (size_t i = 1; i < n; i++)
        cb_buffer_addf(out, "a%zu = a%zu\na%zu.append(1)\n", i, i - 1, i);
}
static void container_growth(struct cb_buffer *out, size_t n)
{
    repeat(out, "box = []\n", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "v%zu = []\nbox.append(v%zu)\n", i, i);
    repeat(out, "box[0].append(1)\n", 1);
}
static void branches(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "if c:\n    x%zu = y\nelse:\n    z%zu = x%zu\n", i, i, i ? i - 1 : 0);
}
static void branch_types(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "if c:\n    x = C%zu()\nx.append(1)\n", i);
}
static void tries(struct cb_buffer *out, size_t n)
{
    repeat(out, "try:\n    x = y\nexcept E as e:\n    z = e\nfinally:\n    w = x\n", n);
}
static void withs(struct cb_buffer *out, size_t n)
{
    repeat(out, "with a as b, c as d:\n    pass\n", n);
}
static void match_cases(struct cb_buffer *out, size_t n)
{
    repeat(out, "match x:\n", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "    case [%zu, a%zu]: b = a%zu\n", i, i, i);
}
static void match_alternatives(struct cb_buffer *out, size_t n)
{
    repeat(out, "match x:\n    case 1", 1);
    repeat(out, " | 1", n);
    repeat(out, ": pass\n", 1);
}
static void clauses(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = [a", 1);
    repeat(out, " for a in b if c", n);
    repeat(out, "]", 1);
}
static void globals(struct cb_buffer *out, size_t n)
{
    repeat(out, "def f():\n", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "    global g%zu\n    g%zu = 1\n", i, i);
    repeat(out, "f()\n", 1);
}
static void calls_of_big_function(struct cb_buffer *out, size_t n)
{
    repeat(out, "def f():\n", 1);
    for (size_t i = 0; i < 300; i++)
        cb_buffer_addf(out, "    h(g%zu)\n", i);
    repeat(out, "f()\n", n);
}
static void imports(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "import m%zu.a.b as q%zu\n", i, i);
}
static void deletes(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "v%zu = 1\ndel v%zu\n", i, i);
}
static void backslashes(struct cb_buffer *out, size_t n) { repeat(out, "\\", n); }
static void quotes(struct cb_buffer *out, size_t n) { repeat(out, "'\"", n); }
static void nul_bytes(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_add(out, "\0x", 2);
}
static void bad_utf8(struct cb_buffer *out, size_t n) { repeat(out, "\xff\xc3( = \x80\n", n); }
static void unicode_names(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "\xef\xac\x81%zu = \xce\xb1\n", i);
}
static void long_name(struct cb_buffer *out, size_t n)
{
    repeat(out, "a", n);
    repeat(out, " = 1", 1);
}
static void digits(struct cb_buffer *out, size_t n)
{
    repeat(out, "x = ", 1);
    repeat(out, "9", n);
}
static void semicolons(struct cb_buffer *out, size_t n) { repeat(out, "a;", n); }
static void indents(struct cb_buffer *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        repeat(out, i & 1 ? "    x = 1\n" : "  y = 2\n", 1);
}
static void prompts(struct cb_buffer *out, size_t n) { repeat(out, ">>> x = y\n... z\n", n); }
static void walrus_chain(struct cb_buffer *out, size_t n)
{
    repeat(out, "f(", 1);
    for (size_t i = 0; i < n; i++)
        cb_buffer_addf(out, "(w%zu := w%zu), ", i, i ? i - 1 : 0);
    repeat(out, ")", 1);
}

static const struct shape {
    const char *name;
    void (*make)(struct cb_buffer *out, size_t n);
    size_t n;
} shapes[] = {
    {"brackets", brackets, 100000}, {"open brackets", open_brackets, 100000}, {"close brackets", close_brackets, 100000},
    {"mixed brackets", mixed_brackets, 50000}, {"nested calls", calls, 100000}, {"attributes", attributes, 100000},
    {"attribute store", attribute_store, 100000}, {"call chain", call_chain, 100000}, {"subscripts", subscripts, 100000},
    {"sum", sum, 100000}, {"or", or_chain, 100000}, {"comparison", compare_chain, 100000}, {"not", not_chain, 100000},
    {"minus", minus_chain, 100000}, {"power", power_chain, 100000}, {"conditional", conditional_chain, 50000},
    {"lambda", lambda_chain, 50000}, {"targets", targets, 100000}, {"elif", elifs, 10000}, {"nested if", else_ifs, 1500},
    {"decorators", decorators, 50000}, {"list", list_items, 100000}, {"dict", dict_items, 100000},
    {"arguments", arguments, 100000}, {"parameters", parameters, 50000}, {"strings", strings, 100000},
    {"long string", long_string, 100000}, {"f-string parts", fstring_parts, 100000},
    {"nested f-strings", fstring_nested, 20000}, {"continuations", continuations, 50000},
    {"distinct names", names_distinct, 100000}, {"a million lines", lines_same, 500000},
    {"unfinished lines", lines_unfinished, 50000}, {"wrong lines", lines_wrong, 20000}, {"comments", comments, 100000},
    {"blank lines", blank_lines, 500000}, {"magics", magics, 20000}, {"shell lines", shells, 20000},
    {"long shell line", shell_long, 50000}, {"help", help, 50000}, {"functions", functions, 10000},
    {"functions with globals", functions_called, 10000}, {"function cycle", function_cycle, 10000},
    {"classes", classes, 5000}, {"nested functions", nested_functions, 1000}, {"nested loops", nested_loops, 1000},
    {"aliases", aliases, 20000}, {"alias mutations", alias_mutations, 20000}, {"container", container_growth, 20000},
    {"branches", branches, 20000}, {"types by branch", branch_types, 10000}, {"try", tries, 20000}, {"with", withs, 20000},
    {"match cases", match_cases, 20000}, {"alternatives", match_alternatives, 50000}, {"clauses", clauses, 50000},
    {"globals", globals, 20000}, {"calls of a big function", calls_of_big_function, 20000}, {"imports", imports, 20000},
    {"deletes", deletes, 20000}, {"backslashes", backslashes, 100000}, {"quotes", quotes, 50000},
    {"NUL bytes", nul_bytes, 50000}, {"bad UTF-8", bad_utf8, 20000}, {"unicode names", unicode_names, 20000},
    {"long name", long_name, 1000000}, {"digits", digits, 1000000}, {"semicolons", semicolons, 100000},
    {"indentation", indents, 50000}, {"prompts", prompts, 20000}, {"walrus", walrus_chain, 20000},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

/* CPU seconds of one analysis of `text` as a cell between two plain ones, which must keep their effects. */
static double analyse(const struct cb_buffer *text, size_t *peak_effects)
{
    static const char before[] = "kept_before = 1", after[] = "kept_after = kept_before";
    const struct cb_source cells[] = {{before, sizeof before - 1}, {text->text, text->length}, {after, sizeof after - 1}};
    double begin = cpu_seconds();
    struct cb_analysis *analysis = cb_analyze(cells, 3);
    double seconds = cpu_seconds() - begin;
    assert_int_equal(analysis->n_cells, 3);
    assert_int_equal(analysis->cells[0].effects.writes.n, 1);
    assert_int_equal(analysis->cells[2].effects.writes.n, 1);
    assert_string_equal(analysis->cells[2].effects.reads.items[0].name, "kept_before");
    const struct cb_effects *e = &analysis->cells[1].effects;
    *peak_effects = e->reads.n + e->writes.n;
    if (e->refused)
        assert_int_equal(e->open_world, CB_OPEN_READS | CB_OPEN_WRITES);
    cb_analysis_free(analysis);
    return seconds;
}

static void test_shape(void **state)
{
    const struct shape *shape = *state;
    size_t n = shape->n / SIZE_SCALE, effects = 0;
    cleanup_buffer struct cb_buffer little = {0}, one = {0}, two = {0};
    shape->make(&little, n / 8);
    double before = analyse(&little, &effects);
    if (before > HOPELESS_SECONDS) /* rather a word than a wait */
        fail_msg("%s: %.3f s for %zu bytes", shape->name, before, little.length);
    shape->make(&one, n);
    shape->make(&two, 2 * n);
    double first = analyse(&one, &effects), second = analyse(&two, &effects);
    double growth = (double)two.length / (double)one.length; /* of indented shapes the text itself grows as the square */
    print_message("%-24s %9zu bytes %7.3f s, %9zu bytes %7.3f s, %zu effects\n", shape->name, one.length, first, two.length,
                  second, effects);
    if (second > SHORT_SECONDS && second > first * growth / 2 * SLACK) {
        first = analyse(&one, &effects), second = analyse(&two, &effects); /* a loaded machine */
        if (second > first * growth / 2 * SLACK)
            fail_msg("%s: %.3f s for %zu bytes, %.3f s for %zu", shape->name, first, one.length, second, two.length);
    }
}

/* ---- many cells ---- */

static double analyse_cells(size_t n, const char *format)
{
    struct cb_source *cells = cb_alloc(n * sizeof *cells);
    char *texts = cb_alloc(n * 256);
    for (size_t i = 0; i < n; i++) {
        size_t last = i ? i - 1 : 0;
        cells[i].text = texts + 256 * i;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        cells[i].length = (size_t)snprintf(texts + 256 * i, 256, format, i, last);
#pragma GCC diagnostic pop
    }
    double begin = cpu_seconds();
    struct cb_analysis *analysis = cb_analyze(cells, n);
    double seconds = cpu_seconds() - begin;
    assert_int_equal(analysis->n_cells, n);
    cb_analysis_free(analysis);
    free(texts);
    free(cells);
    return seconds;
}

static void test_cells(void **state)
{
    const char *format = *state;
    size_t n = 5000 / SIZE_SCALE;
    double first = analyse_cells(n, format), second = analyse_cells(2 * n, format);
    print_message("%zu cells %.3f s, %zu cells %.3f s: %.40s\n", n, first, 2 * n, second, format);
    if (second > SHORT_SECONDS && second > first * SLACK) {
        first = analyse_cells(n, format), second = analyse_cells(2 * n, format);
        if (second > first * SLACK)
            fail_msg("%.40s: %.3f s for %zu cells, %.3f s for %zu", format, first, n, second, 2 * n);
    }
}

/* Each call goes through all cells before, so that the effects themselves grow as the square: few cells, and no growth asked. */
static void test_calls_through_all(void **state)
{
    (void)state;
    double seconds = analyse_cells(500 / SIZE_SCALE, "def h%1$zu(): return h%2$zu()\nh%1$zu()");
    print_message("500 cells that call through all before: %.3f s\n", seconds);
    assert_true(seconds < 10);
}

static void test_no_cells(void **state)
{
    (void)state;
    struct cb_analysis *analysis = cb_analyze(NULL, 0);
    assert_int_equal(analysis->n_cells, 0);
    assert_int_equal(analysis->depth, 0);
    cb_analysis_free(analysis);
    cb_analysis_free(NULL);
    const struct cb_source empty = {"", 0};
    analysis = cb_analyze(&empty, 1);
    assert_int_equal(analysis->cells[0].depth, 1);
    assert_int_equal(analysis->cells[0].effects.reads.n + analysis->cells[0].effects.writes.n, 0);
    cb_analysis_free(analysis);
}

static const char *const notebooks[] = {
    "x%zu = x%zu + 1",                              /* a chain of all cells */
    "v%zu = 1; w%zu = 2",                           /* no edges */
    "def f%zu(): return f%zu() + g",                /* functions over cells */
    "def f%zu(): return f%zu() + g\nf0()",          /* a call in each cell of a function that calls what comes later */
    "x.append(%zu); y%zu = x",                      /* one object, more and more aliases */
    "box.append(v%1$zu); v%2$zu.append(1)",         /* a container of everything */
    "class C%1$zu(C%2$zu): pass\nC%1$zu().m()",     /* inheritance over cells */
    "if c: x = %zu\nprint(x, %zu)",                 /* as many may-writers as cells */
    "exec(t%zu + t%zu)",                            /* every cell may do anything */
    "import random\nr%zu = random.random() + r%zu", /* ambient state */
    "open('f%zu').write(open('f%zu').read())",      /* files */
    "%%timeit\nx%zu = x%zu",
    "a%zu = = a%zu",
};
enum { N_NOTEBOOKS = sizeof notebooks / sizeof *notebooks };

int main(int argc, char **argv)
{
    struct CMUnitTest tests[N_SHAPES + N_NOTEBOOKS + 2];
    size_t n = 0;
    for (size_t i = 0; i < N_SHAPES; i++)
        tests[n++] = (struct CMUnitTest){shapes[i].name, test_shape, NULL, NULL, (void *)(uintptr_t)&shapes[i]};
    for (size_t i = 0; i < N_NOTEBOOKS; i++)
        tests[n++] = (struct CMUnitTest){notebooks[i], test_cells, NULL, NULL, (void *)(uintptr_t)notebooks[i]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_calls_through_all);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_no_cells);
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    int failed = _cmocka_run_group_tests("limits", tests, n, NULL, NULL);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    print_message("peak memory %ld MiB\n", usage.ru_maxrss / 1024);
    return failed;
}
