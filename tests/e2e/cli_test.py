#!/usr/bin/python3
"""The command line: bad input, limits, signals, refusals, and that nothing is ever left behind.

cli_test.py [--binary PATH] [--user UID] [unittest arguments]. Exit status 77: the program is not built.
"""
import json
import os
import pwd
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import program  # noqa: E402

BINARY, USER = None, None


def notebook(*sources, **changes):
    cells = [{'cell_type': 'code', 'id': 'c%d' % i, 'metadata': {}, 'execution_count': None, 'outputs': [], 'source': s}
             for i, s in enumerate(sources)]
    made = {'cells': cells, 'nbformat': 4, 'nbformat_minor': 5,
            'metadata': {'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'}}}
    made.update(changes)
    return made


def text_of(cell):
    return ''.join(''.join(o['text']) for o in cell['outputs'] if o['output_type'] == 'stream')


class Base(unittest.TestCase):
    def setUp(self):
        self.place = program.Place(BINARY, USER, alone=True)
        self.addCleanup(self.place.__exit__)

    def put(self, content, name='nb.ipynb'):
        path = os.path.join(self.place.work, name)
        if isinstance(content, dict):
            content = json.dumps(content)
        with open(path, 'wb') as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def execute(self, content, *arguments, **kw):
        self.result = self.place.run_notebook(self.put(content), arguments, **kw)
        self.assertEqual(self.result.left, [], 'left behind')
        self.assertNotIn('Traceback (most recent call last)', self.result.stderr)
        return self.result

    def cells(self):
        made = self.place.notebook()
        self.assertIsNotNone(made, 'no output notebook\n%r' % self.result)
        return made['cells']

    def exits(self, status):
        self.assertEqual(self.result.status, status, repr(self.result))


class BadInput(Base):
    """Exit 2, one clear message, nothing written."""

    def refused(self, content, *words, name='nb.ipynb', arguments=(), timeout=60):
        path = content if isinstance(content, str) and content.startswith('/') else self.put(content, name)
        before = program.snapshot(self.place.work)
        self.result = self.place.run_notebook(path, arguments, timeout=timeout)
        self.exits(2)
        message = self.result.stderr.strip()
        self.assertTrue(message, 'no message')
        self.assertLessEqual(len(message.splitlines()), 4, 'more than one message:\n' + message)
        self.assertLess(len(message), 2000)
        for word in words:
            self.assertRegex(message, word)
        self.assertEqual(self.result.stdout.strip(), '')
        self.assertEqual(os.listdir(self.place.out), [], 'something was written')
        self.assertEqual(program.changed(before, program.snapshot(self.place.work)), [])
        self.assertEqual(self.result.left, [])

    def test_missing(self):
        self.refused(os.path.join(self.place.work, 'absent.ipynb'), 'absent.ipynb')

    def test_directory(self):
        self.refused(self.place.work, '(?i)director')

    def test_empty(self):
        self.refused('')

    def test_not_json(self):
        self.refused('this is no JSON', '(?i)json')

    def test_truncated(self):
        self.refused(json.dumps(notebook('x = 1', 'y = 2'))[:-40], '(?i)json|truncated|end')

    def test_trailing_garbage(self):
        self.refused(json.dumps(notebook('x = 1')) + '{}')

    def test_deeply_nested(self):
        self.refused('[' * 100000 + ']' * 100000)

    def test_deeply_nested_metadata(self):
        self.refused(json.dumps(notebook('1'))[:-1] + ',"x":' + '[' * 100000 + ']' * 100000 + '}')

    def test_nbformat_3(self):
        self.refused({'nbformat': 3, 'nbformat_minor': 0, 'metadata': {}, 'worksheets': [{'cells': []}]}, '3')

    def test_nbformat_5(self):
        self.refused(notebook('1', nbformat=5))

    def test_duplicate_keys(self):
        self.refused('{"cells": [], "cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', '(?i)duplicate|twice')

    def test_not_utf8(self):
        self.refused(json.dumps(notebook('print("X")')).encode().replace(b'X', b'\xff\xfe'), '(?i)utf-?8')

    def test_utf16(self):
        self.refused(json.dumps(notebook('1')).encode('utf-16'))

    def test_r_kernel(self):
        self.refused(notebook('1', metadata={'kernelspec': {'name': 'ir', 'display_name': 'R', 'language': 'R'}}), r'(?i)\bR\b|ir')

    def test_huge(self):
        blob = json.dumps(notebook('x = 1')).encode()
        self.refused(blob.replace(b'x = 1', b'#' * (100 << 20)), '(?i)large|big|MiB|MB', timeout=30)

    def test_wrong_types(self):
        for broken in ({'cells': 5}, {'cells': [1]}, {'cells': [{'cell_type': 'code', 'source': 7}]}, {'metadata': []}, {'nbformat': '4'}):
            with self.subTest(str(broken)):
                self.refused(notebook('1', **broken))

    def test_fifo(self):
        path = os.path.join(self.place.work, 'fifo.ipynb')
        os.mkfifo(path)
        result = self.place.run(['run', path, '-o', self.place.output, '--store', self.place.store], timeout=15)
        self.assertEqual(result.status, 2, repr(result))

    def test_unknown_option(self):
        self.refused(notebook('1'), 'no-such-option', arguments=('--no-such-option',))

    def test_bad_values(self):
        for arguments in (('--timeout', 'soon'), ('--memory', 'lots'), ('--pids', '-1'), ('-p', 'not a name', '1'), ('-y', '{unclosed'),
                          ('-f', '/no/such/file.yaml'), ('--image', 'no-such-image'), ('--jobs', 'x'),
                          ('--workspace', '/no/such/directory')):
            with self.subTest(' '.join(arguments)):
                self.refused(notebook('1'), arguments=arguments)


