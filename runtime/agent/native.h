/*
 * native: the C half of the agent, seen from Python as the module `_cellblock`.
 *
 *   wrap(original, before)      a built-in function with original's name that calls before(*args, **kwargs) and then original with the
 *                               same arguments. It adds no Python frame, so original sees its caller's scope and
 *                               tracebacks do not show it. before() may use sys._getframe(1) to see that caller.
 *   prepare(pidfd), restore()   cb_enter_prepare / cb_enter_restore
 *   enter(pidfd, first_closed)  cb_enter_cell; raises OSError(errno, "phase: message")
 *   dirty(address, length)      number of pages of [address, address+length) that are private copies, by /proc/self/pagemap;
 *                               both multiples of the page size
 *   hot_pages()                 in a fork: which pages of the memory it got from its parent it has copied by writing to them, as
 *                               bytes, pairs of unsigned 64-bit (address, length)
 *   populate(pairs)             copy those pages now, all at once, instead of one fault at a time
 *   modules_holding(name)       [(module name, value)] of the modules in sys.modules whose dict has `name`; touches no reference count
 *                               of the others, whose pages would have to be copied for it
 *   changed_modules(names, base)  those of names whose module's dict holds other objects than base[name] says; as gently
 *   address(buffer)             (address, nbytes) of an object's buffer
 *
 * Limited API (3.11). Also builds alone as an extension module for the tests of the Python half (then without enter).
 */
#ifndef CB_NATIVE_H
#define CB_NATIVE_H

#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

struct cb_policy;
PyMODINIT_FUNC PyInit__cellblock(void);
void cb_native_policy(const struct cb_policy *policy);

#endif
