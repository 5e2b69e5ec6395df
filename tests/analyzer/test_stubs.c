/*
 * What is known of libraries: look-ups by name, wildcards, inherited methods, state, and the files of shell
 * lines.
 */
#include "analyzer/stubs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct cb_stub *function(const char *name)
{
    const struct cb_stub *stub = cb_stub_function(name);
    if (stub == NULL)
        fail_msg("%s is not known", name);
    return stub;
}

static const struct cb_stub *method(const char *name)
{
    const struct cb_stub *stub = cb_stub_method(name);
    if (stub == NULL)
        fail_msg("method %s is not known", name);
    return stub;
}

static void has(const char *name, uint32_t flags)
{
    uint32_t found = function(name)->flags;
    if ((found & flags) != flags)
        fail_msg("%s: flags %#x, wanted %#x", name, found, flags);
}

static void has_not(const char *name, uint32_t flags)
{
    const struct cb_stub *stub = cb_stub_function(name);
    if (stub != NULL && (stub->flags & flags) != 0)
        fail_msg("%s: flags %#x, not wanted %#x", name, stub->flags, flags);
}

static void test_functions(void **state)
{
    (void)state;
    has("list.append", CB_STUB_MUTATES_SELF);
    has_not("list.copy", CB_STUB_MUTATES_SELF);
    has("list.sort", CB_STUB_MUTATES_SELF | CB_STUB_CALLS_ARG);
    assert_string_equal(function("list.sort")->keyword, "key");
    assert_int_equal(function("list.sort")->arg, CB_STUB_NONE);
    has("list", CB_STUB_RETURNS_TYPE | CB_STUB_PURE);
    assert_string_equal(function("list")->type, "list");
    has("dict.update", CB_STUB_MUTATES_SELF);
    has("dict.get", CB_STUB_RETURNS_SELF);
    has("set.add", CB_STUB_MUTATES_SELF);
    has("exec", CB_STUB_OPEN_WORLD);
    has("globals", CB_STUB_OPEN_WORLD);
    has("setattr", CB_STUB_MUTATES_ARG);
    assert_int_equal(function("setattr")->arg, 0);
    has("next", CB_STUB_MUTATES_ARG);
    has("iter", CB_STUB_RETURNS_ARG);
    has("map", CB_STUB_CALLS_ARG);
    has("heapq.heappush", CB_STUB_MUTATES_ARG);
    has("functools.partial", CB_STUB_RETURNS_ARG);
    assert_null(cb_stub_function("nobody.knows"));
    assert_null(cb_stub_function(""));
    assert_null(cb_stub_function("."));
    assert_null(cb_stub_function("lis"));
    has("list.appendix.x.append", CB_STUB_PURE); /* list.* */
}

static void test_arguments(void **state)
{
    (void)state;
    const struct cb_stub *stub = function("numpy.add");
    assert_true(stub->flags & CB_STUB_MUTATES_ARG);
    assert_int_equal(stub->arg, 2);
    assert_string_equal(stub->keyword, "out");
    stub = function("open");
    assert_true(stub->flags & CB_STUB_OPENS_FILE);
    assert_int_equal(stub->file_arg, 0);
    assert_int_equal(stub->mode_arg, 1);
    assert_string_equal(stub->file_keyword, "file");
    assert_string_equal(stub->type, "io.IOBase");
    stub = function("shutil.move");
    assert_int_equal(stub->flags & (CB_STUB_READS_FILE | CB_STUB_WRITES_FILE),
                     CB_STUB_READS_FILE | CB_STUB_WRITES_FILE);
    assert_int_equal(stub->out_arg, 1);
    assert_string_equal(stub->out_keyword, "dst");
    assert_int_equal(function("shutil.copy")->flags & CB_STUB_WRITES_FILE, 0);
    assert_int_equal(function("pathlib.Path.read_text")->file_arg, CB_STUB_SELF);
    assert_int_equal(function("json.dump")->arg, 1);
}

