"""What no kernel can be asked: names fetched on demand, sources of earlier cells, counts, history, frames, start-up."""
import json
import os
import sys
import tempfile
import time
import unittest

import harness

this = sys.modules[__name__]            # make_shell replaces __main__
home = tempfile.mkdtemp()
shells = harness.load_agent()
shell = shells.make_shell('cell', home, harness.KERNEL_PID)


def cell(source, count=5, **kwargs):
    return harness.run_cell(shell, source, count, **kwargs)


def texts(answer):
    return [o.get('text') or o.get('data', {}).get('text/plain') or o.get('evalue') for o in answer['outputs']]


class AStart(unittest.TestCase):
    def test_1_nothing_is_written_and_no_thread_runs(self):
        import threading
        self.assertEqual(os.listdir(home), [])
        self.assertEqual(threading.active_count(), 1)
        self.assertEqual(len(os.listdir('/proc/self/task')), 1)

    def test_overhead(self):
        answer = cell('pass', probe=lambda s, n: _overhead(s, n))
        print('begin_cell + run of `pass`: %.2f ms, run_cell alone %.2f ms' % tuple(answer['extra']))
        self.assertLess(answer['extra'][0] - answer['extra'][1], 3)    # 0.2 ms on an idle machine

    def test_store_opens_late(self):
        self.assertEqual(texts(cell('get_ipython().db["a"] = 1\nget_ipython().db["a"]')), ['1'])


def _overhead(shell, namespace):
    def timed(f):
        best = 1e9
        for _ in range(20):
            start = time.perf_counter()
            f()
            best = min(best, time.perf_counter() - start)
        return best * 1000

    def whole():
        shell.begin_cell(shell.link, namespace, 4, 5, False, None)
        shell.run('pass')
    return [timed(whole), timed(lambda: shell.run_cell('pass', store_history=True))]


class Names(unittest.TestCase):
    earlier = {'x': 3, 'word': 'value', 'other': [1], 'ls': 'mine', 'pwd': 9}

    def loaded(self, source, **kwargs):
        answer = cell(source, earlier=self.earlier, **kwargs)
        return texts(answer), answer['loaded']

    def test_read(self):
        self.assertEqual(self.loaded('x + 1'), (['4'], ['x']))

    def test_assignment_reads_nothing(self):
        self.assertEqual(self.loaded('x = 1'), ([], []))

    def test_shell_line(self):
        self.assertEqual(self.loaded('!echo $word {x + 1}'), (['value 4\r\n'], ['word', 'x']))

    def test_who(self):
        shown, loaded = self.loaded('%who_ls int')
        self.assertEqual((shown, set(loaded)), (["['pwd', 'x']"], set(self.earlier)))

    def test_inspect(self):
        self.assertEqual(self.loaded('other?'), ([], ['other']))

    def test_user_ns(self):
        shown, loaded = self.loaded('"x" in get_ipython().user_ns')
        self.assertEqual((shown, set(loaded)), (['True'], set(self.earlier)))

    def test_ev(self):
        self.assertEqual(self.loaded('get_ipython().ev("x")'), (['3'], ['x']))

    def test_user_expressions(self):
        shown, loaded = self.loaded('get_ipython().user_expressions({"a": "x"})["a"]["data"]["text/plain"]')
        self.assertEqual((shown, loaded), (["'3'"], ['x']))

    def test_magic_is_shadowed(self):
        self.assertEqual(self.loaded('pwd'), (['9'], ['pwd']))
        self.assertEqual(self.loaded('ls = 4\nls'), (['4'], []))

    def test_time_and_timeit(self):
        shown, loaded = self.loaded('%time y = x\n%timeit -n1 -r1 -q x\ny')
        self.assertEqual((shown[-1], loaded), ('3', ['x']))

    def test_run_keeps_the_hook(self):
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, 's.py'), 'w') as f:
                f.write('z = 1\n')
            self.assertEqual(self.loaded('%%run -i %s/s.py\nx' % directory), (['3'], ['x']))

    def test_reset(self):
        shown, loaded = self.loaded('%reset -f\n"x" in globals(), len("a")')
        self.assertEqual(shown, ['(False, 1)'])
        self.assertEqual(set(loaded), set(self.earlier))

    def test_macro_of_an_earlier_cell(self):
        from IPython.core.macro import Macro
        answer = cell('m', earlier={'m': Macro('print("ran")\n')})
        self.assertEqual(texts(answer)[-1], 'ran\n')

    def test_config_assignment_to_variable(self):
        self.assertEqual(self.loaded('%xdel x\n"x" in globals()')[0], ['False'])


