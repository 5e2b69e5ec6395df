#include "analyzer/graph.h"
#include "analyzer/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Effects in short: each cell is words, `r` and `w` for variables, `fr` `fw` files, `ar` `aw` ambient, then `:name`; behind
 * the kind `?` for MAY, `+` for MUTATES, `-` for DELETES. `open-r` and `open-w` for an open world. */
static void add(struct cb_arena *arena, struct cb_effect_list *list, const char *name, uint32_t flags)
{
    struct cb_effect *items = cb_arena_alloc(arena, (list->n + 1) * sizeof *items);
    if (list->n)
        memcpy(items, list->items, list->n * sizeof *items);
    items[list->n] = (struct cb_effect){.name = name, .flags = flags, .line = 1};
    list->items = items;
    list->n++;
}

static void add_word(struct cb_arena *arena, struct cb_effects *e, char *word)
{
    if (strcmp(word, "open-r") == 0)
        e->open_world |= CB_OPEN_READS;
    else if (strcmp(word, "open-w") == 0)
        e->open_world |= CB_OPEN_WRITES;
    char *name = strchr(word, ':');
    if (!name)
        return;
    *name++ = '\0';
    uint32_t flags = (strchr(word, '?') ? (uint32_t)CB_EFFECT_MAY : 0) | (strchr(word, '+') ? (uint32_t)CB_EFFECT_MUTATES : 0) |
                     (strchr(word, '-') ? (uint32_t)CB_EFFECT_DELETES : 0);
    word[strcspn(word, "?+-")] = '\0';
    struct cb_effect_list *list = strcmp(word, "r") == 0    ? &e->reads
                                  : strcmp(word, "w") == 0  ? &e->writes
                                  : strcmp(word, "fr") == 0 ? &e->files_read
                                  : strcmp(word, "fw") == 0 ? &e->files_written
                                  : strcmp(word, "ar") == 0 ? &e->ambient_reads
                                                            : &e->ambient_writes;
    add(arena, list, name, flags);
}

static void build(struct cb_arena *arena, const char *const *texts, size_t n, struct cb_analysis *out)
{
    struct cb_cell_analysis *cells = cb_arena_alloc(arena, (n + 1) * sizeof *cells);
    for (size_t i = 0; i < n; i++) {
        char *text = cb_arena_copy(arena, texts[i], strlen(texts[i])), *save = NULL;
        for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
            add_word(arena, &cells[i].effects, word);
    }
    cb_graph_build(arena, cells, n, out);
}

/* "0(x,y) 2(*)": the dependencies of the last cell. */
static void expect(const char *const *texts, const char *want)
{
    struct cb_arena arena = {0};
    struct cb_analysis analysis = {0};
    size_t n = 0;
    while (texts[n])
        n++;
    build(&arena, texts, n, &analysis);
    cleanup_buffer struct cb_buffer got = {0};
    cb_buffer_adds(&got, "");
    const struct cb_cell_analysis *last = &analysis.cells[n - 1];
    for (size_t i = 0; i < last->n_dependencies; i++) {
        cb_buffer_addf(&got, "%s%zu(", i ? " " : "", last->dependencies[i].cell);
        for (const char *const *t = last->dependencies[i].through; *t; t++)
            cb_buffer_addf(&got, "%s%s", t == last->dependencies[i].through ? "" : ",", *t);
        cb_buffer_adds(&got, ")");
    }
    if (strcmp(got.text, want) != 0)
        fail_msg("after \"%s\": \"%s\", not \"%s\"", texts[n - 1], got.text, want);
    cb_arena_free(&arena);
}
#define EXPECT(want, ...) expect((const char *const[]){__VA_ARGS__, NULL}, want)

