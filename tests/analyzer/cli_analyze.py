#!/usr/bin/python3
"""The commands analyze and survey: what they print, and what they do with bad input. cli_analyze.py [--binary PATH] [--accept]

Drawings and tables are compared with drawings/NAME.txt (--accept writes them).
"""
import argparse
import csv
import fcntl
import gzip
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unittest
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import program  # noqa: E402

BINARY = None
ACCEPT = False
NAMES = ('reads', 'writes', 'deletes', 'may_read', 'may_write', 'mutates', 'latent', 'files_read', 'files_written', 'ambient_reads',
         'ambient_writes')


def notebook(cells, **changes):
    return json.dumps(dict({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [
        {'cell_type': 'code', 'id': 'c%d' % n, 'metadata': {}, 'outputs': [], 'execution_count': None, 'source': text}
        for n, text in enumerate(cells)]}, **changes))


def sources(name):
    with open(os.path.join(HERE, 'drawings', name + '.py'), encoding='utf-8') as f:
        return [c[:-1] for c in re.split(r'(?m)^# %%\n', f.read())[1:]]


def run(*arguments, stdin=None, env=None):
    done = subprocess.run([BINARY, *arguments], input=stdin, capture_output=True, timeout=100, env=dict(os.environ, **(env or {})))
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Case(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp(prefix='cellblock-analyze-')
        self.addCleanup(shutil.rmtree, self.place)

    def path(self, name):
        return os.path.join(self.place, name)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def json(self, *cells):
        status, out, err = run('analyze', '--json', self.write('n.ipynb', notebook(cells)))
        self.assertEqual((status, err), (0, ''))
        return json.loads(out)


class Json(Case):
    def check_shape(self, told, n):
        self.assertEqual(set(told), {'notebook', 'depth', 'cells'})
        self.assertEqual([c['index'] for c in told['cells']], list(range(n)))
        for cell in told['cells']:
            extra = set(cell) - {'index', 'id', 'open_world', 'depends_on', 'depth', *NAMES}
            self.assertLessEqual(extra, {'open_world_reasons', 'syntax_error', 'refused'})
            for name in NAMES:
                self.assertIsInstance(cell[name], list)
                self.assertEqual(len(set(cell[name])), len(cell[name]))
                self.assertTrue(all(isinstance(x, str) for x in cell[name]))
            self.assertLessEqual(set(cell['may_read']), set(cell['reads']))
            self.assertLessEqual(set(cell['mutates']), set(cell['writes']) | set(cell['deletes']))
            self.assertFalse(set(cell['writes']) & set(cell['deletes']))
            self.assertEqual('open_world_reasons' in cell, cell['open_world'])
            before = -1
            depth = 1
            for edge in cell['depends_on']:
                self.assertEqual(set(edge), {'cell', 'through'})
                self.assertTrue(before < edge['cell'] < cell['index'])
                self.assertTrue(edge['through'])
                self.assertEqual(len(set(edge['through'])), len(edge['through']))
                before = edge['cell']
                depth = max(depth, told['cells'][edge['cell']]['depth'] + 1)
            self.assertEqual(cell['depth'], depth)
        self.assertEqual(told['depth'], max([c['depth'] for c in told['cells']], default=0))

    def test_shape(self):
        for name in ('plain', 'troubles', 'wide'):
            cells = sources(name)
            self.check_shape(self.json(*cells), len(cells))
        self.check_shape(self.json(), 0)

    def test_names(self):
        told = self.json('x = 1\ny = [2]', 'y.append(x)', 'del x\nif y:\n    z = 1')
        self.assertEqual(told['cells'][0]['writes'], ['x', 'y'])
        self.assertEqual(told['cells'][1]['mutates'], ['y'])
        self.assertEqual(told['cells'][2]['deletes'], ['x'])
        self.assertEqual(told['cells'][2]['may_write'], ['z'])
        self.assertEqual([c['id'] for c in told['cells']], ['c0', 'c1', 'c2'])
        self.assertEqual(told['cells'][1]['depends_on'], [{'cell': 0, 'through': ['y', 'x']}])

    def test_troubles(self):
        told = self.json('x = = 1', 'exec(input())', 'a')
        self.assertEqual(told['cells'][0]['syntax_error'], 1)
        self.assertTrue(told['cells'][1]['open_world'])
        self.assertTrue(told['cells'][1]['open_world_reasons'])
        self.assertEqual(told['cells'][2]['depends_on'][0]['through'], ['*'])

    def test_several(self):
        a, b = self.write('a.ipynb', notebook(['x = 1'])), self.write('b.ipynb', notebook([]))
        bad = self.write('bad.ipynb', '{')
        status, out, err = run('analyze', a, bad, b, '--json')
        self.assertEqual(status, 2)
        self.assertEqual([json.loads(line)['notebook'] for line in out.splitlines()], [a, b])
        self.assertIn('bad.ipynb', err)

    def test_standard_input(self):
        status, out, _ = run('analyze', '-', '--json', stdin=notebook(['x = 1']).encode())
        self.assertEqual((status, len(json.loads(out)['cells'])), (0, 1))

    def test_strange_path(self):
        path = self.write('n\x1b]0;x\x07"\\.ipynb', notebook(['x = 1']))
        status, out, _ = run('analyze', path, '--json')
        self.assertEqual((status, json.loads(out)['notebook']), (0, path))

    def test_skipped_cells(self):
        nb = json.loads(notebook(['x = 1', 'x = 2', 'x']))
        nb['cells'][1]['metadata'] = {'tags': ['skip-execution']}
        _, out, _ = run('analyze', '--json', self.write('n.ipynb', json.dumps(nb)))
        self.assertEqual(json.loads(out)['cells'][2]['depends_on'], [{'cell': 0, 'through': ['x']}])

    def test_many_cells(self):
        cells = ['x%d = x%d' % (n, n - 1) if n % 50 else 'x%d = 1' % n for n in range(5000)]
        told = self.json(*cells)
        self.assertEqual(told['depth'], 50)
        self.assertEqual(sum(len(c['depends_on']) for c in told['cells']), 4900)


class Dot(Case):
    def test_graphviz(self):
        if not shutil.which('dot'):
            self.skipTest('no dot')
        for cells in (sources('plain'), sources('troubles'), ['x = "a\\\\"', 'print("\\"", x) # \\ "', 'y = x'], []):
            path = self.write('q"uo\\te.ipynb', notebook(cells))
            status, out, _ = run('analyze', path, '--dot')
            self.assertEqual(status, 0)
            done = subprocess.run(['dot', '-Tplain'], input=out.encode(), capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b''))
            nodes = [line for line in done.stdout.decode().splitlines() if line.startswith('node ')]
            self.assertEqual(len(nodes), len(cells))

    def test_edges(self):
        _, out, _ = run('analyze', '--dot', self.write('n.ipynb', notebook(['x = 1', 'x'])))
        self.assertIn('c0 -> c1 [label="x"]', out)


