"""Run the program on a notebook and find what it leaves behind: processes, mounts, cgroups, temporary files."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from oracle import environment

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = '/usr/bin/python3'


def find_binary(given=None):
    """The program under test: the option, CELLBLOCK, or the build directory."""
    project = os.path.dirname(os.path.dirname(HERE))
    for path in (given, os.environ.get('CELLBLOCK'), os.path.join(project, 'build/bin/cellblock'),
                 os.path.join(project, 'build/cellblock')):
        if path and os.access(path, os.X_OK):
            return os.path.abspath(path)
    return None


def mounts():
    with open('/proc/self/mountinfo', encoding='utf-8', errors='replace') as f:
        return {line.split(' ', 1)[0] + ' ' + line.split()[4]: line.strip() for line in f}


def cgroups(pid):
    """Those of one supervisor: it names them cellblock.PID.N."""
    found = []
    for folder, names, _ in os.walk('/sys/fs/cgroup'):
        found += [os.path.join(folder, n) for n in names if n.startswith('cellblock.%d.' % pid)]
    return found


def strays():
    """Files named after the program outside TMPDIR, which is the run's own."""
    found = set()
    for folder in ('/run', '/dev/shm'):
        try:
            found.update(os.path.join(folder, n) for n in os.listdir(folder) if n.startswith(('cellblock', '.cellblock')))
        except OSError:
            pass
    return found


class Result:
    def __init__(self, pid, status, seconds, stdout, stderr, left):
        self.pid, self.status, self.seconds, self.stdout, self.stderr = pid, status, seconds, stdout, stderr
        self.left = left  # what was left behind, as sentences

    def __repr__(self):
        return 'exit %s after %.1f s\n--- stdout\n%s\n--- stderr\n%s' % (self.status, self.seconds, self.stdout[-1500:], self.stderr[-1500:])


class Place:
    """A temporary directory for one run: work/ is the workspace, out/ takes the output, store/ the store, tmp/ is TMPDIR.

    `user`: a numeric uid that the program is to run as (None: the caller's own).
    `alone`: nothing else runs the program now, so that host-wide traces (mounts, /run, /dev/shm) are this run's own.
    """

    def __init__(self, binary, user=None, alone=False):
        self.binary, self.user, self.alone = binary, user, alone
        self.top = tempfile.mkdtemp(prefix='cb-test-')
        self.work, self.out, self.store, self.tmp, self.home = (os.path.join(self.top, n) for n in ('work', 'out', 'store', 'tmp', 'home'))
        for path in (self.work, self.out, self.store, self.tmp, self.home):
            os.mkdir(path)
        os.chmod(self.top, 0o755)
        self.output = os.path.join(self.out, 'out.ipynb')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top, ignore_errors=True)

    def command(self, arguments):
        prefix = []
        if self.user is not None:
            for folder, _, names in os.walk(self.top):
                for path in [folder] + [os.path.join(folder, n) for n in names]:
                    os.lchown(path, self.user, self.user)
            prefix = ['/usr/bin/setpriv', '--reuid=%d' % self.user, '--regid=%d' % self.user, '--clear-groups', '--']
        return prefix + [self.binary] + arguments

    def run_notebook(self, notebook, arguments=(), **kw):
        return self.run(['run', notebook, '-o', self.output, '--store', self.store, *arguments], **kw)

    def run(self, arguments, timeout=60.0, signals=(), when=None, env=None, grace=1.0):
        """Run the program. `signals`: [(seconds, signal)], counted from the moment `when()` is true (default: its start)."""
        before = mounts(), strays()
        report = os.path.join(self.top, 'report.json')
        for path in (report, report + '.pid'):
            if os.path.exists(path):
                os.unlink(path)
        environ = dict(environment(self.home), TMPDIR=self.tmp, **(env or {}))
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            reaper = subprocess.Popen([PYTHON, '-I', os.path.join(HERE, 'reaper.py'), report, str(grace), *self.command(arguments)],
                                      cwd=self.work, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            late = self._attend(reaper, report, timeout, signals, when)
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode('utf-8', 'replace'))
        with open(report) as f:
            told = json.load(f)
        # A killed supervisor cannot remove its cgroups and temporary files: the next run does (tested in cli_test.py).
        swept = told['status'] != -signal.SIGKILL
        left = ['process %d (%s) %s' % tuple(x) for x in told['left']] + self._traces(before, told['pid'] if swept else None)
        return Result(told['pid'], 'timeout' if late else told['status'], told['seconds'], *texts, left)

    def _attend(self, reaper, report, timeout, signals, when):
        """Wait for the end, send what is to be sent; True where the program had to be killed for being late."""
        start, origin, pending, late = time.monotonic(), None, list(signals), False
        when = when or (lambda: os.path.exists(report + '.pid'))
        while reaper.poll() is None:
            now = time.monotonic()
            if origin is None and when():
                origin = now
            if pending and origin is not None and now - origin >= pending[0][0]:
                self._signal(report, pending.pop(0)[1])
            if now - start > timeout and not late:
                late = True
                self._signal(report, signal.SIGKILL)
            time.sleep(0.01)
        return late

    @staticmethod
    def _signal(report, number):
        try:
            with open(report + '.pid') as f:
                os.kill(int(f.read()), number)
        except (OSError, ValueError):
            pass

    def _traces(self, before, pid):
        def now():
            found = ['mount ' + line for key, line in mounts().items() if key not in before[0] and (self.top in line or self.alone)]
            if pid is None:
                return found
            if self.alone:
                found += ['file ' + path for path in strays() - before[1]]
            return found + ['cgroup ' + path for path in cgroups(pid)] + ['temporary ' + n for n in os.listdir(self.tmp)]
        found, deadline = now(), time.monotonic() + 1
        while found and time.monotonic() < deadline:
            time.sleep(0.1)
            found = now()
        return found

    def notebook(self):
        """The output notebook, or None."""
        try:
            with open(self.output, encoding='utf-8') as f:
                return json.load(f)
        except FileNotFoundError:
            return None


def snapshot(directory):
    """{relative path: content or link target} of a tree, to see whether anyone touched it."""
    found = {}
    for folder, folders, names in os.walk(directory):
        for name in folders + names:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, directory)
            if os.path.islink(path):
                found[key] = 'link ' + os.readlink(path)
            elif os.path.isdir(path):
                found[key] = 'directory %o' % os.stat(path).st_mode
            else:
                with open(path, 'rb') as f:
                    found[key] = b'%o ' % os.stat(path).st_mode + f.read()
    return found


def changed(before, after):
    return sorted(k for k in set(before) | set(after) if before.get(k) != after.get(k))
