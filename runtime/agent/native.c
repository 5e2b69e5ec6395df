#include "runtime/agent/native.h"

#ifndef CB_NATIVE_ALONE
#include "sandbox/enter.h"
static const struct cb_policy *the_policy;
void cb_native_policy(const struct cb_policy *policy)
{
    the_policy = policy;
}
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* ---- wrap ---- */

/* What a wrapped built-in carries; its PyMethodDef must outlive the function object, so both live in a capsule. */
struct wrapped {
    PyMethodDef def;
    PyObject *original, *before;
    char name[64];
};

static void wrapped_free(PyObject *capsule)
{
    struct wrapped *w = PyCapsule_GetPointer(capsule, NULL);
    if (!w)
        return;
    Py_XDECREF(w->original);
    Py_XDECREF(w->before);
    free(w);
}

static PyObject *wrapped_call(PyObject *capsule, PyObject *args, PyObject *kwargs)
{
    struct wrapped *w = PyCapsule_GetPointer(capsule, NULL);
    if (!w)
        return NULL;
    PyObject *nothing = PyObject_Call(w->before, args, kwargs);
    if (!nothing)
        return NULL;
    Py_DECREF(nothing);
    return PyObject_Call(w->original, args, kwargs);
}

static PyObject *native_wrap(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *original, *before;
    if (!PyArg_ParseTuple(args, "OO", &original, &before))
        return NULL;
    struct wrapped *w = calloc(1, sizeof *w);
    if (!w)
        return PyErr_NoMemory();
    PyObject *name = PyObject_GetAttrString(original, "__name__");
    PyObject *bytes = name ? PyUnicode_AsUTF8String(name) : NULL;
    Py_XDECREF(name);
    const char *text = bytes ? PyBytes_AsString(bytes) : NULL;
    if (!text) {
        Py_XDECREF(bytes);
        free(w);
        return NULL;
    }
    strncpy(w->name, text, sizeof w->name - 1);
    Py_DECREF(bytes);
    Py_INCREF(original);
    Py_INCREF(before);
    w->original = original;
    w->before = before;
    w->def.ml_name = w->name;
    w->def.ml_meth = (PyCFunction)(void (*)(void))wrapped_call;
    w->def.ml_flags = METH_VARARGS | METH_KEYWORDS;
    PyObject *capsule = PyCapsule_New(w, NULL, wrapped_free);
    if (!capsule) {
        Py_DECREF(original);
        Py_DECREF(before);
        free(w);
        return NULL;
    }
    PyObject *module = PyUnicode_FromString("builtins");
    PyObject *function = module ? PyCFunction_NewEx(&w->def, capsule, module) : NULL;
    Py_XDECREF(module);
    Py_DECREF(capsule);
    return function;
}

/* ---- pages ---- */

static PyObject *native_address(PyObject *self, PyObject *object)
{
    (void)self;
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0)
        return NULL;
    PyObject *result = Py_BuildValue("KK", (unsigned long long)(uintptr_t)view.buf, (unsigned long long)view.len);
    PyBuffer_Release(&view);
    return result;
}

/* pagemap entries: bit 63 present, 62 swapped, 61 "page is file-page or shared-anon" (Documentation/admin-guide/mm/
 * pagemap.rst). A page of a private file mapping that was written is anonymous: present or swapped without bit 61. */
