"""What a notebook may ask of "its kernel": get_ipython().kernel, comms, the kernel's own magics, and the modules' names."""
import builtins
import getpass
import importlib
import importlib.util
import logging
import os
import sys
import types
import uuid
import warnings

from IPython.core import page
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magics import CodeMagics, MacroToEdit
from IPython.display import Javascript, display
from IPython.utils import openpy
import traitlets.log
from traitlets.config.configurable import SingletonConfigurable

from .borrow import borrow, source, source_path
from .display import send
from .streams import flush_all


log = logging.getLogger('IPKernelApp')  # a kernel's log is in no notebook
log.propagate = False
log.addHandler(logging.NullHandler())


class IOPubSocket:
    """Stands for the socket to the frontend: what a session sends there becomes an output of the cell."""
    closed = False

    def send(self, *args, **kwargs):
        pass

    send_multipart = send


class Session:
    """Messages of a cell go nowhere but into its outputs."""
    session = 'cellblock'
    username = 'cell'
    key = b''

    def msg(self, msg_type, content=None, parent=None, header=None, metadata=None):
        header = header or {'msg_id': uuid.uuid4().hex, 'msg_type': msg_type, 'session': self.session,
                            'username': self.username, 'version': '5.3'}
        return {'header': header, 'msg_id': header['msg_id'], 'msg_type': header['msg_type'], 'parent_header': parent or {},
                'content': content or {}, 'metadata': metadata or {}}

    def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, track=False, header=None,
             metadata=None):
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent, header, metadata)
        if isinstance(stream, IOPubSocket):
            display_message(message['msg_type'], message['content'])
        return message


def display_message(kind, content):
    """A message of the kind that a frontend shows, as an output of this cell."""
    shell = IPythonKernel.instance().shell
    if kind in ('display_data', 'update_display_data', 'execute_result'):
        frame = {'op': 'result' if kind == 'execute_result' else 'display', 'data': content.get('data'),
                 'metadata': content.get('metadata'), 'display_id': (content.get('transient') or {}).get('display_id')}
        if kind != 'execute_result':
            frame['update'] = kind == 'update_display_data'
        send(shell, frame)
    elif kind == 'stream':
        stream = sys.stderr if content.get('name') == 'stderr' else sys.stdout
        stream.write(str(content.get('text', '')))
    elif kind == 'clear_output':
        shell.display_pub.clear_output(content.get('wait', False))
    elif kind == 'error' and shell.link is not None:
        flush_all()
        shell.link.call({'op': 'error', 'ename': str(content.get('ename')), 'evalue': str(content.get('evalue')),
                         'traceback': [str(line) for line in content.get('traceback') or ()]})


class CommManager:
    def __init__(self, kernel=None, **kwargs):
        self.kernel, self.comms, self.targets = kernel, {}, {}

    def register_target(self, target_name, f):
        self.targets[target_name] = f

    def unregister_target(self, target_name, f):
        return self.targets.pop(target_name)

    def register_comm(self, comm):
        self.comms[comm.comm_id] = comm
        return comm.comm_id

    def unregister_comm(self, comm):
        self.comms.pop(comm.comm_id, None)

    def get_comm(self, comm_id):
        return self.comms.get(comm_id)


class IPythonKernel(SingletonConfigurable):
    implementation = 'ipython'
    eventloop = None
    iopub_socket = IOPubSocket()
    session = Session()
    log = log
    _allow_stdin = False
    shell = None

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.comm_manager = CommManager(self)
        self.ident = uuid.UUID(int=0).hex

    def get_parent(self, channel='shell'):
        return {'header': {'msg_id': self.parent_id, 'msg_type': 'execute_request'}}

    parent_id = ''

    @property
    def _parent_header(self):
        return self.get_parent()

    @property
    def execution_count(self):
        return self.shell.execution_count

    def raw_input(self, prompt=''):
        self._refuse('raw_input')

    def getpass(self, prompt='', stream=None):
        self._refuse('getpass')

    def _refuse(self, name):
        function = borrow('ipykernel.kernelbase', 'Kernel', name, {'StdinNotImplementedError': StdinNotImplementedError})
        if function:
            function(self)
        raise StdinNotImplementedError('%s was called, but this frontend does not support input requests.' % name)

    def do_shutdown(self, restart):
        return {'status': 'ok', 'restart': restart}


