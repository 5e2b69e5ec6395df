"""Runs cells as the agent does: a shell made once, each cell in a fork of it, outputs assembled as nbclient stores them."""
import json
import os
import select
import socket
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
AGENT = os.path.join(HERE, '..', '..', 'runtime', 'agent', 'python')
KERNEL_PID = 4242


def load_agent():
    """The agent's modules as the package `cellblock_agent`, wherever they lie."""
    if 'cellblock_agent' not in sys.modules:
        package = types.ModuleType('cellblock_agent')
        package.__path__ = [os.path.abspath(AGENT)]
        sys.modules['cellblock_agent'] = package
    import cellblock_agent.shell
    return cellblock_agent.shell


class Namespace:
    """Stands in for values.Namespace: values of earlier cells are given, loaded name by name through `__builtins__`."""

    def __init__(self, ns, earlier):
        self.ns, self.earlier, self.loaded = ns, dict(earlier), []
        self.sources = []
        self.uncopyable_hit = None
        self.reinstall()

    def reinstall(self):
        import builtins
        outer = self

        class Hook(dict):
            def __missing__(self, name):
                if hasattr(builtins, name):
                    return getattr(builtins, name)
                if not outer.pending(name):
                    raise KeyError(name)
                outer.load([name])
                return outer.ns[name]
        self.ns['__builtins__'] = Hook(vars(builtins))

    def pending(self, name):
        return name in self.earlier

    def load(self, names):
        for name in names:
            if name in self.earlier:
                self.loaded.append(name)
                self.ns[name] = self.earlier.pop(name)

    def materialise(self):
        self.load(list(self.earlier))

    def before_code(self, code):
        pass

    def register_source(self, filename, number, source):
        self.sources.append((filename, number, source))


class Link:
    """Frames to the parent over a seqpacket socket, each answered."""

    def __init__(self, sock):
        self.sock = sock

    def send(self, frame):
        data = json.dumps(frame).encode('utf-8', 'replace')
        for at in range(0, len(data), 60000):
            self.sock.sendall((b'E' if at + 60000 >= len(data) else b'M') + data[at:at + 60000])

    def call(self, frame):
        self.send(frame)
        return json.loads(self.sock.recv(60001)[1:])


class Outputs:
    """nbclient's process_message, for frames."""

    def __init__(self):
        self.list, self.clear_before_next = [], False

    def add(self, output):
        if self.clear_before_next:
            self.list.clear()
            self.clear_before_next = False
        last = self.list[-1] if self.list else None
        if output['output_type'] == 'stream' and last and last['output_type'] == 'stream' and last['name'] == output['name']:
            last['text'] += output['text']
        else:
            self.list.append(output)

    def frame(self, frame, count):
        op = frame['op']
        if op == 'clear':
            self.clear_before_next = frame['wait']
            if not frame['wait']:
                self.list.clear()
        elif op == 'error':
            self.add({'output_type': 'error', **{k: frame[k] for k in ('ename', 'evalue', 'traceback')}})
        elif op == 'result':
            self.add({'output_type': 'execute_result', 'metadata': frame['metadata'], 'data': frame['data'], 'execution_count': count})
        elif op == 'display':
            known = [o for o in self.list if o.get('_id') and o['_id'] == frame['display_id']]
            for output in known:
                output.update(data=frame['data'], metadata=frame['metadata'])
            if not frame['update']:
                self.add({'output_type': 'display_data', 'metadata': frame['metadata'], 'data': frame['data'], '_id': frame['display_id']})


namespace_class = Namespace


