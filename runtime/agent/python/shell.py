"""The IPython side of a cell: a shell that shows what a kernel with nbclient would show, without a kernel.

make_shell() runs once, in the zygote; begin_cell() and run() in each forked cell.
"""
import asyncio
import atexit
import importlib
import linecache
import os
import re
import signal
import sys
import tempfile
import types
from functools import partial, wraps
from pathlib import Path

from IPython.core import interactiveshell, page, payloadpage, prefilter
from IPython.core.autocall import ZMQExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.error import UsageError
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell, InteractiveShellABC
from IPython.core.profiledir import ProfileDir
from traitlets import Any, Type, default, observe
from traitlets.config import Config
from traitlets.config.loader import DeferredConfigString

from . import kernel as kernels
from .borrow import borrow
from .display import ZMQDisplayPublisher, ZMQShellDisplayHook, send
from .streams import OutStream, flush_all, load_c_library

_PACKAGE = __name__.partition('.')[0]
# IPython's own modules that enumerate the notebook's variables.
_LISTING = {'IPython.core.magics.namespace', 'IPython.core.magics.code', 'IPython.extensions.storemagic'}
_IDENTIFIER = re.compile(r'[^\W\d]\w*')
_EXPANSION = re.compile(r'\{([^{}]*)\}|\$([^\W\d]\w*)')
_IMMUTABLE = (str, bytes, int, float, complex, tuple, frozenset, type(None), type(Ellipsis))
# So many more frames has a kernel (ipykernel 6, IPython 8) below the code of a cell that awaits nothing: the traceback of a
# RecursionError counts them. Cells that await have the same number of frames here and there.
_DEEPER = 4


# ---- names and sources of cells ------------------------------------------------------------------------------------

def murmur2(data, seed):
    """MurmurHash2, 32 bit, as ipykernel computes it for the names of cells."""
    m, mask = 0x5BD1E995, 0xFFFFFFFF
    length = len(data)
    whole = length & ~3
    h = seed ^ length
    for i in range(0, whole, 4):
        k = (int.from_bytes(data[i:i + 4], 'little') * m) & mask
        k = ((k ^ (k >> 24)) * m) & mask
        h = ((h * m) & mask) ^ k
    if length > whole:
        h = ((h ^ int.from_bytes(data[whole:], 'little')) * m) & mask
    h = ((h ^ (h >> 13)) * m) & mask
    return h ^ (h >> 15)


def _temporary_directory():
    """tempfile.gettempdir() without its trial file, which would be a change made by the cell."""
    if tempfile.tempdir:
        return tempfile.tempdir
    for name in ('TMPDIR', 'TEMP', 'TMP'):
        if os.environ.get(name) and os.path.isdir(os.environ[name]):
            return os.path.abspath(os.environ[name])
    return '/tmp'


class XCachingCompiler(CachingCompiler):
    """Compiles cells under ipykernel's file names, and lets the namespace see code before it runs."""
    kernel_pid = 0
    shell = None

    def get_code_name(self, raw_code, transformed_code, number):
        name = os.environ.get('IPYKERNEL_CELL_NAME')
        if name is None:
            name = '%s/ipykernel_%d/%d.py' % (_temporary_directory(), self.kernel_pid,
                                              murmur2(raw_code.encode('utf-8', 'surrogatepass'), 0xC70F6907))
        return name

    def cache(self, transformed_code, number=0, raw_code=None):
        name = super().cache(transformed_code, number, raw_code=raw_code)
        register = getattr(self.shell and self.shell.namespace, 'register_source', None)
        if register:
            register(name, number, transformed_code)
        return name

    def __call__(self, *args, **kwargs):
        """Also called by %time, %timeit and the like, whose code run_code() never sees."""
        code = super().__call__(*args, **kwargs)
        shell = self.shell
        if shell is not None and shell.namespace is not None and sys._getframe(1).f_code.co_name != 'run_ast_nodes':
            shell.namespace.before_code(code)
        return code


# ---- starting without touching the disk ----------------------------------------------------------------------------