class Comm:
    """A comm that opens, sends and closes without a peer."""

    def __init__(self, target_name='', data=None, metadata=None, buffers=None, comm_id=None, primary=True, **kwargs):
        self.kernel = IPythonKernel.instance() if IPythonKernel.initialized() else None
        self.target_name, self.primary, self._closed = target_name or 'comm', primary, False
        self.comm_id = comm_id or uuid.uuid4().hex
        self._msg_callback = self._close_callback = None
        if self.kernel:
            self.kernel.comm_manager.register_comm(self)

    def open(self, data=None, metadata=None, buffers=None):
        self._closed = False

    def send(self, data=None, metadata=None, buffers=None):
        pass

    def close(self, data=None, metadata=None, buffers=None, deleting=False):
        if not self._closed and self.kernel:
            self.kernel.comm_manager.unregister_comm(self)
        self._closed = True

    def on_msg(self, callback):
        self._msg_callback = callback

    def on_close(self, callback):
        self._close_callback = callback

    def handle_msg(self, msg):
        if self._msg_callback:
            self._msg_callback(msg)

    def handle_close(self, msg):
        if self._close_callback:
            self._close_callback(msg)


@magics_class
class KernelMagics(Magics):
    """ipykernel's own line magics."""
    _find_edit_target = CodeMagics._find_edit_target

    @line_magic
    def edit(self, parameter_s='', last_call=None):
        """Bring up an editor and execute the resulting code (no editor without a frontend)."""
        opts, args = self.parse_options(parameter_s, 'prn:')
        try:
            filename, number, _ = CodeMagics._find_edit_target(self.shell, args, opts, last_call or ['', ''])
        except MacroToEdit:
            print('Macro editing not yet implemented in 2-process model.')
            return
        self.shell.payload_manager.write_payload({'source': 'edit_magic', 'filename': os.path.abspath(filename),
                                                  'line_number': number})

    @line_magic
    def clear(self, arg_s):
        """Clear the terminal."""
        self.shell.system('clear')

    @line_magic
    def less(self, arg_s):
        """Show a file through the pager.

        Files ending in .py are syntax-highlighted."""
        if not arg_s:
            raise UsageError('Missing filename.')
        if arg_s.endswith('.py'):
            text = self.shell.pycolorize(openpy.read_py_file(arg_s, skip_encoding_cookie=False))
        else:
            text = open(arg_s).read()
        page.page(text)

    more = line_magic('more')(less)

    @line_magic
    def man(self, arg_s):
        """Find the man page for the given command and display in pager."""
        page.page(self.shell.getoutput('man %s | col -b' % arg_s, split=False))

    @line_magic
    def connect_info(self, arg_s):
        """Print information for connecting other clients to this kernel (there is none)."""
        warnings.warn('Could not get connection info: %r' % RuntimeError('no kernel'))

    @line_magic
    def qtconsole(self, arg_s):
        """Open a qtconsole connected to this kernel (there is none)."""
        warnings.warn('Could not start qtconsole: %r' % RuntimeError('no kernel'))

    @line_magic
    def autosave(self, arg_s):
        """Set the autosave interval in the notebook (in seconds)."""
        try:
            interval = int(arg_s)
        except ValueError as e:
            raise UsageError('%%autosave requires an integer, got %r' % arg_s) from e
        display(Javascript('IPython.notebook.set_autosave_interval(%i)' % (1000 * interval)),
                include=['application/javascript'])
        print('Autosaving every %i seconds' % interval if interval else 'Autosave disabled')


GUIS = ('inline', 'nbagg', 'webagg', 'notebook', 'ipympl', 'widget', None, 'qt4', 'qt', 'qt5', 'wx', 'tk', 'gtk', 'gtk3', 'osx',
        'asyncio')