static PyObject *native_dirty(PyObject *self, PyObject *args)
{
    (void)self;
    unsigned long long address, length;
    if (!PyArg_ParseTuple(args, "KK", &address, &length))
        return NULL;
    long page = sysconf(_SC_PAGESIZE);
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    unsigned long long first = address / (unsigned long long)page;
    unsigned long long end = (address + length + (unsigned long long)page - 1) / (unsigned long long)page;
    unsigned long long dirty = 0;
    uint64_t entries[4096];
    int failed = 0;
    Py_BEGIN_ALLOW_THREADS
    for (unsigned long long at = first; at < end && !failed;) {
        size_t want = end - at < 4096 ? (size_t)(end - at) : 4096;
        ssize_t got = pread(fd, entries, want * sizeof *entries, (off_t)(at * sizeof *entries));
        if (got <= 0) {
            failed = got < 0 ? errno : EIO;
            break;
        }
        size_t n = (size_t)got / sizeof *entries;
        for (size_t i = 0; i < n; i++)
            dirty += (entries[i] >> 62) != 0 && !((entries[i] >> 61) & 1);
        at += n;
    }
    Py_END_ALLOW_THREADS
    close(fd);
    if (failed) {
        errno = failed;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyLong_FromUnsignedLongLong(dirty);
}

/* ---- modules ---- */

static PyObject *native_modules_holding(PyObject *self, PyObject *name)
{
    (void)self;
    PyObject *modules = PyImport_GetModuleDict(), *found = PyList_New(0);
    PyObject *key, *module;
    Py_ssize_t at = 0;
    while (found && PyDict_Next(modules, &at, &key, &module)) {
        if (!PyModule_Check(module))
            continue;
        PyObject *value = PyDict_GetItemWithError(PyModule_GetDict(module), name);
        if (!value && !PyErr_Occurred())
            continue;
        PyObject *pair = value ? Py_BuildValue("(OO)", key, value) : NULL;
        if (!pair || PyList_Append(found, pair) < 0)
            Py_CLEAR(found);
        Py_XDECREF(pair);
    }
    return found;
}

/* Whether a module's dict differs from what it was; by identity, and without touching what it holds. */
static int dict_changed(PyObject *space, PyObject *before)
{
    if (PyDict_Size(space) != PyDict_Size(before))
        return 1;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(before, &at, &key, &value))
        if (PyDict_GetItemWithError(space, key) != value)
            return 1;
    return 0;
}

static PyObject *native_changed_modules(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *names, *base;
    if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &names, &PyDict_Type, &base))
        return NULL;
    PyObject *modules = PyImport_GetModuleDict(), *found = PyList_New(0);
    for (Py_ssize_t i = 0; found && i < PyList_Size(names); i++) {
        PyObject *name = PyList_GetItem(names, i);
        PyObject *module = PyDict_GetItemWithError(modules, name), *before = PyDict_GetItemWithError(base, name);
        if (!module || !before || !PyModule_Check(module) || !PyDict_Check(before))
            continue;
        if (dict_changed(PyModule_GetDict(module), before) && PyList_Append(found, name) < 0)
            Py_CLEAR(found);
    }
    return found && PyErr_Occurred() ? (Py_DECREF(found), NULL) : found;
}

/* ---- hot pages ----
 * A cell's first milliseconds are page faults: thousands of pages whose reference counts it touches are copied one by one.
 * Which ones is much the same for every cell, so one fork finds out and the others copy them in a few system calls. */

struct range {
    uint64_t address, length;
};

/* Bit 56 of a pagemap entry: the page is mapped by nobody else (Linux 4.2), so after fork it was copied. */
static int copied_pages(int pagemap, uint64_t from, uint64_t to, uint64_t page, struct range **ranges, size_t *n)
{
    uint64_t entries[1024];
    for (uint64_t at = from; at < to;) {
        size_t want = (to - at) / page < 1024 ? (size_t)((to - at) / page) : 1024;
        ssize_t got = pread(pagemap, entries, want * sizeof *entries, (off_t)(at / page * sizeof *entries));
        if (got <= 0)
            return 0;
        for (size_t i = 0; i < (size_t)got / sizeof *entries; i++, at += page) {
            if (!(entries[i] >> 63) || !((entries[i] >> 56) & 1) || ((entries[i] >> 61) & 1))
                continue;
            struct range *last = *n ? &(*ranges)[*n - 1] : NULL;
            if (last && last->address + last->length + page >= at && last->address + last->length >= from) {
                last->length = at + page - last->address;
                continue;
            }
            struct range *more = realloc(*ranges, (*n + 1) * sizeof **ranges);
            if (!more)
                return -1;
            *ranges = more;
            more[(*n)++] = (struct range){at, page};
        }
    }
    return 0;
}