class _QuietProfile(ProfileDir):
    """A profile directory that is not made before something is stored there."""

    @observe('location')
    def _location_changed(self, change):
        for name in ('security', 'log', 'startup', 'pid', 'static'):
            setattr(self, name + '_dir', os.path.join(change['new'], name))

    @observe('log_dir')
    def check_log_dir(self, change=None):
        pass

    @observe('startup_dir')
    def check_startup_dir(self, change=None):
        pass

    @observe('security_dir')
    def check_security_dir(self, change=None):
        pass

    @observe('pid_dir')
    def check_pid_dir(self, change=None):
        pass

    def check_dirs(self):
        pass


class _LateStore:
    """shell.db (%store, %alias): opened when first used."""

    def __init__(self, kind, root):
        self._kind, self._root, self._store = kind, root, None

    def _open(self):
        if self._store is None:
            self._store = self._kind(self._root)
        return self._store

    def __getattr__(self, name):
        return getattr(self._open(), name)

    def __getitem__(self, key):
        return self._open()[key]

    def __setitem__(self, key, value):
        self._open()[key] = value

    def __delitem__(self, key):
        del self._open()[key]

    def __contains__(self, key):
        return key in self._open()

    def __iter__(self):
        return iter(self._open())


# ---- the shell -----------------------------------------------------------------------------------------------------