class Results(unittest.TestCase):
    def test_underscores(self):
        answer = cell('_, __\n', keep_results=True, earlier={'_': 'a', '__': 'b', '_2': 'b', '_4': 'a'})
        self.assertEqual(texts(answer), ["('a', 'b')"])
        answer = cell('1', keep_results=True, earlier={'_': 'a', '__': 'b', '_2': 'b', '_4': 'a'},
                      probe=lambda s, n: [s._raw_user_ns[k] for k in ('_', '__', '___')])
        self.assertEqual(answer['extra'], [1, 'a', 'b'])

    def test_out(self):
        self.assertEqual(texts(cell('Out[2], sorted(Out), _2', keep_results=True, earlier={'_2': 'two', '_3': 3})), ["('two', [2, 3], 'two')"])

    def test_history(self):
        history = ['a = 1', '%pwd', 'exit', 'b']
        answer = cell('In, _i, _ii, _i2', history=history)
        self.assertEqual(texts(answer), ["(['',\n  'a = 1',\n  \"get_ipython().run_line_magic('pwd', '')\",\n  'b',\n  'In, _i, _ii, _i2'],\n 'b',\n '%pwd',\n '%pwd')"])
        self.assertEqual(texts(cell('%history', history=['a = 1', 'b'], count=3)), ['a = 1\nb\n%history\n'])

    def test_count(self):
        answer = cell('7', count=12)
        self.assertEqual(answer['outputs'][0]['execution_count'], 12)
        self.assertRegex(''.join(cell('1/0', count=12)['outputs'][0]['traceback']), r'In ?\[12\]')


class Tracebacks(unittest.TestCase):
    def test_source_of_an_earlier_cell(self):
        text = 'def f():\n    return 1/0\n'
        first = cell(text, count=2)
        scope = {}
        name = first['sources'][0][0]
        exec(compile(text, name, 'exec'), scope)
        answer = cell('f()', count=5, earlier={'f': scope['f']}, adopted=first['sources'])
        shown = ''.join(answer['outputs'][0]['traceback'])
        self.assertRegex(shown, r'In ?\[5\], line 1')
        self.assertRegex(shown, r'In ?\[2\], line 2')
        self.assertRegex(name, r'/ipykernel_%d/\d+\.py$' % harness.KERNEL_PID)

    def test_own_frames_are_hidden(self):
        for source in ('display({"a": object()}, raw=True)', 'get_ipython().run_line_magic("autosave", object())', 'import sys\nsys.stdout.write(3)',
                       'import sys\ntry:\n    sys.stdout.write(3)\nexcept TypeError:\n    1/0'):
            answer = cell(source)
            shown = json.dumps(answer['outputs'])
            self.assertEqual(answer['status'], 'error', shown)
            self.assertNotIn('agent/python', shown)


class Streams(unittest.TestCase):
    def test_interrupt(self):
        for source in ('import os, signal, time\nos.kill(os.getpid(), signal.SIGINT); time.sleep(5)',
                       'import os, signal, asyncio\nos.kill(os.getpid(), signal.SIGINT); await asyncio.sleep(5)'):
            answer = cell(source)
            self.assertEqual(answer['status'], 'error')
            self.assertIn(answer['outputs'][0]['ename'], ('KeyboardInterrupt', 'CancelledError'))

    def test_order_of_text_and_displays(self):
        self.assertEqual(texts(cell('for i in range(3):\n    print(i); display(i)')), ['0\n', '0', '1\n', '1', '2\n', '2'])

    def test_background_task_prints_in_its_cell(self):
        self.assertEqual(texts(cell('import asyncio\nasync def f():\n    print("task")\nt = asyncio.create_task(f()); print("made")')), ['made\ntask\n'])

    def test_stopped_loop(self):
        self.assertEqual(texts(cell('import asyncio\nasyncio.get_event_loop().stop()\nprint("on")')), ['on\n'])

    def test_sink(self):
        import io
        shell._streams[0].sink = sink = io.StringIO()
        print('seen')
        shell._streams[0].sink = None
        self.assertEqual(sink.getvalue(), 'seen\n')


class Loop(unittest.TestCase):
    def test_made_before_the_cell_can_set_logging_levels(self):
        self.assertEqual(cell('pass', probe=_log_of_loops)['extra'], [])


def _log_of_loops(shell, namespace):
    import logging
    seen = []

    class Handler(logging.Handler):
        def emit(self, record):
            seen.append(record.getMessage())
    shell.begin_cell(shell.link, namespace, 4, 5, False, None)
    logging.basicConfig(level=logging.DEBUG, handlers=[Handler()])
    shell.run('1')
    return seen


