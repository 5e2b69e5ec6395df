#include "analyzer/analyzer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool reads_history(const char *source)
{
    struct cb_analysis *analysis = cb_analyze(&(struct cb_source){source, strlen(source)}, 1);
    bool found = cb_analysis_reads_history(analysis, 0);
    cb_analysis_free(analysis);
    return found;
}

static void imports_of(const char *const *sources, size_t n, struct cb_imports *out)
{
    struct cb_source cells[2];
    for (size_t i = 0; i < n; i++)
        cells[i] = (struct cb_source){sources[i], strlen(sources[i])};
    struct cb_analysis *analysis = cb_analyze(cells, n);
    cb_analysis_imports(analysis, out);
    cb_analysis_free(analysis);
}

/* Imports of one or two cells, joined by blanks. */
static void expect2(const char *first, const char *second, const char *want)
{
    const char *const sources[] = {first, second};
    struct cb_imports imports;
    imports_of(sources, second ? 2 : 1, &imports);
    cleanup_buffer struct cb_buffer got = {0};
    cb_buffer_adds(&got, "");
    for (size_t i = 0; i < imports.n; i++)
        cb_buffer_addf(&got, "%s%s", i ? " " : "", imports.names[i]);
    if (strcmp(got.text, want))
        fail_msg("%s\n-> \"%s\", not \"%s\"", first, got.text, want);
    cb_imports_free(&imports);
}

static void expect(const char *source, const char *want)
{
    expect2(source, NULL, want);
}

static void test_statements(void **state)
{
    (void)state;
    expect("import a", "a");
    expect("import a.b, c as d, e . f", "a.b c e.f");
    expect("from a.b import c", "a.b");
    expect("from a import (b,\n  c)\nimport d", "a d");
    expect("import a; import b;from c import d # ; import e", "a b c");
    expect("import a, \\\n  b\nimport c", "a b c");
    expect("import a\r\nimport b\r\n", "a b");
    expect2("import a, b", "import b, c\nimport a", "a b c");
    expect("from . import a\nfrom .b import c\nfrom .. import d\nimport e", "e");
    expect("from __future__ import annotations\nimport a", "a");
    expect("import\nimport 1\nimport a.\nfrom a\nfrom a import\nimport b", "");
    expect("import \xc3\xa9", "\xc3\xa9");
    expect("x = 1\n    import a", "");
    expect("  import a\n  import b", "a b"); /* IPython removes the indentation of the first line */
    expect("  import a\n  import b\n    import c", "");
    expect("important = 1\nimport_ = 2\nfrom_ = 3", "");
    expect("", "");
    expect("\n\n   \n", "");
}

static void test_hidden(void **state)
{
    (void)state;
    expect("'''\nimport a\n'''\nimport b", "b");
    expect("\"\"\"x \\\"\"\"\nimport a\n\"\"\"\nimport b", "b");
    expect("x = 'import a'\n# import b\nimport c", "c");
    expect("x = rb'''\nimport a\n'''; import b", "b");
    expect("x = f'{y!r}\\\nimport a'\nimport b", "b");
    expect("if x:\n    import a\nelse: import b\nimport c", "c");
    expect("if x: import a; import b\nimport c", "c");
    expect("try:\n    import a\nexcept ImportError: import b", "");
    expect("def f():\n    import a\nimport b", "b");
    expect("class A: import a\nwith x: import b\nfor i in x: import c\nwhile x: import d\nasync def f(): "
           "import e",
           "");
    expect("f(\nimport a\n)\nimport b", "");
    expect("x = [1,\n'''\n]\n''',\n]\nimport a", "a");
    /* Of a cell that cannot be compiled, nothing runs. */
    expect("x = 'unfinished\nimport a", "");
    expect("x = )))\nimport a", "");
    expect2("x = )))\nimport a", "import b", "b");
    expect("x = '''unfinished\nimport a", "");
    expect("x = a != b\nimport c", "c");
}

static void test_magics(void **state)
{
    (void)state;
    expect("%matplotlib inline\n!ls (\n?x\nnumpy?\nimport a\n%time import b\n", "a b");
    expect("!ls \\\nimport a\nimport b", "b");
    expect("x = !ls (\nimport a", "a");
    expect("x = %who (\nimport a", "a");
    expect("x %= 3\nimport a", "a");
    expect("\n%%time\nimport a", "a");
    expect("%%capture out\nimport a", "a");
    expect("%%capture out\n%%timeit -n 1\nimport a", ""); /* in a function */
    expect("%%bash\nimport a", "");
    expect("%%time\n%%bash\nimport a", "");
    expect("%%timex\nimport a", "");
    expect("%%", "");
}