class ZMQInteractiveShell(InteractiveShell):
    displayhook_class = Type(ZMQShellDisplayHook)
    display_pub_class = Type(ZMQDisplayPublisher)
    kernel = Any()
    parent_header = Any()
    exiter = Any()
    autoindent = Any(False)
    keepkernel_on_exit = None

    link = None
    namespace = None
    keep_results = recalls = False
    error_shown = None                  # the exception shown last, and its traceback as it was shown
    _loop = None
    _last_traceback = None
    _raw_user_ns = None

    @default('exiter')
    def _default_exiter(self):
        return ZMQExitAutocall(self)

    @observe('ipython_dir')
    def _ipython_dir_changed(self, change):
        pass

    @property
    def profile(self):
        return 'default'

    # -- namespaces --

    @property
    def user_ns(self):
        if self.namespace is not None:
            self.complete_namespace(sys._getframe(1))
        return self._raw_user_ns

    @user_ns.setter
    def user_ns(self, value):
        self._raw_user_ns = value

    @property
    def user_global_ns(self):
        if self.namespace is not None:
            self.complete_namespace(sys._getframe(1))
        return self._raw_user_ns

    def complete_namespace(self, frame):
        """Fetch all variables, unless `frame` is IPython's or ours: these ask for what they need."""
        if self.namespace is None:
            return
        name = frame.f_globals.get('__name__') or ''
        if name in _LISTING or name.partition('.')[0] not in ('IPython', _PACKAGE):
            self.namespace.materialise()

    def _need(self, names):
        if self.namespace is not None:
            names = [n for n in dict.fromkeys(names) if n not in self._raw_user_ns and self.namespace.pending(n)]
            if names:
                self.namespace.load(names)

    def _need_all(self):
        if self.namespace is not None:
            self.namespace.materialise()

    def _ofind(self, oname, *args, **kwargs):
        self._need(_IDENTIFIER.findall(oname)[:1])
        return super()._ofind(oname, *args, **kwargs)

    def var_expand(self, cmd, depth=0, *args, **kwargs):
        if self.namespace is not None and ('$' in cmd or '{' in cmd):
            self._need(n for pair in _EXPANSION.findall(cmd) for n in _IDENTIFIER.findall(' '.join(pair)))
        return super().var_expand(cmd, depth + 1, *args, **kwargs)

    def del_var(self, varname, by_name=False):
        self._need_all()
        return super().del_var(varname, by_name)

    def drop_by_id(self, variables):
        self._need(variables)
        return super().drop_by_id(variables)

    def reset_selective(self, regex=None):
        self._need_all()
        return super().reset_selective(regex)

    def complete(self, *args, **kwargs):
        self._need_all()
        return super().complete(*args, **kwargs)

    def reset(self, *args, **kwargs):
        self._need_all()                # what is deleted here was there
        super().reset(*args, **kwargs)
        if self.namespace is not None:
            self.namespace.reinstall()

    def _recall_results(self):
        """The display hook's own last three results, and `_`, `__`, `___` where they are these.

        A notebook may use `_` as it likes; the hook notices when it is not what it has put there.
        """
        results = []
        for number in range(self._count - 1, 0, -1):
            name = '_%d' % number
            self._need([name])
            if name in self._raw_user_ns:
                results.append(self._raw_user_ns[name])
                if len(results) == 3:
                    break
        names = '_', '__', '___'
        self._need(names)
        for name, result in zip(names, results + [''] * 3):
            if not results:
                self._raw_user_ns.setdefault(name, '')
            value = self._raw_user_ns.get(name, result)
            # Objects that cannot change may have come as two copies.
            same = type(value) is type(result) and isinstance(value, _IMMUTABLE) and value == result
            setattr(self.displayhook, name, value if same else result)

    def _recall_out(self, code):
        """`Out` is one dict in a kernel; here it is filled from `_1`, `_2`, … for code that reads it."""
        if self._out_recalled or not self._reads(code, {'Out', '_oh'}):
            return
        self._out_recalled = True
        names = ['_%d' % n for n in range(1, self.execution_count)]
        self._need(names)
        output = self.history_manager.output_hist
        known = {int(n[1:]): self._raw_user_ns[n] for n in names if n in self._raw_user_ns}
        known.update(output)
        output.clear()
        output.update(sorted(known.items()))

    def _reads(self, code, names):
        return not names.isdisjoint(code.co_names) or any(
            isinstance(c, types.CodeType) and self._reads(c, names) for c in code.co_consts)

    # -- initialisation --

    def init_environment(self):
        pass

    def init_virtualenv(self):
        pass

    def init_hooks(self):
        super().init_hooks()
        self.set_hook('show_in_pager', page.as_hook(payloadpage.page), 99)

    def init_data_pub(self):
        pass

    def init_magics(self):
        super().init_magics()
        self.register_magics(kernels.KernelMagics)
        self.magics_manager.register_alias('ed', 'edit')
        run = self.magics_manager.magics['line']['run']

        @wraps(run)
        def run_keeping_hook(*args, **kwargs):
            hook = self._raw_user_ns['__builtins__']
            try:
                return run(*args, **kwargs)
            finally:                    # %run puts the plain builtins into the namespace
                self._raw_user_ns['__builtins__'] = hook
        self.magics_manager.magics['line']['run'] = run_keeping_hook

    def enable_gui(self, gui=None):
        if gui not in kernels.GUIS:
            raise UsageError('Invalid GUI request %r, valid ones are:%s' % (gui, dict.fromkeys(kernels.GUIS).keys()))
        self.active_eventloop = gui

    # -- what goes to the frontend --

    def ask_exit(self):
        self.exit_now = not self.keepkernel_on_exit
        self.payload_manager.write_payload({'source': 'ask_exit', 'keepkernel': self.keepkernel_on_exit})

    def set_next_input(self, text, replace=False):
        self.payload_manager.write_payload({'source': 'set_next_input', 'text': text, 'replace': replace})

    def set_parent(self, parent):
        self.parent_header = parent

    def get_parent(self):
        return self.parent_header

    def system_piped(self, cmd):
        if cmd.rstrip().endswith('&'):
            function = borrow('ipykernel.zmqshell', 'ZMQInteractiveShell', 'system_piped')
            if function:
                function(self, cmd)
            raise OSError('Background processes not supported.')
        from IPython.utils.process import system
        self._raw_user_ns['_exit_code'] = system(self.var_expand(cmd, depth=1))

    system = system_piped

    def _get_exc_info(self, exc_tuple=None):
        etype, value, tb = super()._get_exc_info(exc_tuple)
        hide_own_frames(value)
        if value is not None and tb is not None:
            tb = _without_own(tb)
            sys.last_traceback = tb
        return etype, value, tb

    def _showtraceback(self, etype, evalue, stb):
        flush_all()
        known = self.error_shown
        if known and known[0] is evalue and getattr(sys, 'last_traceback', None) is None:
            stb = known[1]              # %tb: raised by an earlier cell, whose frames are gone
        self.error_shown = evalue, stb
        if self.link is not None:
            self.link.call({'op': 'error', 'ename': str(etype.__name__), 'evalue': str(evalue),
                            'traceback': [str(line) for line in stb]})
        self._last_traceback = stb

    # -- running --

    def transform_cell(self, raw_cell):
        word = raw_cell.strip()
        if word.isidentifier():         # a macro or an autocall object of an earlier cell runs when named alone
            self._need([word])
        return super().transform_cell(raw_cell)

    async def run_code(self, code_obj, result=None, *, async_=False):
        if self.namespace is not None:
            try:
                if self.recalls:
                    self._recall_out(code_obj)
                self.namespace.before_code(code_obj)
            except BaseException as e:
                if result is not None:
                    result.error_in_exec = e
                self.showtraceback(running_compiled_code=True)
                return True
        return await super().run_code(code_obj, result, async_=async_)

    runcode = run_code

    def run_cell(self, *args, **kwargs):
        self._last_traceback = None
        return super().run_cell(*args, **kwargs)

    def adopt_cell_source(self, filename, number, source):
        """Tracebacks name code that an earlier cell compiled as `Cell In [number], line k`."""
        entry = (len(source), None, [line + '\n' for line in source.splitlines()], filename)
        linecache.cache[filename] = entry
        if hasattr(linecache, '_ipython_cache'):
            linecache._ipython_cache[filename] = entry
        self.compile._filename_map[filename] = number

    def begin_cell(self, link, namespace, index, count, keep_results, history):
        # Before the cell's logging levels are set: asyncio tells what it does, and in Jupyter did so when the kernel began.
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self.link, self.namespace = link, namespace
        self.keep_results = keep_results
        self.recalls = keep_results or history is not None      # results of earlier cells may be asked for
        self._out_recalled = False
        self._count = self.execution_count = count
        self.kernel.parent_id = 'cell-%d' % index
        self.parent_header = self.kernel.get_parent()
        sys.stdout, sys.stderr = self._streams
        if count > 1:                   # %xdel looks at the result of the cell before
            self.last_execution_result = ExecutionResult(ExecutionInfo('', True, False, True, None))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self.history_manager.dir_hist[:] = [Path.cwd()]
        except OSError:
            self.history_manager.dir_hist[:] = []
        self._recall_history(count, history)
        if self.recalls:                # found by the namespace then, if earlier cells had results
            for name in ('_', '__', '___'):
                self._raw_user_ns.pop(name, None)

    def _recall_history(self, count, history):
        manager = self.history_manager
        if history is None:             # the cell does not look; keep the numbers right
            manager.input_hist_parsed[:] = manager.input_hist_raw[:] = [''] * count
            return
        parsed, raw = [''], ['']
        for number, text in enumerate(history, 1):
            text = text.rstrip('\n')
            if manager._exit_re.match(text.strip()):
                continue
            try:
                transformed = self.input_transformer_manager.transform_cell(text)
            except SyntaxError:
                transformed = text
            parsed.append(transformed.rstrip('\n'))
            raw.append(text)
            self._raw_user_ns['_i%d' % number] = self.user_ns_hidden['_i%d' % number] = text
        manager.input_hist_parsed[:], manager.input_hist_raw[:] = parsed, raw
        last = (raw[1:][::-1] + [''] * 4)[:4]
        manager._i00, manager._i, manager._ii, manager._iii = last

    def run(self, source):
        """Run a cell as ipykernel's do_execute does. Returns {"status": "ok" | "error"}."""
        self.execution_count = self._count
        if self.recalls:
            self._recall_results()
        loop = self._loop
        task = loop.create_task(self._execute(source))
        while not task.done():
            try:
                loop.run_until_complete(task)
            except RuntimeError:        # the cell stopped the loop
                if task.done():
                    raise
            except KeyboardInterrupt:
                pass
        try:
            success = task.result()
        except BaseException:           # an interrupt between the cell's code and its hooks, or a hook that let one out
            self.showtraceback()
            success = False
        flush_all()
        return {'status': 'ok' if success else 'error'}

    async def _execute(self, source):
        failure = None
        try:
            transformed = self.transform_cell(source)
        except Exception:
            transformed, failure = source, sys.exc_info()
        if self.should_run_async(source, transformed_cell=transformed, preprocessing_exc_tuple=failure) and \
                self.loop_runner is interactiveshell._asyncio_runner:
            result = await self._execute_async(source, transformed, failure)
        else:
            result = _at_depth(_DEEPER, partial(self.run_cell, source, store_history=True))
        self.payload_manager.clear_payload()
        await self._settle()
        return bool(result is not None and result.success)

    async def _execute_async(self, source, transformed, failure):
        self._last_traceback = None
        task = asyncio.ensure_future(self.run_cell_async(source, store_history=True, transformed_cell=transformed,
                                                         preprocessing_exc_tuple=failure))
        loop = asyncio.get_running_loop()
        # An interrupt cancels what the cell awaits, as in ipykernel.
        saved = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(task.cancel))
        result = None
        try:
            result = await task
        finally:
            signal.signal(signal.SIGINT, saved)
            self.events.trigger('post_execute')
            self.events.trigger('post_run_cell', result)
        return result

    async def _settle(self):
        """Let tasks that the cell started take the steps they can take at once: a kernel's loop runs on between cells."""
        for _ in range(100):
            if len(asyncio.all_tasks()) == 1:
                return
            before = [t for t in asyncio.all_tasks()]
            await asyncio.sleep(0)
            loop = asyncio.get_running_loop()
            if not getattr(loop, '_ready', None) and len(asyncio.all_tasks()) == len(before):
                return