class Failures(Base):
    def test_raise(self):
        self.execute(notebook('print("one")', 'print("two"); 1/0', 'print("three")'))
        self.exits(1)
        cells = self.cells()
        self.assertEqual(text_of(cells[0]), 'one\n')
        self.assertEqual(text_of(cells[1]), 'two\n')
        self.assertEqual(cells[1]['outputs'][1]['ename'], 'ZeroDivisionError')
        self.assertEqual((cells[2]['outputs'], cells[2]['execution_count']), ([], None))
        self.assertIn('ZeroDivisionError', self.result.stderr)

    def dies(self, source, status=(3,), words='', arguments=(), timeout=60):
        self.execute(notebook('print("one")', 'print("begun", flush=True)\n' + source, 'print("three")'), *arguments, timeout=timeout)
        self.assertIn(self.result.status, status, repr(self.result))
        cells = self.cells()
        self.assertEqual(text_of(cells[0]), 'one\n')
        self.assertIn('begun', text_of(cells[1]), 'what the cell printed before it died is lost')
        self.assertEqual(cells[2]['outputs'], [])
        self.assertRegex(self.result.stderr, words)
        self.assertRegex(self.result.stderr, r'(?i)cell')

    def test_segfault(self):
        self.dies('import ctypes; ctypes.string_at(0)', words='(?i)SIGSEGV|segmentation')

    def test_kill_itself(self):
        self.dies('import os; os.kill(os.getpid(), 11); import time; time.sleep(5)', words='(?i)SIGSEGV|segmentation')

    def test_abort(self):
        self.dies('import os; os.abort()', words='(?i)SIGABRT|abort')

    def test_exit_underneath(self):
        self.dies('import os; os._exit(0)', words='(?i)exit|ended|died')

    def test_memory(self):
        # Killed by a cgroup; a MemoryError where rlimits hold it or the one request is larger than all there may be.
        self.dies('blocks = []\nwhile True: blocks.append(bytearray(b"z" * (16 << 20)))', status=(1, 3), words='(?i)memory',
                  arguments=('--memory', '512M'))

    def test_timeout(self):
        start = time.monotonic()
        self.dies('while True: pass', words='(?i)time|seconds', arguments=('--timeout', '2'))
        self.assertLess(time.monotonic() - start, 20)

    def test_timeout_sleeping(self):
        self.dies('import time; time.sleep(100)', words='(?i)time|seconds', arguments=('--timeout', '1'))

    def test_total_timeout(self):
        self.dies('import time; time.sleep(100)', words='(?i)time|seconds', arguments=('--total-timeout', '4'))

    def test_timeout_not_reached(self):
        self.execute(notebook('1', '2'), '--timeout', '30')
        self.exits(0)

    def test_keeps_ordinals(self):
        self.execute(notebook('1', '', '2', 'raise ValueError', '3'))
        self.assertEqual([c['execution_count'] for c in self.cells()], [1, None, 2, 3, None])