static void test_stops(void **state)
{
    (void)state;
    expect2("import a, os\nos.environ['X'] = '1'\nimport b", "import c", "a os");
    expect2("import a\nos.environ['X'] += '1'", "import c", "a");
    expect2("import a\nos.environ.update(x)", "import c", "a");
    expect2("import a\ndel os.environ['X']", "import c", "a");
    expect2("import a\nfrom os import environ", "import c", "a");
    expect2("import a\nx = os.environ['X'] == '1'", "import c", "a c");
    expect2("import a\nx = os.environ.get('X')", "import c", "a c");
    expect2("import a\nif 'X' in os.environ: pass", "import c", "a c");
    expect2("import sys\nsys.path.insert(0, '.')", "import c", "sys");
    expect2("import sys\nprint(sys.version, os.path.sep)", "import c", "sys c");
    expect2("from sys import path", "import c", "");
    expect2("import a\ndef f():\n    os.chdir('x')", "import c", "a");
    expect2("import importlib", "import c", "");
    expect2("import matplotlib\nmatplotlib.use('Agg')", "import matplotlib.pyplot", "matplotlib");
    expect2("import matplotlib as m\nm.use('Agg')", "import c", "matplotlib");
    expect2("import matplotlib.pyplot as plt\nplt.style.use('ggplot')", "import c", "matplotlib.pyplot c");
    expect2("%env X=1", "import c", "");
    expect2("%cd /tmp", "import c", "");
    expect2("%%writefile m.py\nx = 1", "import m", "");
    expect2("# os.environ['X'] = 1\n'sys.path'", "import c", "c");
}

static void reads(const char *source, bool want)
{
    if (reads_history(source) != want)
        fail_msg("%s\n-> %s", source, want ? "not seen" : "wrongly seen");
}

static void test_history(void **state)
{
    (void)state;
    static const char *const yes[] = {"_",
                                      "_ + 1",
                                      "x = _",
                                      "print(__)",
                                      "___",
                                      "_3",
                                      "Out[1]",
                                      "In[2]",
                                      "_i",
                                      "_ii",
                                      "_i12",
                                      "_oh",
                                      "_ih[-1]",
                                      "f'{_}'",
                                      "f'{Out[1]}'",
                                      "_ == 1",
                                      "_.x",
                                      "_[0] = 1",
                                      "f(x=_)",
                                      "_(1)",
                                      "%history",
                                      "%recall 1",
                                      "!echo {_}",
                                      "!echo $_3",
                                      "eval('_')",
                                      "globals()",
                                      "x = !ls {_}",
                                      "%%bash\necho {_}",
                                      "for _ in _: pass",
                                      "a, b = _",
                                      "x = [_\n]",
                                      "_ += 1",
                                      "get_ipython()",
                                      "x = 1; y = _",
                                      "_, a = _, 1",
                                      "for x in _: pass"};
    static const char *const no[] = {"",
                                     "x = 1",
                                     "for _ in range(3): pass",
                                     "for i, _ in x: pass",
                                     "[0 for _ in range(3)]",
                                     "a, _ = f()",
                                     "_, a = f()",
                                     "(_, a), b = f()",
                                     "_ = 1",
                                     "a = _ = f()",
                                     "x = 1; _ = 2",
                                     "import gettext as _",
                                     "x._",
                                     "x.Out",
                                     "'_'",
                                     "# _",
                                     "1_000",
                                     "__name__",
                                     "_x",
                                     "_ix",
                                     "Input",
                                     "f'{x}_a'",
                                     "df.eval('a')",
                                     "%matplotlib inline",
                                     "!ls",
                                     "'''\n_\n'''"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        reads(yes[i], true);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        reads(no[i], false);
}

static void test_large(void **state)
{
    (void)state;
    cleanup_buffer struct cb_buffer b = {0};
    for (int i = 0; i < 1000000; i++)
        cb_buffer_addf(&b, "import m%d\n", i);
    const char *const sources[] = {b.text};
    struct cb_imports imports;
    imports_of(sources, 1, &imports);
    assert_int_equal(imports.n, 1024);
    cb_imports_free(&imports);
    memset(b.text, '(', b.length);
    imports_of(sources, 1, &imports);
    assert_int_equal(imports.n, 0);
    cb_imports_free(&imports);
    assert_false(reads_history(b.text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements), cmocka_unit_test(test_hidden),  cmocka_unit_test(test_magics),
        cmocka_unit_test(test_stops),      cmocka_unit_test(test_history), cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
