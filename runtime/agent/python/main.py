"""The agent's life: first a zygote that loads the image's code, then, in each fork of it, one cell.

Nothing of a notebook runs before `cell` has entered the sandbox.
"""
import gc
import io
import json
import os
import select
import socket
import sys
import threading
import traceback

import _cellblock

CONTROL, POLICY = 3, 4                  # descriptors of the zygote
PROTOCOL, SPOOL, FIRST_CLOSED = 3, 4, 5  # descriptors of a cell
CHUNK = 60000                           # docs/protocol.md
REQUEST_DESCRIPTORS = 5


def _finite(value):
    """`value` with floats that JSON lacks as text, as jupyter_client's json_clean gives them."""
    if isinstance(value, float) and value - value != 0:
        return repr(value)
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value


class Control:
    """The zygote's end of its socket: one JSON object in one packet."""

    def __init__(self, fd):
        self.socket = socket.socket(fileno=fd)

    def receive(self):
        data, fds, _, _ = socket.recv_fds(self.socket, 1 << 16, REQUEST_DESCRIPTORS)
        return (json.loads(data) if data else None), fds

    def send(self, frame, fds=()):
        socket.send_fds(self.socket, [json.dumps(frame).encode()], list(fds))


class Link:
    """A cell's end of its socket."""

    def __init__(self, fd):
        self.socket = socket.socket(fileno=fd)
        self.pid = os.getpid()
        self.lock = threading.RLock()

    def send(self, frame):
        try:
            text = json.dumps(frame, ensure_ascii=False, allow_nan=False)
        except ValueError:
            text = json.dumps(_finite(frame), ensure_ascii=False)
        text = text.encode('utf-8', 'replace')
        with self.lock:
            for at in range(0, max(len(text), 1), CHUNK):
                chunk = text[at:at + CHUNK]
                self.socket.sendall((b'E' if at + CHUNK >= len(text) else b'M') + chunk)

    def receive(self):
        parts, fds = [], []
        while True:
            data, got, _, _ = socket.recv_fds(self.socket, CHUNK + 1, 1)
            fds += got
            if not data:
                os._exit(0)             # the supervisor is gone, or is done with us
            parts.append(data[1:])
            if data[:1] == b'E':
                break
        reply = json.loads(b''.join(parts))
        if fds:
            reply['fd'] = fds[0]
        return reply

    def call(self, frame):
        if os.getpid() != self.pid:     # a forked child of the cell has no voice of its own
            return {'op': 'absent' if frame.get('op') == 'read' else 'ok'}
        with self.lock:
            self.send(frame)
            return self.receive()


# ---- loading the image's code --------------------------------------------------------------------------------------

def _surroundings():
    """What importing a module has no business changing; compared before and after each import."""
    state = {'working directory': os.getcwd(), 'threads': threading.active_count(), 'hooks': (sys.displayhook, sys.excepthook),
             'recursion limit': sys.getrecursionlimit(), 'environment': dict(os.environ)}
    if 'random' in sys.modules:
        state['random numbers'] = sys.modules['random'].getstate()
    if 'numpy.random' in sys.modules:
        state['random numbers of numpy'] = repr(sys.modules['numpy.random'].get_state())
    if 'matplotlib' in sys.modules:
        state['matplotlib.rcParams'] = dict(sys.modules['matplotlib'].rcParams.copy())
    return state


def _changed(before, after):
    """Name of the first thing that an import changed, or None.

    Variables added to the environment are no such thing: nothing reads them before the import that sets them (the search
    for imports ends where a notebook handles the environment), and many libraries set some.
    """
    for name, was in before.items():
        now = after[name]
        if name == 'environment':
            now = {k: v for k, v in now.items() if k in was}
        if was != now:
            return name
    return None


def _import(name):
    """Import `name` as a notebook would. Returns (reason to leave it to the cells or None, whether it cannot be imported)."""
    before, output = _surroundings(), io.StringIO()
    # The streams stay the ones that cells have: a module may keep them (logging.StreamHandler).
    sys.stdout.sink = sys.stderr.sink = output
    try:
        # As __main__, since warnings meant for the importing script are shown only there.
        exec(compile('import ' + name, '<cellblock>/preload', 'exec'), {'__name__': '__main__'})
    except ImportError as e:
        # Nothing of it stays in sys.modules; a cell that imports it fails in the same way.
        return 'cannot be imported: %s' % str(e)[:200], True
    except BaseException as e:
        return 'raises %s' % type(e).__name__, False
    finally:
        sys.stdout.sink = sys.stderr.sink = None
    if output.getvalue():
        return 'prints or warns', False
    changed = _changed(before, _surroundings())
    return changed and 'changes the %s' % changed, False