static void test_libraries(void **state)
{
    (void)state;
    has("pandas.DataFrame.drop", CB_STUB_MUTATES_SELF | CB_STUB_INPLACE); /* of NDFrame */
    has("pandas.Series.replace", CB_STUB_MUTATES_SELF | CB_STUB_INPLACE);
    has("pandas.DataFrame.set_index", CB_STUB_INPLACE);
    has_not("pandas.DataFrame.merge", CB_STUB_MUTATES_SELF);
    has("pandas.DataFrame.insert", CB_STUB_MUTATES_SELF);
    has_not("pandas.DataFrame.insert", CB_STUB_INPLACE);
    has("pandas.read_csv", CB_STUB_READS_FILE | CB_STUB_RETURNS_TYPE);
    assert_string_equal(function("pandas.read_csv")->type, "pandas.DataFrame");
    has("pandas.DataFrame.to_csv", CB_STUB_WRITES_FILE);
    has("pandas.DataFrame.plot.bar", CB_STUB_FIGURES);
    has_not("pandas.DataFrame.plot", CB_STUB_MUTATES_SELF);
    has("numpy.ndarray.sort", CB_STUB_MUTATES_SELF);
    has("numpy.ndarray.T", CB_STUB_RETURNS_SELF);
    has("numpy.linalg.inv", CB_STUB_PURE); /* numpy.* */
    has("numpy.random.seed", CB_STUB_SETS_AMBIENT | CB_STUB_WRITES_AMBIENT);
    has_not("numpy.random.seed", CB_STUB_READS_AMBIENT);
    assert_string_equal(function("numpy.random.rand")->ambient, "numpy.random");
    assert_string_equal(function("numpy.random.default_rng")->type, "numpy.random.Generator");
    has("numpy.random.Generator.normal", CB_STUB_MUTATES_SELF);
    has("random.shuffle", CB_STUB_MUTATES_ARG | CB_STUB_READS_AMBIENT | CB_STUB_WRITES_AMBIENT);
    has("sklearn.linear_model.LinearRegression.fit", CB_STUB_MUTATES_SELF | CB_STUB_RETURNS_SELF);
    has_not("sklearn.linear_model.LinearRegression.predict", CB_STUB_MUTATES_SELF);
    assert_string_equal(function("sklearn.ensemble.RandomForestClassifier")->type,
                        "sklearn.ensemble.RandomForestClassifier");
    assert_string_equal(function("sklearn.model_selection.train_test_split")->unless, "random_state");
    has("matplotlib.pyplot.plot", CB_STUB_FIGURES | CB_STUB_READS_AMBIENT); /* by the wildcard */
    has_not("matplotlib.pyplot.plot", CB_STUB_WRITES_AMBIENT);
    has("matplotlib.pyplot.savefig", CB_STUB_WRITES_FILE);
    has("pylab.title", CB_STUB_FIGURES);
    has("matplotlib.axes.Axes.set_xlabel", CB_STUB_MUTATES_SELF);
    has_not("matplotlib.axes.Axes.get_xlim", CB_STUB_MUTATES_SELF);
    assert_string_equal(function("sympy.init_printing")->ambient, "sympy");
    assert_string_equal(function("sympy.init_printing")->ambient2, "ipython");
    has("torch.optim.Adam.step", CB_STUB_MUTATES_SELF);
    has("tensorflow.keras.Sequential.fit", CB_STUB_MUTATES_SELF);
    has("networkx.DiGraph.add_edge", CB_STUB_MUTATES_SELF);
    assert_string_equal(function("get_ipython")->type, "IPython.InteractiveShell");
    has("IPython.InteractiveShell.run_cell", CB_STUB_OPEN_WORLD);
}

static void test_methods(void **state)
{
    (void)state;
    static const char *const mutate[] = {"append",   "extend",    "pop",        "update",  "add",
                                         "fit",      "set_title", "add_edge",   "write",   "seek",
                                         "backward", "step",      "setdefault", "popitem", "__setitem__",
                                         "imshow",   NULL};
    static const char *const keep[] = {"predict",    "count",     "index",  "split",
                                       "add_prefix", "set_flags", "astype", NULL};
    static const char *const unknown[] = {"plot", "bar", "setup", "_x", "", "a_b", "__len__", NULL};
    for (size_t i = 0; mutate[i] != NULL; i++)
        if ((method(mutate[i])->flags & (CB_STUB_MUTATES_SELF | CB_STUB_INPLACE)) != CB_STUB_MUTATES_SELF)
            fail_msg("%s does not mutate", mutate[i]);
    for (size_t i = 0; keep[i] != NULL; i++)
        if (method(keep[i])->flags & CB_STUB_MUTATES_SELF)
            fail_msg("%s mutates", keep[i]);
    for (size_t i = 0; unknown[i] != NULL; i++)
        assert_null(cb_stub_method(unknown[i]));
    assert_true(method("set_index")->flags & CB_STUB_INPLACE);
    assert_true(method("drop")->flags & CB_STUB_INPLACE);
}

