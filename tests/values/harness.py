"""Plays supervisor for the Python half: every cell is a forked process, values travel through spool files.

The oracle is the same list of sources run in one process and one namespace; what both print must be equal.
"""
import array
import importlib.util
import io
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import types

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
AGENT = os.path.join(ROOT, 'runtime', 'agent', 'python')
MODULES = ('pickler', 'arrays', 'reducers', 'libraries', 'imports', 'ambient', 'borrowers', 'timers', 'values')


def load_agent(work):
    include = subprocess.run(['pkg-config', '--cflags', 'python-3.11'], capture_output=True, text=True, check=True).stdout.split()
    target = os.path.join(work, '_cellblock.so')
    subprocess.run(['gcc', '-std=gnu17', '-O2', '-shared', '-fPIC', '-D_GNU_SOURCE', '-DCB_NATIVE_ALONE', '-I', ROOT, *include,
                    '-o', target, os.path.join(ROOT, 'runtime', 'agent', 'native.c')], check=True)
    spec = importlib.util.spec_from_file_location('_cellblock', target)
    sys.modules['_cellblock'] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules['_cellblock'])
    package = types.ModuleType('cellblock_agent')
    package.__path__ = [AGENT]
    sys.modules['cellblock_agent'] = package
    for name in sorted(os.listdir(AGENT)):
        if name in [m + '.py' for m in MODULES]:
            importlib.import_module('cellblock_agent.' + name[:-3])


class Link:
    """The cell's end: JSON frames over a socket, descriptors with the first packet."""

    def __init__(self, sock):
        self.sock = sock

    def send(self, frame):
        data = json.dumps(frame).encode()
        self.sock.sendall(len(data).to_bytes(8, 'little') + data)

    def call(self, frame):
        self.send(frame)
        return receive(self.sock)


def receive(sock):
    head, fds = b'', array.array('i')
    while len(head) < 8:
        data, extra, _, _ = sock.recvmsg(8 - len(head), socket.CMSG_LEN(4))
        if not data:
            return None
        head += data
        for level, kind, content in extra:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(content)
    length, data = int.from_bytes(head, 'little'), b''
    while len(data) < length:
        part = sock.recv(length - len(data))
        if not part:
            return None
        data += part
    frame = json.loads(data)
    if fds:
        frame['fd'] = fds[0]
    return frame


class Store:
    """Newest version of each root, as the supervisor keeps it."""

    def __init__(self):
        self.newest = {}        # root -> (cell, group) or (cell, 'uncopyable' dict)
        self.visible = []
        self.spools = []

    def commit(self, cell, frame):
        for group in frame['groups']:
            for root in group['roots']:
                self.newest[root] = (cell, group)
        for item in frame['uncopyable']:
            self.newest[item['root']] = (cell, item)
        for name in frame['deleted']:
            self.newest.pop(name, None)
            if name in self.visible:
                self.visible.remove(name)
        written = [r for g in frame['groups'] for r in g['roots']] + [i['root'] for i in frame['uncopyable']]
        for name in frame['order'] + written:
            if not name.startswith('@') and name not in self.visible:
                self.visible.append(name)

    def eager(self):
        return sorted(root for root in self.newest if root.startswith('@a:'))

    def answer(self, frame):
        found = self.newest.get(frame['root'])
        if found is None:
            return {'op': 'absent'}, None
        cell, group = found
        if 'reason' in group:
            return {'op': 'uncopyable', 'from': cell, 'type': group['type'], 'reason': group['reason']}, None
        current = [root for root in group['roots'] if self.newest.get(root, (None, None))[1] is group]
        return {'op': 'value', 'from': cell, 'stream': group['stream'], 'buffers': group['buffers'], 'roots': group['roots'],
                'current': current}, self.spools[cell]