static void test_variables(void **state)
{
    (void)state;
    EXPECT("", "r:x");
    EXPECT("0(x)", "w:x", "r:x");
    EXPECT("1(x)", "w:x", "w:x", "r:x");
    EXPECT("0(x) 1(x)", "w:x", "w?:x", "r:x");
    EXPECT("1(x)", "w:x", "r:x w+:x", "r:x");
    EXPECT("1(x)", "w:x", "r:x w?+:x", "r:x");
    EXPECT("1(x)", "w:x", "w?+:x", "r:x"); /* changing is reading */
    EXPECT("0(x)", "w:x", "r:x w+:x");
    EXPECT("1(x)", "w:x", "w-:x", "r:x");
    EXPECT("0(y,x) 1(z)", "w:x w:y", "w:z", "r:y r:z r:x");
    EXPECT("0(x)", "w:x", "r:x", "r:x");
    EXPECT("0(x)", "w:x", "w:y", "r:x w:x");
    EXPECT("", "r:x w:y", "w:y", "w:x");
    EXPECT("0(X)", "w:X", "w:x", "r:X");
}

static void test_files(void **state)
{
    (void)state;
    EXPECT("0(file:a)", "fw:a", "fr:./a");
    EXPECT("0(file:d/a)", "fw:d//x/../a", "fr:d/./a");
    EXPECT("0(file:a)", "fw:/work/a", "fr:a");
    EXPECT("", "fw:/tmp/a", "fr:a");
    EXPECT("0(file:../a)", "fw:../a", "fr:b/../../a");
    EXPECT("1(file:a)", "fw:a", "fw:a", "fr:a");
    EXPECT("0(file:out)", "fw:out/a.csv", "fr:out");       /* a directory that is listed */
    EXPECT("0(file:out)", "fw:out", "fr:out/deep/a.csv");  /* unpacked */
    EXPECT("0(file:out)", "fw:out", "fw:out/a.csv");       /* made */
    EXPECT("", "fw:out/a", "fw:out/b");
    EXPECT("0(file:out)", "fw:out", "fw:out/a", "fr:out/b");
    EXPECT("0(file:.)", "fw:a", "fr:.");
    EXPECT("0(file:d/a.csv)", "fw:d/a.csv fw:d/a.txt", "fr:d/*.csv");
    EXPECT("0(file:*.csv)", "fw:*.csv", "fr:a.csv");
    EXPECT("", "fw:*.csv", "fr:a.txt");
    EXPECT("0(a)", "w:a", "fw:a", "r:a");
}

static void test_ambient(void **state)
{
    (void)state;
    EXPECT("0(ambient:random)", "aw:random", "ar:random");
    EXPECT("", "aw:random", "aw:random");
    EXPECT("1(ambient:random)", "aw:random", "ar:random aw+:random", "ar:random");
    EXPECT("0(ambient:m) 1(ambient:m)", "aw:m", "aw+:m", "ar:m"); /* set in part, without a look at the rest */
    EXPECT("", "aw:random", "r:random");
}

static void test_open_world(void **state)
{
    (void)state;
    EXPECT("0(*)", "open-w", "r:x");
    EXPECT("", "open-w", "w:x");
    EXPECT("1(x)", "open-w", "w:x", "r:x");
    EXPECT("0(*) 1(x)", "open-w", "w?:x", "r:x");
    EXPECT("0(x) 1(*)", "w:x", "open-w", "r:x");
    EXPECT("0(*)", "w:x", "open-r");
    EXPECT("0(*) 2(*)", "w:x", "r:x", "w:y", "open-r");
    EXPECT("1(*)", "w:x", "open-r open-w", "r:z");
    EXPECT("0(x) 1(*) 2(*)", "w:x", "open-r open-w", "w:y", "r:x open-r open-w");
    EXPECT("1(*)", "open-w", "open-w", "r:x"); /* the second depends on the first */
    EXPECT("0(*)", "open-w", "open-w");
    EXPECT("0(x,*)", "w:x", "r:x open-r");
    EXPECT("0(*)", "open-w", "fr:a");
    EXPECT("1(x)", "open-w", "r:x w+:x", "r:x");
}