static void test_state_and_types(void **state)
{
    (void)state;
    assert_string_equal(cb_stub_ambient("matplotlib.rcParams"), "matplotlib");
    assert_string_equal(cb_stub_ambient("matplotlib.pyplot.rcParams"), "matplotlib");
    assert_string_equal(cb_stub_ambient("pandas.options.display.max_rows"), "pandas");
    assert_string_equal(cb_stub_ambient("os.environ"), "environ");
    assert_string_equal(cb_stub_ambient("sys.path"), "path");
    assert_null(cb_stub_ambient("os"));
    assert_null(cb_stub_ambient("os.environment"));
    assert_null(cb_stub_ambient("environ"));
    assert_true(cb_stub_is_builtin("len"));
    assert_true(cb_stub_is_builtin("get_ipython"));
    assert_true(cb_stub_is_builtin("__name__"));
    assert_false(cb_stub_is_builtin("In"));
    assert_false(cb_stub_is_builtin("_"));
    assert_false(cb_stub_is_builtin("le"));
    assert_true(cb_stub_is_immutable_type("int"));
    assert_true(cb_stub_is_immutable_type("pandas.Timestamp"));
    assert_false(cb_stub_is_immutable_type("list"));
    const char *type = function("matplotlib.pyplot.subplots")->type;
    assert_string_equal(cb_stub_item(type, 0), "matplotlib.figure.Figure");
    assert_string_equal(cb_stub_item(type, 1), "matplotlib.axes.Axes");
    assert_null(cb_stub_item(type, 2));
    assert_string_equal(cb_stub_item("matplotlib.axes.Axes", 7), "matplotlib.axes.Axes");
    assert_null(cb_stub_item("int", 0));
}

/* However long a name is, a lookup ends soon: 100,000 of them, of 200,000 characters, well within a second.
 */
static void test_long_names(void **state)
{
    (void)state;
    enum { PARTS = 100000 };
    char *name = malloc(2 * PARTS + 16);
    assert_non_null(name);
    for (size_t i = 0; i < PARTS; i++) {
        name[2 * i] = 'a';
        name[2 * i + 1] = '.';
    }
    name[2 * PARTS - 1] = 0;
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < 100000; i++) {
        assert_null(cb_stub_function(name));
        assert_null(cb_stub_ambient(name));
        assert_null(cb_stub_method(name));
        assert_false(cb_stub_is_builtin(name));
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(end.tv_sec - begin.tv_sec < 2);
    memcpy(name, "numpy.a.", 8);
    assert_true(function(name)->flags & CB_STUB_PURE);
    free(name);
}

/* ---- shell lines ---- */

static char seen[4096];

static void note(void *context, const char *path, bool written)
{
    size_t *used = context;
    int n = snprintf(seen + *used, sizeof seen - *used, "%s%c%s", *used > 0 ? " " : "", written ? '>' : '<',
                     path);
    assert_true(n > 0 && (size_t)n < sizeof seen - *used);
    *used += (size_t)n;
}