class People(Case):
    maxDiff = None

    def test_drawings(self):
        for name in ('plain', 'troubles', 'wide'):
            self.write(name + '.ipynb', notebook(sources(name)))
            done = subprocess.run([BINARY, 'analyze', name + '.ipynb'], cwd=self.place, capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b''))
            golden = os.path.join(HERE, 'drawings', name + '.txt')
            if ACCEPT:
                with open(golden, 'wb') as f:
                    f.write(done.stdout)
            with open(golden, encoding='utf-8') as f:
                self.assertEqual(done.stdout.decode(), f.read())

    def test_nothing_escapes(self):
        hostile = ['x = "\x1b]0;title\x07\x9b31m\u202e"', 'open("\x1b[2J\r", "w")', '%%bash\n\x1b[1m', 'exec("\x1b")', '"\x1b[5m"; \x1b = 1']
        path = self.write('\x1b[7m.ipynb', notebook(hostile))
        for form in ([], ['--dot'], ['--json']):
            _, out, _ = run('analyze', path, *form)
            self.assertNotRegex(out, '[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]')

    def in_terminal(self, columns, *arguments, env=None):
        fd, terminal = pty.openpty()
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
        child = subprocess.Popen([BINARY, *arguments], stdin=terminal, stdout=terminal, stderr=terminal,
                                 env=dict(os.environ, **(env or {}), TERM='xterm'))
        os.close(terminal)
        out = b''
        while select.select([fd], [], [], 20)[0]:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        os.close(fd)
        self.assertEqual(child.wait(20), 0)
        return out.decode()

    def test_terminal(self):
        path = self.write('n.ipynb', notebook(sources('wide')))
        out = self.in_terminal(60, 'analyze', path)
        self.assertIn('\x1b[1m', out)
        for line in re.sub('\x1b\\[[0-9]*m', '', out).splitlines()[2:]:
            self.assertLessEqual(len(line), 60)
        self.assertNotIn('\x1b', self.in_terminal(60, 'analyze', path, env={'NO_COLOR': '1'}))

    def test_five_thousand(self):
        cells = ['y%d = 1' % n if n < 200 else 'y%d = y%d' % (n, n - 200) for n in range(5000)]
        status, out, _ = run('analyze', self.write('n.ipynb', notebook(cells)))
        self.assertEqual(status, 0)
        self.assertIn('← 4800', out)
        self.assertLess(len(out), 2000000)