def preload(modules, report):
    """Import what the notebook imports; `report` each module before it is imported. Returns (loaded, left, tainted).

    After a module that must be left, the others are tried all the same: one new start serves for all of them.
    Modules of the same package are left with it: what they would do on their own cannot be seen any more.
    """
    loaded, left, tainted = [], [], []
    packages = {}                       # of tainted modules -> reason
    for name in modules:
        package = name.partition('.')[0]
        if package in packages:
            tainted.append({'module': name, 'reason': packages[package]})
            continue
        if name in sys.modules:
            loaded.append(name)
            continue
        report({'module': name})
        reason, absent = _import(name)
        if absent:
            left.append({'module': name, 'reason': reason})
        elif reason:
            tainted.append({'module': name, 'reason': reason})
            packages[package] = reason
        elif name in sys.modules:
            loaded.append(name)
    return loaded, left, tainted


def zygote():
    """Load IPython, then fork: the child loads the notebook's modules and serves; when these have side effects, or kill it,
    the next child is told to leave them."""
    control = Control(CONTROL)
    init, _ = control.receive()
    if init is None:
        return
    try:
        import IPython  # noqa: F401
    except ImportError as e:
        control.send({'op': 'failed', 'message': 'the image has no IPython (%s)' % e})
        return
    sys.path.insert(0, '')
    from . import ambient, shell as shells, values  # noqa: F401
    shell = shells.make_shell(init['user'], init['home'], init['kernel_pid'])
    modules, left = init['modules'], []
    while True:
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ours)
            _serve_with(control, shell, values, modules, left, theirs)
            os._exit(0)
        os.close(theirs)
        leave = _learn(ours, pid)
        if not leave:
            return
        left += leave
        gone = {entry['module'] for entry in leave}
        modules = [m for m in modules if m not in gone]


def _serve_with(control, shell, values, modules, left, pipe):
    def report(what):
        os.write(pipe, json.dumps(what).encode() + b'\n')
    with shell.builtin_trap:            # pandas looks for get_ipython when it is imported
        loaded, absent, tainted = preload(modules, report)
    os.register_at_fork(before=_before_fork)
    if tainted:
        report({'tainted': tainted})
        return
    report({'ready': True})
    os.close(pipe)
    from . import ambient
    ambient.baseline()
    gc.collect()
    gc.freeze()
    import IPython
    version = '.'.join(map(str, sys.version_info[:3]))
    control.send({'op': 'ready', 'python': version, 'ipython': IPython.__version__, 'preloaded': loaded, 'left': left + absent,
                  'language_info': {'name': 'python', 'version': version, 'mimetype': 'text/x-python',
                                    'codemirror_mode': {'name': 'ipython', 'version': sys.version_info[0]},
                                    'pygments_lexer': 'ipython%d' % sys.version_info[0],
                                    'nbconvert_exporter': 'python', 'file_extension': '.py'}})
    serve(control, shell, values)


def _learn(pipe, pid):
    """Wait for the child that serves. Returns the modules to leave: of the last try, none when it served to the end."""
    data, attempted, tainted, ready = b'', None, [], False
    while True:
        chunk = os.read(pipe, 1 << 16)
        if not chunk:
            break
        data += chunk
    os.close(pipe)
    for line in data.splitlines():
        told = json.loads(line)
        attempted, ready = told.get('module', attempted), ready or 'ready' in told
        tainted = told.get('tainted', tainted)
    _, status = os.waitpid(pid, 0)
    if tainted:
        return tainted
    if ready or attempted is None:
        return []
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return [{'module': attempted, 'reason': 'ends the process (%s)' % ('signal %d' % signal if signal else 'exit')}]


class _Rehearsal:
    """A link that leads nowhere."""

    def send(self, frame):
        pass

    def call(self, frame):
        return {'op': 'absent' if frame['op'] == 'read' else 'ok'}