static const struct {
    const char *command, *files;
} shell_cases[] = {
    {"", ""},
    {"ls", "<."},
    {"ls -la data", "<data"},
    {"cat a.txt b.txt", "<a.txt <b.txt"},
    {"cat f > g", ">g <f"},
    {"cat f >> g", ">g <f"},
    {"echo hello > out.txt", ">out.txt"},
    {"echo hello >out.txt 2>&1", ">out.txt"},
    {"make 2> err.log", ">err.log"},
    {"prog &> all.log", ">all.log"},
    {"prog > /dev/null", ""},
    {"sort < in.txt > out.txt", "<in.txt >out.txt"},
    {"cp a b", "<a >b"},
    {"cp -r a b c/", "<a >c/a <b >c/b"},
    {"cp a dir/", "<a >dir/a"},
    {"mv a b", "<a >a >b"},
    {"rm -rf a b", "<a >a <b >b"},
    {"rm -- -x", "<-x >-x"},
    {"touch 'a file'", ">a file"},
    {"touch \"b file\" c\\ d", ">b file >c d"},
    {"mkdir -p -m 755 x/y", ">x/y"},
    {"head -n 5 f", "<f"},
    {"head -5 f", "<f"},
    {"tail -n +2 f | wc -l", "<f"},
    {"wc -l f g", "<f <g"},
    {"grep -i pattern f", "<f"},
    {"grep -e pattern f", "<f"},
    {"grep -m 3 pattern f", "<f"},
    {"cat f | tee g h", "<f >g >h"},
    {"wget -O data.csv http://x/y.csv", ">data.csv"},
    {"wget -qO- http://x/y.csv", ""},
    {"wget http://example.org/y.csv", ">y.csv"},
    {"wget http://example.org/", ""},
    {"curl -sSL -o data.csv http://x/y", ">data.csv"},
    {"curl -LO http://x/y.zip", ">y.zip"},
    {"curl http://x/y.zip", ""},
    {"curl --output z http://x/y.zip", ">z"},
    {"unzip -q a.zip -d out", ">out <a.zip"},
    {"tar -czf a.tgz d e", ">a.tgz <d <e"},
    {"tar xf a.tgz -C out", "<a.tgz >out"},
    {"gunzip f.gz", "<f.gz >f.gz >f"},
    {"a && cat f; cat g || cat h & cat i", "<f <g <h <i"},
    {"(cat f; cat g)", "<f <g"},
    {"cat *.txt f?", ""},
    {"cat $HOME/x ${y} $(ls) `pwd` ~/z", ""},
    {"cat {name} f", "<f"},
    {"echo '> f'", ""},
    {"echo \"a > f\" # > g", ""},
    {"cd sub && cat f", "<sub/f"},
    {"cd sub; cd deeper; cat f /abs", "<sub/deeper/f </abs"},
    {"cd $x; cat f", ""},
    {"python script.py --out x", "<script.py"},
    {"python -c 'print(1)'", ""},
    {"python -m http.server", ""},
    {"bash run.sh a b", "<run.sh"},
    {"./run.sh", "<./run.sh"},
    {"X=1 sudo cat f", "<f"},
    {"sed s/a/b/ f", "<f"},
    {"sed -i s/a/b/ f", "<f >f"},
    {"awk '{print $1}' f", "<f"},
    {"find . -name '*.py'", "<."},
    {"gcc -O2 -Wall a.c -o a", ">a <a.c"},
    {"pip install -r requirements.txt", "<requirements.txt"},
    {"git clone https://example.org/me/repo.git", ">repo"},
    {"git status", ""},
    {"cat <<EOF > f\nrm g\n> h\nEOF\ncat i", ">f <i"},
    {"cat <<< text", ""},
    {"diff <(cat a) b", "<a"},
    {"if true; then cat f; fi", "<f"},
    {"cat 'unterminated", ""},
    {"cat $(unterminated", ""},
    {"cat f \\\n g", "<f <g"},
    {"cat f\ncat g", "<f <g"},
};

static void test_shell(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shell_cases / sizeof shell_cases[0]; i++) {
        size_t used = 0;
        seen[0] = 0;
        cb_stub_shell(shell_cases[i].command, note, &used);
        if (strcmp(seen, shell_cases[i].files) != 0)
            fail_msg("%s: [%s], wanted [%s]", shell_cases[i].command, seen, shell_cases[i].files);
    }
}

static void count(void *context, const char *path, bool written)
{
    (void)path;
    (void)written;
    ++*(size_t *)context;
}

/* Long and hostile lines end, and soon. */
static void test_shell_limits(void **state)
{
    (void)state;
    static const char *const pieces[] = {"cat f;", "a ", "$(",    "${", "`",  "'", "\"",
                                         "<<E\n",  "{",  "cd d;", ">",  "\\", "(", "x"};
    enum { SIZE = 1 << 20 };
    char *line = malloc(SIZE + 16);
    assert_non_null(line);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t length = strlen(pieces[i]), used = 4, n = 0;
        memcpy(line, "cat ", 4);
        for (; used + length < SIZE; used += length)
            memcpy(line + used, pieces[i], length);
        line[used] = 0;
        cb_stub_shell(line, count, &n);
    }
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions),       cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_libraries),       cmocka_unit_test(test_methods),
        cmocka_unit_test(test_state_and_types), cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_shell),           cmocka_unit_test(test_shell_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