def run_source(number, source, space, namespace=None):
    name = '/tmp/cellblock_cell_%d.py' % number
    try:
        import linecache
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        code = compile(source, name, 'exec')
        if namespace is not None:
            namespace.register_source(name, number, source)
            namespace.before_code(code)
        exec(code, space)
    except BaseException as error:
        print('!! %s: %s' % (type(error).__name__, error))
        if os.environ.get('CB_TRACE'):
            traceback.print_exc()
    sys.stdout.flush()


def fresh_main():
    main = types.ModuleType('__main__')
    sys.modules['__main__'] = main
    sys.argv = ['']
    return main.__dict__


def forked(function, timeout=120):
    """Run function in a fork; what it printed."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    state = random.getstate()
    pid = os.fork()
    if pid == 0:
        random.setstate(state)     # os.fork seeds it anew; the agent does the same
        os.close(reader)
        code = 1
        try:
            signal.alarm(timeout)
            sys.stdout = io.TextIOWrapper(os.fdopen(writer, 'wb'), line_buffering=True)
            sys.stderr = sys.stdout
            os.dup2(sys.stdout.fileno(), 1)
            os.dup2(sys.stdout.fileno(), 2)
            function()
            sys.stdout.flush()
            code = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            sys.__stderr__.flush()
            sys.stdout.flush()
        finally:
            os._exit(code)
    os.close(writer)
    return pid, reader


def drain(reader):
    with os.fdopen(reader, 'rb') as stream:
        return stream.read().decode(errors='replace')


def oracle(sources):
    def work():
        space = fresh_main()
        for number, source in enumerate(sources):
            print('--- cell %d' % number)
            run_source(number, source, space)
    pid, reader = forked(work)
    text = drain(reader)
    os.waitpid(pid, 0)
    return text


def run_cell(number, source, store, keep_results=False):
    """One cell; (what it printed, commit frame or None, roots read)."""
    here, there = socket.socketpair()
    spool = tempfile.TemporaryFile(prefix='cellblock-spool-')
    store.spools.append(spool.fileno())
    store.files = getattr(store, 'files', []) + [spool]

    def work():
        here.close()
        from cellblock_agent import ambient, values
        space = fresh_main()
        namespace = values.Namespace(None, space, Link(there), spool.fileno())
        namespace.install(list(store.visible), store.eager(), keep_results)
        print('--- cell %d' % number)
        run_source(number, source, space, namespace)
        frame = namespace.commit()
        for problem in ambient.problems:
            print('!! ambient', problem)
        frame['hit'] = namespace.uncopyable_hit
        Link(there).call(frame)
    pid, reader = forked(work)
    there.close()
    commit, reads = None, []
    import threading
    printed = []
    thread = threading.Thread(target=lambda: printed.append(drain(reader)))
    thread.start()
    while True:
        frame = receive(here)
        if frame is None:
            break
        if frame['op'] == 'read':
            reads.append(frame['root'])
            reply, fd = store.answer(frame)
        else:
            commit, reply, fd = frame, {'op': 'ok'}, None
        data = json.dumps(reply).encode()
        packet = len(data).to_bytes(8, 'little') + data
        if fd is not None:
            os.lseek(fd, 0, 0)
            copy = os.open('/proc/self/fd/%d' % fd, os.O_RDONLY)
            socket.send_fds(here, [packet[:8]], [copy])
            here.sendall(packet[8:])
            os.close(copy)
        else:
            here.sendall(packet)
    thread.join()
    os.waitpid(pid, 0)
    here.close()
    if commit is not None:
        store.commit(number, commit)
    return printed[0], commit, reads


def run_split(sources, keep_results=False):
    store = Store()
    text, commits, reads = '', [], []
    for number, source in enumerate(sources):
        printed, commit, read = run_cell(number, source, store, keep_results)
        text += printed
        commits.append(commit)
        reads.append(read)
        if commit is None:
            text += '!! cell %d did not commit\n' % number
            break
    return text, commits, reads, store


def written(commit):
    """Variables (not hidden roots) that a commit wrote."""
    return sorted(root for group in commit['groups'] for root in group['roots'] if not root.startswith('@'))