def rehearse(shell, values):
    """Play a cell in a fork that is thrown away, to learn which pages every cell will write to (native.h)."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 1)
            os.dup2(null, 2)
            link = _Rehearsal()
            namespace = values.Namespace(shell, shell.user_ns, link, os.memfd_create('spool'))
            shell.begin_cell(link, namespace, 0, 1, False, None)
            namespace.install([], [], False)
            shell.run('x = [1]\nprint(x)\nx')
            namespace.commit()
            pages = _cellblock.hot_pages()
            while pages:
                pages = pages[os.write(writer, pages):]
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, 'rb') as pages:
        hot = pages.read()
    os.waitpid(pid, 0)
    return hot


def serve(control, shell, values):
    """Fork cells on request and report how they ended, until the supervisor hangs up."""
    hot = rehearse(shell, values)
    poll = select.poll()
    poll.register(CONTROL, select.POLLIN)
    children = {}                       # pidfd -> (id, pid)
    while True:
        for fd, _ in poll.poll():
            if fd != CONTROL:
                number, pid = children.pop(fd)
                poll.unregister(fd)
                os.close(fd)
                _, status = os.waitpid(pid, 0)
                signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
                control.send({'op': 'exited', 'id': number, 'signal': signal, 'code': code})
                continue
            request, fds = control.receive()
            if request is None:
                return
            if len(fds) != REQUEST_DESCRIPTORS:
                continue
            _cellblock.prepare(fds[0])
            random_state = sys.modules['random'].getstate() if 'random' in sys.modules else None
            pid = os.fork()
            if pid == 0:
                try:
                    cell(shell, values, random_state, hot, *fds)
                except BaseException:
                    os.write(2, traceback.format_exc().encode('utf-8', 'replace'))
                finally:
                    os._exit(70)
            pidfd = os.pidfd_open(pid)
            children[pidfd] = request['id'], pid
            control.send({'op': 'forked', 'id': request['id'], 'pid': pid}, [pidfd])
            poll.register(pidfd, select.POLLIN)
            for fd in fds:
                os.close(fd)
            _cellblock.restore()


# ---- one cell ------------------------------------------------------------------------------------------------------

_FORKS_TO_EXEC = {'pty', 'subprocess', 'ptyprocess.ptyprocess', 'pexpect.pty_spawn'}
_namespace = None


def _before_fork():
    """A forked child has no link to fetch variables by (Link.call): it gets them all, unless it only runs a program."""
    namespace, frame = _namespace, sys._getframe(1)
    if namespace is not None and os.getpid() == namespace.link.pid and frame.f_globals.get('__name__') not in _FORKS_TO_EXEC:
        namespace.materialise()


def live_things():
    """What keeps running after the cell and cannot travel: said in the record, never dropped silently."""
    return ['thread %s' % t.name for t in threading.enumerate()
            if t is not threading.main_thread() and not _is_script_loop(t)]


def _is_script_loop(thread):
    """IPython's %%bash keeps an event loop in a thread, in Jupyter as well; no notebook can see it."""
    target = getattr(thread, '_target', None)
    return getattr(target, '__name__', '') == 'run_forever' and thread.daemon


def cell(shell, values, random_state, hot, init_pidfd, protocol, out, err, spool):
    for fd, to in ((out, 1), (err, 2), (protocol, PROTOCOL), (spool, SPOOL)):
        os.dup2(fd, to)
    try:
        _cellblock.enter(init_pidfd, FIRST_CLOSED)
    except OSError as e:
        Link(PROTOCOL).send({'op': 'refused', 'phase': 'enter', 'message': str(e)})
        os._exit(71)
    for stream in sys.stdout, sys.stderr:
        stream.part()
    if random_state is not None:        # os.fork re-seeds it, but the cells of a run are one Python session
        sys.modules['random'].setstate(random_state)
    _cellblock.populate(hot)
    link = Link(PROTOCOL)
    link.send({'op': 'hello'})
    start = link.receive()
    namespace = values.Namespace(shell, shell.user_ns, link, SPOOL)
    shell.begin_cell(link, namespace, start['index'], start['count'], start['keep_results'], start['history'])
    namespace.install(start['visible'], start['eager'], start['keep_results'])
    global _namespace
    _namespace = namespace
    link.send({'op': 'begin'})
    result = shell.run(start['source'])
    reply = link.call({'op': 'executed', 'status': result['status'], 'uncopyable': namespace.uncopyable_hit,
                       'live': live_things()})
    if reply.get('commit', True):
        link.call(namespace.commit())
    os._exit(0)