def use_real_namespace():
    """Cells get values.Namespace (of which nothing is visible) instead of the stand-in."""
    global namespace_class
    import importlib.util
    import subprocess
    import tempfile
    root = os.path.join(HERE, '..', '..')
    target = os.path.join(tempfile.mkdtemp(), '_cellblock.so')
    include = subprocess.run(['pkg-config', '--cflags', 'python-3.11'], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run(['gcc', '-std=gnu17', '-O1', '-shared', '-fPIC', '-D_GNU_SOURCE', '-DCB_NATIVE_ALONE', '-I', root, *include, '-o', target,
                    os.path.join(root, 'runtime', 'agent', 'native.c')], check=True)
    spec = importlib.util.spec_from_file_location('_cellblock', target)
    sys.modules['_cellblock'] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules['_cellblock'])
    os.remove(target)
    os.rmdir(os.path.dirname(target))
    from cellblock_agent import values

    class Real(values.Namespace):
        sources, loaded = (), ()

        def __init__(self, ns, earlier):
            super().__init__(Real.shell, ns, Real.link, -1)

        def reinstall(self):
            super().install([]) if not self.hook else super().reinstall()
    namespace_class = Real


def run_cell(shell, source, count=1, earlier=(), adopted=(), keep_results=False, history=None, probe=None):
    """One cell in a fork. Returns {"outputs", "status", "extra"}; `probe(shell, namespace)` runs after the cell."""
    out_r, out_w = os.pipe()
    err_r, err_w = os.pipe()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out_w, 1)
            os.dup2(err_w, 2)
            for fd in (out_r, out_w, err_r, err_w):
                os.close(fd)
            ours.close()
            link = Link(theirs)
            namespace_class.shell, namespace_class.link = shell, link
            namespace = namespace_class(shell._raw_user_ns, earlier)
            shell.begin_cell(link, namespace, count - 1, count, keep_results, history)
            namespace.reinstall()
            for filename, number, text in adopted:
                shell.adopt_cell_source(filename, number, text)
            result = shell.run(source)
            link.send({'op': 'done', 'status': result['status'], 'sources': namespace.sources, 'loaded': namespace.loaded,
                       'extra': probe(shell, namespace) if probe else None})
        except BaseException:
            import traceback
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(0)
    for fd in (out_w, err_w):
        os.close(fd)
    theirs.close()
    return _collect(pid, count, ours, {out_r: 'stdout', err_r: 'stderr'})


def _collect(pid, count, sock, pipes):
    outputs, done, parts, open_fds = Outputs(), {'status': 'lost', 'extra': None, 'sources': [], 'loaded': []}, [], set(pipes) | {sock.fileno()}

    def drain():
        for fd in pipes:
            while fd in open_fds and select.select([fd], [], [], 0)[0]:
                data = os.read(fd, 1 << 16)
                if not data:
                    open_fds.discard(fd)
                    break
                outputs.add({'output_type': 'stream', 'name': pipes[fd], 'text': data.decode('utf-8', 'replace')})
    while open_fds:
        ready, _, _ = select.select(list(open_fds), [], [], 60)
        if not ready:
            break
        drain()
        if sock.fileno() in ready:
            packet = sock.recv(60001)
            if not packet:
                open_fds.discard(sock.fileno())
                continue
            parts.append(packet[1:])
            if packet[:1] == b'E':
                frame = json.loads(b''.join(parts))
                parts = []
                drain()
                if frame['op'] == 'done':
                    done = frame
                    continue
                outputs.frame(frame, count)
                sock.sendall(b'E{"op":"ok"}')
    for fd in pipes:
        os.close(fd)
    sock.close()
    os.waitpid(pid, 0)
    for output in outputs.list:
        output.pop('_id', None)
    return {'outputs': outputs.list, 'status': done['status'], 'extra': done['extra'], 'sources': done['sources'], 'loaded': done['loaded']}


if __name__ == '__main__':
    shell = load_agent().make_shell('cell', os.path.expanduser('~'), KERNEL_PID)
    for number, text in enumerate(sys.stdin.read().split('\n#---\n'), 1):
        print('=====', text[:60].replace('\n', '|'), file=sys.__stdout__)
        answer = run_cell(shell, text, number)
        print(answer['status'], *[json.dumps(o)[:3000] for o in answer['outputs']], sep='\n', file=sys.__stdout__, flush=True)