class Signals(Base):
    SLEEPER = ('print("one")', 'import time, subprocess\nsubprocess.Popen(["sleep", "100"])\nprint("begun", flush=True)\ntime.sleep(60)', 'print("three")')

    def reached(self):
        """The first cell is committed and the second had time to begin."""
        def check():
            try:
                if not text_of(self.place.notebook()['cells'][0]):
                    return False
            except (OSError, ValueError, KeyError, TypeError):
                return False
            return True
        return check

    def interrupt(self, number, after=1.0):
        begun = []
        reached = self.reached()

        def when():
            if not begun and reached():
                begun.append(time.monotonic())
            return bool(begun)
        self.execute(notebook(*self.SLEEPER), signals=[(after, number)], when=when, timeout=40)
        self.assertTrue(begun, 'the first cell was never written out\n%r' % self.result)
        return time.monotonic() - begun[0] - after

    def check_output(self):
        cells = self.cells()
        self.assertEqual(text_of(cells[0]), 'one\n')
        self.assertEqual(cells[2]['outputs'], [])

    def test_interrupt(self):
        late = self.interrupt(signal.SIGINT)
        self.exits(130)
        self.assertLess(late, 2.5, 'not gone within a second')  # measuring and looking for remains take part of it
        self.check_output()

    def test_terminate(self):
        self.interrupt(signal.SIGTERM)
        self.assertIn(self.result.status, (130, 143, -15), repr(self.result))
        self.check_output()

    def test_kill(self):
        self.interrupt(signal.SIGKILL)
        self.assertEqual(self.result.status, -9)
        self.check_output()

    def test_kill_at_any_point(self):
        for moment in (0.01, 0.05, 0.1, 0.2, 0.4, 0.8):
            with self.subTest(moment):
                self.execute(notebook(*self.SLEEPER), signals=[(moment, signal.SIGKILL)], timeout=40)
        killed = self.result.pid
        self.execute(notebook('print("next")'))
        self.exits(0)
        self.assertEqual(text_of(self.cells()[0]), 'next\n')
        self.assertEqual(program.cgroups(killed), [], 'the next run did not clean up')
        self.assertEqual(os.listdir(self.place.tmp), [])

    def test_interrupt_at_any_point(self):
        for moment in (0.01, 0.05, 0.1, 0.3):
            with self.subTest(moment):
                self.execute(notebook(*self.SLEEPER), signals=[(moment, signal.SIGINT)], timeout=20)
                self.assertIn(self.result.status, (130, -2), repr(self.result))

    def test_cell_interrupted_twice(self):
        self.execute(notebook(*self.SLEEPER), signals=[(1.5, signal.SIGINT), (1.6, signal.SIGINT)], timeout=20)
        self.assertIn(self.result.status, (130, -2), repr(self.result))