ZMQInteractiveShell.__module__ = 'ipykernel.zmqshell'
XCachingCompiler.__module__ = 'ipykernel.compiler'
InteractiveShellABC.register(ZMQInteractiveShell)
CellShell = ZMQInteractiveShell


def _at_depth(extra, call):
    return call() if extra <= 1 else _at_depth(extra - 1, call)


# ---- tracebacks ----------------------------------------------------------------------------------------------------

def _own(tb):
    name = tb.tb_frame.f_globals.get('__name__')
    return isinstance(name, str) and name.partition('.')[0] == _PACKAGE


def _without_own(tb):
    """`tb` without the agent's frames: a cell's user has not called them."""
    while tb is not None and _own(tb):
        tb = tb.tb_next
    at = tb
    while at is not None:
        after = at.tb_next
        while after is not None and _own(after):
            after = after.tb_next
        if after is not at.tb_next:
            at.tb_next = after
        at = after
    return tb


def hide_own_frames(error):
    seen = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        if error.__traceback__ is not None:
            error.__traceback__ = _without_own(error.__traceback__)
        if error.__cause__ is not None:
            hide_own_frames(error.__cause__)
        error = error.__context__


# ---- making it -----------------------------------------------------------------------------------------------------

def _patch_prefilter():
    original = prefilter.is_shadowed

    def is_shadowed(identifier, ip):
        """A variable of an earlier cell shadows a magic of its name (`ls`, `who`), fetched or not."""
        namespace = getattr(ip, 'namespace', None)
        return original(identifier, ip) or (namespace is not None and namespace.pending(identifier))
    prefilter.is_shadowed = is_shadowed