def environment(kernel_pid):
    """os.environ as a kernel's first cell sees it."""
    env = os.environ
    env['TERM'] = 'xterm-color'
    env['CLICOLOR'] = '1'
    env['PAGER'] = env['GIT_PAGER'] = 'cat'
    if 'FORCE_COLOR' in source('ipykernel.zmqshell'):   # ipykernel 6.18 and later
        env['FORCE_COLOR'] = env['CLICOLOR_FORCE'] = '1'
    if not env.get('MPLBACKEND'):
        env['MPLBACKEND'] = 'module://matplotlib_inline.backend_inline'
    env['JPY_PARENT_PID'] = str(kernel_pid - 1)
    if importlib.util.find_spec('debugpy'):             # imported by a kernel; sets this
        env.setdefault('PYDEVD_USE_FRAME_EVAL', 'NO')


def connection_file(kernel_pid):
    return '/tmp/tmpcell%04d.json' % (kernel_pid % 10000)


def arguments(kernel_pid):
    """sys.argv of a kernel that nbclient started: argparse in a cell names it in its complaints."""
    launcher = source_path('ipykernel_launcher') or '/usr/lib/python3/dist-packages/ipykernel_launcher.py'
    return [launcher, '-f', connection_file(kernel_pid), '--HistoryManager.hist_file=:memory:']


class _Module(types.ModuleType):
    """`ipykernel` as found in sys.modules: itself light, its submodules the real ones where the image has them."""

    def __getattr__(self, name):
        if name == '__version__':
            scope = {}
            exec(source('ipykernel._version'), scope)
            return scope['__version__']
        for submodule in ('connect', name):
            try:
                module = importlib.import_module('ipykernel.' + submodule)
            except ImportError:
                continue
            if submodule == name:
                return module
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError("module 'ipykernel' has no attribute %r" % name)


class _Submodule(types.ModuleType):
    """A submodule of ipykernel that holds our classes; whatever else is asked of it comes from the real one."""

    def __getattr__(self, name):
        real = self.__dict__.get('_real')
        if real is None and not name.startswith('__'):
            path = source_path(self.__name__)
            spec = path and os.path.exists(path) and importlib.util.spec_from_file_location(self.__name__, path)
            if spec:
                real = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(real)
                self.__dict__['_real'] = real
        if hasattr(real, name):
            return getattr(real, name)
        raise AttributeError('module %r has no attribute %r' % (self.__name__, name))


def pretend_modules(classes):
    """Libraries look for 'ipykernel' in sys.modules, open comms through it and ask whether the shell is its shell."""
    spec = importlib.util.find_spec('ipykernel')
    if spec is None or 'ipykernel' in sys.modules:
        return
    module = _Module('ipykernel')
    module.__file__, module.__path__, module.__spec__ = spec.origin, list(spec.submodule_search_locations), spec
    module.__package__ = 'ipykernel'
    sys.modules['ipykernel'] = module
    for kind in (Comm, CommManager, IPythonKernel, KernelMagics) + tuple(classes):
        name = kind.__module__ if '.comm.' not in kind.__module__ else 'ipykernel.comm'
        submodule = sys.modules.setdefault(name, _Submodule(name))
        setattr(submodule, kind.__name__, kind)
        setattr(module, name.partition('.')[2], submodule)


def patch_modules(kernel):
    """What a kernel changes in the standard library: input without stdin, pdb, faulthandler."""
    traitlets.log._logger = log
    builtins.input, getpass.getpass = kernel.raw_input, kernel.getpass
    import faulthandler
    import pdb
    from IPython.core import debugger
    if hasattr(debugger, 'InterruptiblePdb'):
        debugger.Pdb = debugger.InterruptiblePdb
        pdb.Pdb, pdb.set_trace = debugger.Pdb, debugger.set_trace
    if importlib.util.find_spec('debugpy'):
        def debugpy_breakpointhook(*args, **kwargs):
            """A kernel's breakpoint() waits for nobody while no debugger is attached."""
        sys.breakpointhook = debugpy_breakpointhook
    original = faulthandler.enable

    def enable(file=sys.__stderr__, all_threads=True, **kwargs):
        return original(file=file, all_threads=all_threads, **kwargs)
    faulthandler.enable = enable


for _class, _name in ((IPythonKernel, 'ipykernel.ipkernel'), (Comm, 'ipykernel.comm.comm'), (KernelMagics, 'ipykernel.zmqshell'),
                      (CommManager, 'ipykernel.comm.manager')):
    _class.__module__ = _name