class LastResults(unittest.TestCase):
    def test_of_the_last_cell_that_reads_them(self):
        answer = cell('sorted(Out), _, __', 4, earlier={'_1': 10, '_3': 'x', '_': 'x', '__': 10, '___': ''}, history=['10', '', '"x"'])
        self.assertEqual(texts(answer), ["([1, 3], 'x', 10)"])

    def test_beside_a_variable_called_underscore(self):
        answer = cell('5', 3, earlier={'_1': 10, '_': [7], '__': '', '___': ''}, keep_results=True, probe=_underscores)
        self.assertEqual(answer['extra'], ['[7]', '5', '10'])

    def test_after_del(self):
        answer = cell('5', 3, earlier={'_1': 9, '_2': 10, '__': 9, '___': ''}, keep_results=True, probe=_underscores)
        self.assertEqual(answer['extra'], ['5', '5', '10'])


def _underscores(shell, namespace):
    return [repr(shell._raw_user_ns['_']), repr(shell.displayhook._), repr(shell.displayhook.__)]


class LastError(unittest.TestCase):
    def test_shown_again_as_it_was(self):
        answer = cell('pass', probe=_show_again)
        self.assertEqual(answer['outputs'][0]['traceback'], ['line 1', 'line 2'])


def _show_again(shell, namespace):
    error = ValueError('gone')
    sys.last_type, sys.last_value, sys.last_traceback = ValueError, error, None
    shell.error_shown = error, ['line 1', 'line 2']
    shell.run('%tb')


class Preload(unittest.TestCase):
    """Modules whose import can be told from one in a cell are left to the cells."""
    modules = {'quiet': 'x = 1', 'sets_variable': 'import os; os.environ["CB_NEW"] = "1"', 'prints': 'print("hello")',
               'warns': 'import warnings; warnings.warn("old", DeprecationWarning, stacklevel=2)',
               'fails': '1 / 0', 'needs': 'import no_such_module', 'changes': 'import os; os.environ["HOME"] = "/x"',
               'moves': 'import os; os.chdir("/")', 'seeds_numbers': 'import random; random.seed(1)', 'dies': 'import os; os.abort()',
               'parcel/__init__': 'print("hello")', 'parcel/part': 'x = 2', 'leaves': 'raise SystemExit(3)'}

    def load(self, *names):
        """Import these modules in a fork, as the zygote does. Returns what it learns from it."""
        reader, writer = os.pipe()
        copy, back = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self._load(names, (writer, back))
            finally:
                os._exit(0)
        os.close(writer)
        os.close(back)
        leave = _agent_main()._learn(reader, pid)
        with open(copy) as text:
            answer = {k: v for line in text for k, v in json.loads(line).items()}
        return dict(answer, leave=leave)

    def _load(self, names, pipes):
        import random  # noqa: F401
        directory = tempfile.mkdtemp()
        os.mkdir(directory + '/parcel')
        for name, source in self.modules.items():
            with open('%s/%s.py' % (directory, name), 'w') as f:
                f.write(source)
        sys.path.insert(0, directory)
        os.environ['HOME'] = home

        def report(what):
            for pipe in pipes:
                os.write(pipe, json.dumps(what).encode() + b'\n')
        loaded, left, tainted = _agent_main().preload(names, report)
        report({'loaded': loaded, 'left': [e['module'] for e in left]})
        report({'tainted': tainted} if tainted else {'ready': True})

    def left(self, *names):
        return [e['module'] for e in self.load(*names)['leave']]

    def test_good_ones(self):
        answer = self.load('quiet', 'sets_variable', 'needs', 'os')
        self.assertEqual((answer['loaded'], answer['left'], answer['leave']), (['quiet', 'sets_variable', 'os'], ['needs'], []))

    def test_those_that_show_are_found_in_one_pass(self):
        names = 'prints', 'quiet', 'warns', 'fails', 'changes', 'moves', 'seeds_numbers', 'leaves'
        self.assertEqual(self.left(*names), [n for n in names if n != 'quiet'])

    def test_a_package_is_left_as_a_whole(self):
        self.assertEqual(self.left('parcel', 'parcel.part', 'quiet'), ['parcel', 'parcel.part'])

    def test_one_that_kills_the_process(self):
        answer = self.load('quiet', 'dies')
        self.assertEqual([e['module'] for e in answer['leave']], ['dies'])
        self.assertIn('signal 6', answer['leave'][0]['reason'])


def _agent_main():
    import types
    sys.modules.setdefault('_cellblock', types.ModuleType('_cellblock'))
    from cellblock_agent import main
    return main


if __name__ == '__main__':
    report = unittest.main(module=this, argv=sys.orig_argv[1:2], exit=False, testRunner=unittest.TextTestRunner(stream=sys.__stderr__))
    sys.__stdout__.flush()
    sys.exit(not report.result.wasSuccessful())
