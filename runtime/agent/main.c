/*
 * cellblock-agent: the program that is the zygote and, forked, every cell. Runs inside an image's root with that
 * image's libpython; started by cb_sandbox_zygote with 3 = control socket, 4 = policy.
 *
 *   cellblock-agent PYTHON      PYTHON: path of the interpreter in the image (for sys.executable and sys.prefix)
 */
#include "runtime/agent/native.h"
#include "runtime/agent/embedded.h"
#include "sandbox/enter.h"

#include <signal.h>
#include <string.h>
#include <wchar.h>

/* The Python half, as {name: (source, marshalled code for cb_embedded_magic)}, becomes _cellblock.modules. */
static int publish_modules(PyObject *native)
{
    PyObject *modules = PyDict_New();
    if (!modules)
        return -1;
    for (const struct cb_embedded *m = cb_embedded_modules; m->name; m++) {
        PyObject *pair = Py_BuildValue("(s#y#)", m->source, (Py_ssize_t)m->source_length, (const char *)m->code,
                                       (Py_ssize_t)m->code_length);
        int failed = !pair || PyDict_SetItemString(modules, m->name, pair) < 0;
        Py_XDECREF(pair);
        if (failed) {
            Py_DECREF(modules);
            return -1;
        }
    }
    int failed = PyObject_SetAttrString(native, "modules", modules);
    Py_DECREF(modules);
    PyObject *magic = PyBytes_FromStringAndSize((const char *)cb_embedded_magic, 4);
    failed = failed || !magic || PyObject_SetAttrString(native, "magic", magic) < 0;
    Py_XDECREF(magic);
    return failed ? -1 : 0;
}

/* bootstrap.py makes the package importable and calls main.zygote(). */
static int run_bootstrap(void)
{
    PyObject *code = Py_CompileString(cb_embedded_bootstrap, "<cellblock>/bootstrap.py", Py_file_input);
    PyObject *scope = code ? PyDict_New() : NULL;
    PyObject *result = NULL;
    if (scope && PyDict_SetItemString(scope, "__builtins__", PyEval_GetBuiltins()) == 0)
        result = PyEval_EvalCode(code, scope, scope);
    Py_XDECREF(code);
    Py_XDECREF(scope);
    if (!result) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("cellblock-agent is started by cellblock\n", stderr);
        return CB_EXIT_USAGE;
    }
    /* The supervisor blocks signals for its signalfd, and a terminal's Ctrl-C is the supervisor's to handle. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    struct cb_error err = CB_ERROR_INIT;
    const struct cb_policy *policy = cb_policy_map(4, &err);
    if (!policy) {
        fprintf(stderr, "cellblock-agent: %s: %s\n", err.phase, err.message);
        return CB_EXIT_INTERNAL;
    }
    cb_native_policy(policy);
    static wchar_t program[256];
    if (mbstowcs(program, argv[1], 255) == (size_t)-1)
        return CB_EXIT_INTERNAL;
    /* Deprecated in favour of PyConfig, which the limited API lacks. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    Py_SetProgramName(program);
#pragma GCC diagnostic pop
    PyImport_AppendInittab("_cellblock", PyInit__cellblock);
    Py_InitializeEx(1);
    PyObject *native = PyImport_ImportModule("_cellblock");
    int failed = !native || publish_modules(native) < 0;
    if (failed && PyErr_Occurred())
        PyErr_Print();
    failed = failed || run_bootstrap() < 0;
    return failed ? CB_EXIT_INTERNAL : 0;
}