static PyObject *native_hot_pages(PyObject *self, PyObject *nothing)
{
    (void)self;
    (void)nothing;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    FILE *maps = fopen("/proc/self/maps", "re");
    int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    struct range *ranges = NULL;
    size_t n = 0;
    int failed = !maps || pagemap < 0;
    char line[512];
    while (!failed && fgets(line, sizeof line, maps)) {
        unsigned long long from, to;
        char permissions[5];
        if (sscanf(line, "%llx-%llx %4s", &from, &to, permissions) == 3 && strcmp(permissions, "rw-p") == 0 &&
            !strstr(line, "[stack]"))
            failed = copied_pages(pagemap, from, to, page, &ranges, &n) < 0;
    }
    if (maps)
        fclose(maps);
    if (pagemap >= 0)
        close(pagemap);
    PyObject *result = PyBytes_FromStringAndSize((const char *)ranges, (Py_ssize_t)(failed ? 0 : n * sizeof *ranges));
    free(ranges);
    return result;
}

static PyObject *native_populate(PyObject *self, PyObject *pairs)
{
    (void)self;
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(pairs, &bytes, &size) < 0)
        return NULL;
    for (Py_ssize_t at = 0; at + (Py_ssize_t)sizeof(struct range) <= size; at += (Py_ssize_t)sizeof(struct range)) {
        struct range range;
        memcpy(&range, bytes + at, sizeof range);
        /* Linux 5.14; a range that is not mapped here, or an older kernel, is no loss but of time. */
        (void)madvise((void *)(uintptr_t)range.address, (size_t)range.length, MADV_POPULATE_WRITE);
    }
    Py_RETURN_NONE;
}

/* ---- entering a cell ---- */

#ifndef CB_NATIVE_ALONE
static PyObject *entered(int code, const struct cb_error *err)
{
    if (code < 0) {
        char text[640];
        snprintf(text, sizeof text, "%s: %s", err->phase, err->message);
        PyObject *value = Py_BuildValue("is", -code, text);
        if (value) {
            PyErr_SetObject(PyExc_OSError, value);
            Py_DECREF(value);
        }
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *native_prepare(PyObject *self, PyObject *args)
{
    (void)self;
    int pidfd;
    if (!PyArg_ParseTuple(args, "i", &pidfd))
        return NULL;
    struct cb_error err = CB_ERROR_INIT;
    return entered(cb_enter_prepare(pidfd, &err), &err);
}

static PyObject *native_restore(PyObject *self, PyObject *nothing)
{
    (void)self;
    (void)nothing;
    struct cb_error err = CB_ERROR_INIT;
    return entered(cb_enter_restore(&err), &err);
}

static PyObject *native_enter(PyObject *self, PyObject *args)
{
    (void)self;
    int pidfd, first_closed;
    if (!PyArg_ParseTuple(args, "ii", &pidfd, &first_closed))
        return NULL;
    struct cb_error err = CB_ERROR_INIT;
    return entered(cb_enter_cell(the_policy, pidfd, first_closed, &err), &err);
}
#endif

static PyMethodDef methods[] = {
    {"wrap", native_wrap, METH_VARARGS, "wrap(original, before) -> built-in function"},
    {"address", native_address, METH_O, "address(buffer) -> (address, nbytes)"},
    {"hot_pages", native_hot_pages, METH_NOARGS, "hot_pages() -> bytes"},
    {"populate", native_populate, METH_O, "populate(pairs)"},
    {"modules_holding", native_modules_holding, METH_O, "modules_holding(name) -> [(module, value)]"},
    {"changed_modules", native_changed_modules, METH_VARARGS, "changed_modules(names, base) -> names"},
    {"dirty", native_dirty, METH_VARARGS, "dirty(address, length) -> private pages"},
#ifndef CB_NATIVE_ALONE
    {"prepare", native_prepare, METH_VARARGS, "prepare(pidfd)"},
    {"restore", native_restore, METH_NOARGS, "restore()"},
    {"enter", native_enter, METH_VARARGS, "enter(pidfd, first_closed)"},
#endif
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_cellblock", "The C half of cellblock's agent.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__cellblock(void)
{
    return PyModule_Create(&module);
}