class Usage(Case):
    def test_bad(self):
        good = self.write('n.ipynb', notebook([]))
        for arguments in (['analyze'], ['analyze', '--what', good], ['analyze', '--json', '--dot', good], ['analyze', self.path('none.ipynb')],
                          ['analyze', self.place], ['survey'], ['survey', '--jobs', '0', good], ['survey', '--jobs'], ['survey', '--csv'],
                          ['survey', self.path('none')], ['survey', good, '--csv', self.path('no/where')]):
            status, out, err = run(*arguments)
            self.assertEqual((status, arguments), (2, arguments))
            self.assertTrue(err.startswith('cellblock: '))
            self.assertNotIn('{', out)

    def test_help(self):
        for command in ('analyze', 'survey'):
            status, out, err = run(command, '--help')
            self.assertEqual((status, err), (0, ''))
            self.assertIn('Usage: cellblock ' + command, out)
            self.assertLessEqual(max(map(len, out.splitlines())), 110)


class Survey(Case):
    def rows(self, *arguments):
        status, out, err = run('survey', *arguments, '--csv', self.path('out.csv'))
        with open(self.path('out.csv'), newline='', encoding='utf-8') as f:
            rows = list(csv.DictReader(f))
        return status, out, err, rows

    def test_folders(self):
        folder = self.path('in')
        self.write('in/a.ipynb', notebook(['x = 1', 'x', 'x', '']))
        self.write('in/d/b.ipynb.gz', gzip.compress(notebook(['x = 1', 'x = x + 1', 'x']).encode()))
        self.write('in/d/.ipynb_checkpoints/b.ipynb', notebook(['1']))
        self.write('in/d/notes.txt', 'x')
        self.write('in/e/broken.ipynb', '{"cells": [')
        self.write('in/e/broken.ipynb.gz', b'\x1f\x8b\x08\x00garbage')
        self.write('in/e/plain.ipynb.gz', notebook(['1']))
        self.write('in/e/old.ipynb', notebook([], nbformat=3))
        self.write('in/e/r.ipynb', notebook(['1'], metadata={'kernelspec': {'language': 'R', 'name': 'ir', 'display_name': 'R'}}))
        self.write('in/e/empty.ipynb', notebook(['', ' \n']))
        os.symlink('..', self.path('in/d/loop'))
        os.symlink('../a.ipynb', self.path('in/d/link.ipynb'))
        os.mkfifo(self.path('in/d/pipe.ipynb'))
        status, out, err, rows = self.rows(folder)
        self.assertEqual(status, 0, err)
        self.assertEqual([(os.path.relpath(r['path'], folder), r['cells'], r['depth'], r['edges']) for r in rows],
                         [('a.ipynb', '3', '2', '2'), ('d/b.ipynb.gz', '3', '3', '2')])
        self.assertIn('2 notebooks, 6 code cells, 4 dependencies', out)
        self.assertRegex(out, r'(?m)^all +2 +3\.0 +2\.50 +3 +1\.25$')
        for why in ('4 not notebooks of nbformat 4', '1 not in Python', '1 without code', '6 left out'):
            self.assertIn(why, out)
        self.assertIn('broken.ipynb', err)

    def test_lines(self):
        lines = [json.dumps({'repo': 'o/r', 'path': 'p%d.ipynb' % n, 'cells': ['x = 1', ['y = ', 'x'], ' ']}) for n in range(200)]
        lines[3] = '{"cells": 3}'
        lines[4] = 'no json'
        lines[5] = ''
        lines[6] = '{"cells": [1]}'
        lines[7] = json.dumps({'cells': ['1']})
        lines[8] = '[1]'
        for name, text in (('a.jsonl', '\n'.join(lines).encode()), ('a.jsonl.gz', gzip.compress('\n'.join(lines).encode()))):
            path = self.write(name, text)
            status, out, _, rows = self.rows(path)
            self.assertEqual(status, 0)
            self.assertEqual(len(rows), 195)
            self.assertEqual(rows[0]['path'], 'o/r/p0.ipynb')
            self.assertEqual(rows[3]['path'], path + ':8')
            self.assertEqual({r['cells'] for r in rows}, {'1', '2'})
            self.assertIn('4 not notebooks', out)

    def test_same_for_any_number_of_threads(self):
        lines = '\n'.join(json.dumps({'path': str(n), 'cells': ['x = %d' % n] + ['x'] * (n % 17)}) for n in range(500))
        path = self.write('a.jsonl', lines)
        first = run('survey', path, '--jobs', '1', '--csv', '-')
        self.assertEqual(first, run('survey', path, '--jobs', '7', '--csv', '-'))
        self.assertEqual(len(first[1].splitlines()), 501)

    def test_bomb(self):
        big = self.write('a.ipynb.gz', gzip.compress(b' ' * (80 << 20)))
        status, out, _ = run('survey', big)
        self.assertEqual(status, 2)
        self.assertIn('1 too large', out)

    def test_names_are_quoted(self):
        self.write('in/a,"b"\n\x1b.ipynb', notebook(['1']))
        status, _, _, rows = self.rows(self.path('in'))
        self.assertEqual((status, len(rows)), (0, 1))
        self.assertTrue(rows[0]['path'].endswith('a,"b" ^[.ipynb'))

    def test_picture(self):
        lines = '\n'.join(json.dumps({'path': str(n), 'cells': ['x = 1'] * (1 + n % 40) + ['x += 1'] * (n % 9)}) for n in range(1000))
        status, _, _ = run('survey', self.write('a.jsonl', lines), '--svg', self.path('a.svg'))
        self.assertEqual(status, 0)
        tree = xml.etree.ElementTree.parse(self.path('a.svg'))
        self.assertTrue(tree.getroot().tag.endswith('svg'))
        self.assertLess(os.path.getsize(self.path('a.svg')), 20000)
        with open(self.path('a.svg'), encoding='utf-8') as f:
            self.assertIn('1000 notebooks', f.read())


def main():
    global BINARY, ACCEPT
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--binary')
    parser.add_argument('--accept', action='store_true')
    options, rest = parser.parse_known_args()
    BINARY, ACCEPT = program.find_binary(options.binary), options.accept
    if not BINARY:
        print('no program to test')
        return 77
    return unittest.main(argv=[sys.argv[0], *rest])


if __name__ == '__main__':
    sys.exit(main())