class Interface(Base):
    def test_default_output_name(self):
        path = self.put(notebook('1'))
        self.result = self.place.run(['run', path, '--store', self.place.store])
        self.exits(0)
        self.assertTrue(os.path.exists(os.path.join(self.place.work, 'nb.out.ipynb')))

    def test_output_to_stdout(self):
        path = self.put(notebook('print("x")'))
        self.result = self.place.run(['run', path, '-o', '-', '--store', self.place.store])
        self.exits(0)
        self.assertEqual(text_of(json.loads(self.result.stdout)['cells'][0]), 'x\n')

    def test_file_format(self):
        self.execute(notebook('print("ü\\x1b[1m")', '1.0'))
        with open(self.place.output, encoding='utf-8') as f:
            text = f.read()
        self.assertEqual(text, json.dumps(json.loads(text), indent=1, sort_keys=True, separators=(',', ': '), ensure_ascii=False) + '\n')
        self.assertEqual(os.listdir(self.place.out), ['out.ipynb'])

    def test_json(self):
        self.execute(notebook('x = 1', 'print(x)', 'raise ValueError("v")', 'x'), '--json')
        self.exits(1)
        told = json.loads(self.result.stdout)
        self.assertEqual(told['status'], 'error')
        self.assertEqual([c['index'] for c in told['cells']], [0, 1, 2, 3])
        self.assertEqual([c['status'] for c in told['cells']], ['committed', 'committed', 'failed', 'skipped'])
        self.assertEqual([(r['name'], r['from'], r['rung']) for r in told['cells'][1]['reads'] if r['name'] == 'x'], [('x', 0, 'copy')])
        self.assertIn('x', [w['name'] for w in told['cells'][0]['writes']])
        for write in told['cells'][0]['writes']:
            self.assertRegex(write['digest'], r'^sha256:[0-9a-f]{64}$')

    def test_json_loading_is_no_write(self):
        self.execute(notebook('import pandas as pd\ndf = pd.DataFrame({"a": [1, 2]})\nd = {"k": [1]}\nclass C: pass\nc = C()\ndef f(): return d',
                              'print(df.describe(), d, c is not None, f())\nfor k in d: pass\nhash(str(d))\ndf.a.sum()'), '--json')
        self.exits(0)
        told = json.loads(self.result.stdout)
        self.assertEqual([w['name'] for w in told['cells'][1]['writes'] if w['name'][0] not in '_@'], ['k'])

    def test_negative_reads(self):
        self.execute(notebook('try:\n    absent\nexcept NameError:\n    pass'), '--json')
        self.assertIn('absent', json.loads(self.result.stdout)['cells'][0].get('negative_reads', []))

    def test_events(self):
        events = os.path.join(self.place.out, 'events')
        self.execute(notebook('1', '2'), '--events', events)
        with open(events) as f:
            told = [json.loads(line) for line in f]
        self.assertEqual([e['cell'] for e in told if e['event'] == 'commit'], [0, 1])

    def test_files(self):
        target = os.path.join(self.place.out, 'files')
        self.execute(notebook('import os; os.mkdir("d"); open("d/a", "w").write("1"); open("gone", "w").close()',
                              'import os\nopen("d/a", "a").write("2"); os.remove("gone")'),
                     '--files', target)
        self.exits(0)
        with open(os.path.join(target, 'd/a')) as f:
            self.assertEqual(f.read(), '12')
        self.assertFalse(os.path.exists(os.path.join(target, 'gone')))
        self.assertEqual(os.listdir(self.place.work), ['nb.ipynb'])

    def test_plain_progress(self):
        self.execute(notebook('print("shown")', 'raise ValueError("\\x1b]0;title\\x07\\x1b[2J")'))
        self.assertNotRegex(self.result.stderr + self.result.stdout, '\x1b\\]|\x1b\\[2J')

    def test_help_everywhere(self):
        for arguments in (['--help'], ['run', '--help'], ['image', '--help'], ['doctor', '--help'], ['version'], ['--version'], ['image', 'list'], ['doctor']):
            with self.subTest(' '.join(arguments)):
                self.result = self.place.run(arguments)
                self.exits(0)
                self.assertTrue(self.result.stdout.strip())
        for arguments in ([], ['nonsense'], ['run'], ['run', 'a', 'b']):
            with self.subTest(' '.join(arguments)):
                self.result = self.place.run(arguments)
                self.exits(2)
                self.assertTrue(self.result.stderr.strip())

    def test_home_refused(self):
        homes = [self.place.home] if USER is not None else [self.place.home, pwd.getpwuid(os.geteuid()).pw_dir]
        for folder in ['/'] + homes:
            path = os.path.join(folder, '.cellblock-test-%d.ipynb' % os.getpid())
            try:
                with open(path, 'w') as f:
                    json.dump(notebook('print(1)'), f)
            except OSError:
                continue
            try:
                self.result = self.place.run(['run', path, '-o', self.place.output, '--store', self.place.store])
                self.exits(2)
                self.assertIn('--workspace', self.result.stderr)
                self.assertIsNone(self.place.notebook())
                self.result = self.place.run(['run', path, '-o', self.place.output, '--store', self.place.store, '--workspace', 'none'])
                self.exits(0)
            finally:
                os.unlink(path)
                if os.path.exists(self.place.output):
                    os.unlink(self.place.output)

    def test_workspace_none(self):
        self.put('x', 'beside.txt')
        self.execute(notebook('import os; print(os.listdir("."), os.getcwd())'), '--workspace', 'none')
        self.assertEqual(text_of(self.cells()[0]), '[] /work\n')

    def test_workspace_elsewhere(self):
        other = os.path.join(self.place.top, 'elsewhere')
        os.mkdir(other)
        with open(os.path.join(other, 'there.txt'), 'w') as f:
            f.write('t')
        self.execute(notebook('import os; print(os.listdir("."))'), '--workspace', other)
        self.assertEqual(text_of(self.cells()[0]), "['there.txt']\n")

    def test_private_workspace(self):
        """Whatever the caller may read in the notebook's directory the cell may read too."""
        secret = self.put('only mine', 'private.txt')
        os.chmod(secret, 0o600)
        os.mkdir(os.path.join(self.place.work, 'closed'))
        self.put('deep', 'closed/f')
        os.chmod(os.path.join(self.place.work, 'closed'), 0o700)
        os.chmod(self.place.work, 0o700)
        self.execute(notebook('print(open("private.txt").read(), open("closed/f").read())', 'open("private.txt", "a").write("!")',
                              'print(open("private.txt").read())'))
        self.exits(0)
        self.assertEqual([text_of(c) for c in self.cells()], ['only mine deep\n', '', 'only mine!\n'])

    def test_env(self):
        self.execute(notebook('import os; print(os.environ.get("CB_GIVEN"), os.environ.get("CB_PASSED"), os.environ.get("CB_SECRET"))'),
                     '--env', 'CB_GIVEN=1', '--env', 'CB_PASSED', env={'CB_PASSED': '2', 'CB_SECRET': 's'})
        self.assertEqual(text_of(self.cells()[0]), '1 2 None\n')

    def test_many_layers(self):
        """More cells that write files than overlay has layers."""
        sources = ['open("f%d", "w").write("%d"); n = %d' % (i, i, i) for i in range(520)]
        self.execute(notebook(*sources, 'import os; print(len(os.listdir(".")), open("f0").read(), open("f519").read())'), timeout=240)
        self.exits(0)
        self.assertEqual(text_of(self.cells()[-1]), '521 0 519\n')


def main():
    global BINARY, USER
    arguments, given = [sys.argv[0]], {}
    rest = iter(sys.argv[1:])
    for word in rest:
        if word in ('--binary', '--user'):
            given[word] = next(rest)
        else:
            arguments.append(word)
    BINARY = program.find_binary(given.get('--binary'))
    USER = int(given['--user']) if '--user' in given else None
    if not BINARY or (USER is not None and os.geteuid() != 0):
        print('left out: the program is not built (--binary PATH), or --user without root')
        return 77
    return 0 if unittest.main(argv=arguments, exit=False).result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