def make_shell(user_name, home, kernel_pid):
    """The shell, made once in the zygote and inherited by every cell."""
    os.environ.setdefault('HOME', home)
    os.environ.setdefault('USER', user_name)
    kernels.environment(kernel_pid)
    sys.argv = kernels.arguments(kernel_pid)
    load_c_library()
    streams = OutStream(1, 'stdout'), OutStream(2, 'stderr')
    sys.stdout, sys.stderr = streams
    kernels.pretend_modules((ZMQInteractiveShell, ZMQDisplayPublisher, ZMQShellDisplayHook, XCachingCompiler, OutStream))

    config = Config({'IPKernelApp': {'connection_file': kernels.connection_file(kernel_pid)},
                     'HistoryManager': {'hist_file': DeferredConfigString(':memory:')}})
    ipython_dir = os.path.join(home, '.ipython')
    kernel = kernels.IPythonKernel.instance(config=config)
    store = getattr(interactiveshell, 'PickleShareDB', None)
    if store is not None:
        interactiveshell.PickleShareDB = partial(_LateStore, store)
    try:
        shell = ZMQInteractiveShell.instance(parent=kernel, kernel=kernel, compiler_class=XCachingCompiler, ipython_dir=ipython_dir,
                                             profile_dir=_QuietProfile(location=os.path.join(ipython_dir, 'profile_default')))
    finally:
        if store is not None:
            interactiveshell.PickleShareDB = store
    atexit.unregister(shell.atexit_operations)
    shell.extension_manager.load_extension('storemagic')    # as every IPython application does
    XCachingCompiler.kernel_pid, XCachingCompiler.shell = kernel_pid, shell
    shell._streams = streams
    kernel.shell = shell
    kernels.patch_modules(kernel)
    _patch_prefilter()
    for name in ('executing', 'stack_data', 'pygments.formatters.terminal256', 'pygments.lexers.python'):
        try:                            # the first traceback of a cell needs them
            importlib.import_module(name)
        except ImportError:
            pass
    return shell