static void test_many_writers(void **state)
{
    (void)state;
    enum { N = 5000 };
    struct cb_arena arena = {0};
    struct cb_analysis analysis = {0};
    static const char *texts[N];
    for (int i = 0; i < N; i++)
        texts[i] = i % 2 ? "w?:x r:x" : "w?:x";
    build(&arena, texts, N, &analysis);
    size_t edges = 0;
    for (int i = 0; i < N; i++)
        edges += analysis.cells[i].n_dependencies;
    assert_in_range(edges, N, 70 * N);
    for (int i = 0; i < N; i++)
        texts[i] = i == N - 1 ? "r:x" : "w?:x";
    build(&arena, texts, N, &analysis);
    edges = 0;
    for (int i = 0; i < N; i++)
        edges += analysis.cells[i].n_dependencies;
    assert_int_equal(edges, N - 1); /* each writer once: all are reached from the reader */
    assert_int_equal(analysis.cells[N - 1].n_dependencies, 64);
    for (int i = 0; i < N; i++)
        texts[i] = i % 3 ? "r:x w?:x open-r" : "w?:x open-w";
    build(&arena, texts, N, &analysis);
    edges = 0;
    for (int i = 0; i < N; i++)
        edges += analysis.cells[i].n_dependencies;
    assert_in_range(edges, N, 70 * N);
    static char words[N][64];
    for (int i = 0; i < N; i++) {
        snprintf(words[i], sizeof words[i], "fr:d*/*.csv fw:d/%d.csv", i);
        texts[i] = words[i];
    }
    build(&arena, texts, N, &analysis);
    edges = 0;
    for (int i = 0; i < N; i++)
        edges += analysis.cells[i].n_dependencies;
    assert_in_range(edges, N, 70 * N);
    cb_arena_free(&arena);
}

static void test_depth(void **state)
{
    (void)state;
    struct cb_arena arena = {0};
    struct cb_analysis analysis = {0};
    static const char *const texts[] = {"w:x", "w:y", "r:x w:a", "r:y w:b", "r:a r:b w:c", "", "r:c r:x"};
    build(&arena, texts, 7, &analysis);
    static const size_t want[] = {1, 1, 2, 2, 3, 1, 4};
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(analysis.cells[i].depth, want[i]);
    assert_int_equal(analysis.depth, 4);
    build(&arena, texts, 0, &analysis);
    assert_int_equal(analysis.depth, 0);
    cb_arena_free(&arena);
}

static void test_paths(void **state)
{
    (void)state;
    static const char *const same[][2] = {{"a", "a"},          {"./a", "a"},       {"a/", "a"},         {".", "."},       {"./", "."},
                                          {"/", "/"},          {"/..", "/"},       {"/a/../b", "/b"},   {"a/..", "."},    {"..", ".."},
                                          {"../..", "../.."},  {"../a/..", ".."},  {"a/../../b", "../b"}, {"/work", "."}, {"/work/a/b", "a/b"},
                                          {"/worka", "/worka"}, {"a//b///c", "a/b/c"}, {"...", "..."}, {"a/.../..", "a"}};
    char out[CB_PATH_MAX];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_true(cb_path_normalise(same[i][0], out));
        assert_string_equal(out, same[i][1]);
    }
    assert_false(cb_path_normalise("", out));
    size_t steps = 0;
    assert_true(cb_path_match("*.csv", "a.csv", &steps));
    assert_true(cb_path_match("a?[b-d]*", "axc", &steps));
    assert_false(cb_path_match("a?[!b-d]*", "axc", &steps));
    assert_true(cb_path_match("*a*a*a*b", "aaaaaaaaaaaaaaab", &steps));
    assert_false(cb_path_match("*.csv", "a.csvx", &steps));
    assert_true(cb_path_match("[", "[", &steps));
    steps = 0;
    char many[1000], stars[1000];
    memset(many, 'a', 999);
    for (int i = 0; i < 998; i++)
        stars[i] = i % 2 ? 'a' : '*';
    memcpy(stars + 990, "b", 2);
    many[999] = '\0';
    assert_false(cb_path_match(stars, many, &steps));
    assert_in_range(steps, 1, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables),    cmocka_unit_test(test_files),        cmocka_unit_test(test_ambient),
        cmocka_unit_test(test_open_world),   cmocka_unit_test(test_many_writers), cmocka_unit_test(test_depth),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
