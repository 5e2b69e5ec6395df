#!/usr/bin/python3
"""How fast the analyzer is, against CPython's own parser; how it grows; what it bears. Measure, print, judge nothing.

analyze.py [--tool analyze_bench] [--binary cellblock] [--core N] [--only speed|limits]

speed   In one run on one core, taking turns, CPU seconds: our analysis (syntax, scopes, order, effects, graph) and CPython's `ast.parse` +
        `symtable.symtable` on the same texts: the code cells of the corpus (../shared/corpus/debian.json, as far as
        installed; notebook by notebook) that `ast.parse` accepts, and the modules of the standard library. The goal is
        1.3 times faster. For comparison each of the two alone (symtable parses the text itself, into C's syntax tree).
limits  Huge notebooks and cells: seconds and peak memory of a process, at two sizes.
Several notebooks at once: `cellblock analyze` over the corpus on one core and on all.
"""
import argparse
import ast
import gc
import gzip
import json
import os
import subprocess
import sys
import symtable
import sysconfig
import tempfile
import time
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import program  # noqa: E402

CORPUS = os.path.join(os.path.dirname(PROJECT), 'shared', 'corpus', 'debian.json')
ROUNDS = 3


def parses(text):
    try:
        ast.parse(text)
        symtable.symtable(text, 'cell', 'exec')
        return '\0' not in text
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def notebooks():
    """[(path, [text of a cell])] of the corpus, as far as installed."""
    found = []
    try:
        with open(CORPUS, encoding='utf-8') as f:
            records = json.load(f)
    except OSError:
        return found
    for path in sorted({r['path'] for r in records}):
        try:
            with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
                told = json.load(f)
        except (OSError, ValueError):
            continue
        cells = told['cells'] if 'cells' in told else [c for sheet in told.get('worksheets', ()) for c in sheet['cells']]
        texts = [c.get('source', c.get('input', '')) for c in cells if c['cell_type'] == 'code']
        found.append((path, [t if isinstance(t, str) else ''.join(t) for t in texts]))
    return found


def library():
    """Texts of the standard library's modules."""
    found = []
    for folder, folders, files in os.walk(sysconfig.get_path('stdlib')):
        folders[:] = [f for f in folders if f not in ('dist-packages', 'site-packages', '__pycache__')]
        for name in sorted(files):
            if name.endswith('.py'):
                with open(os.path.join(folder, name), 'rb') as f:
                    try:
                        found.append(f.read().decode('utf-8'))
                    except UnicodeDecodeError:
                        pass
    return found


def timed(work, texts):
    begin = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - begin


def cpython(texts):
    """Seconds of (ast.parse, symtable) over the texts."""
    gc.collect()
    gc.disable()
    try:
        return timed(ast.parse, texts), timed(lambda text: symtable.symtable(text, 'cell', 'exec'), texts)
    finally:
        gc.enable()


def ours(tool, listing, repeats=1):
    done = subprocess.run([tool, '-n', str(repeats)], input=listing, stdout=subprocess.PIPE, check=True, encoding='utf-8')
    return json.loads(done.stdout)


def compare(tool, what, groups, folder):
    """`groups`: lists of texts, a notebook each."""
    texts, lines = [], []
    for n, group in enumerate(groups):
        for m, text in enumerate(group):
            path = os.path.join(folder, '%s-%d-%d' % (what.split()[0], n, m))
            with open(path, 'w', encoding='utf-8', newline='') as f:
                f.write(text)
            lines.append(path)
            texts.append(text)
        lines.append('')
    listing = '\n'.join(lines) + '\n'
    size = sum(len(t.encode()) for t in texts) / 1e6
    mine, parse, table = [], [], []
    for _ in range(ROUNDS):     # taking turns: what disturbs one disturbs the other
        mine.append(ours(tool, listing)['seconds'])
        a, s = cpython(texts)
        parse.append(a)
        table.append(s)
    m, a, s = min(mine), min(parse), min(table)
    print('%-34s %6d texts %7.2f MB: ours %6.2f MB/s, ast.parse + symtable %6.2f MB/s: %.2f times as fast '
          '(than ast.parse alone %.2f, symtable alone %.2f)' % (what, len(texts), size, size / m, size / (a + s), (a + s) / m, a / m, s / m))


def speed(tool):
    warnings.simplefilter('ignore')
    found = notebooks()
    with tempfile.TemporaryDirectory(prefix='cb-bench-') as folder:
        if found:
            compare(tool, 'corpus, %d notebooks' % len(found), [[t for t in texts if parses(t)] for _, texts in found], folder)
        compare(tool, 'standard library', [[t] for t in library() if parses(t)], folder)


def limits(tool):
    shapes = (
        ('5,000 cells, a chain', lambda n: [['x%d = x%d + 1\nprint(x%d)' % (i, i - 1, i)] for i in range(5000 * n)], True),
        ('5,000 cells, one object', lambda n: [['box.append(%d)\ny%d = box' % (i, i)] for i in range(5000 * n)], True),
        ('a cell of a million lines', lambda n: [['x = y + 1\n' * (500000 * n)]], False),
        ('100,000 nested brackets', lambda n: [['x = ' + '(' * 50000 * n + ')' * 50000 * n]], False),
        ('a chain of 100,000 attributes', lambda n: [['a' + '.b' * 50000 * n]], False),
        ('100,000 operands', lambda n: [['x = a' + ' + b' * 50000 * n]], False),
        ('10,000 elifs', lambda n: [['if a: pass\n' + ''.join('elif a == %d: x%d = 1\n' % (i, i) for i in range(5000 * n))]], False),
        ('100,000 names', lambda n: [[''.join('n%d = m%d\n' % (i, i) for i in range(50000 * n))]], False))
    for what, make, one in shapes:
        told = []
        for n in (1, 2):
            with tempfile.TemporaryDirectory(prefix='cb-bench-') as folder:
                lines = []
                for i, (text,) in enumerate(make(n)):
                    path = os.path.join(folder, str(i))
                    with open(path, 'w', encoding='utf-8') as f:
                        f.write(text)
                    lines.append(path)
                told.append(ours(tool, '\n'.join(lines) + '\n'))
        one, two = told
        print('%-32s half: %8.3f s %6.1f MiB   whole: %8.2f MB %8.3f s %6.1f MiB   twice the text takes %.2f times as long' % (
            what, one['seconds'], one['peak_kib'] / 1024, two['bytes'] / 1e6, two['seconds'], two['peak_kib'] / 1024,
            two['seconds'] / max(1e-6, one['seconds'])))


def all_cores(binary, cores):
    with tempfile.TemporaryDirectory(prefix='cb-bench-') as folder:
        paths = []
        for n, (_, texts) in enumerate(notebooks()):
            paths.append(os.path.join(folder, '%d.ipynb' % n))
            with open(paths[-1], 'w', encoding='utf-8') as f:
                json.dump({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [
                    {'cell_type': 'code', 'id': 'c%d' % i, 'metadata': {}, 'outputs': [], 'execution_count': None, 'source': t}
                    for i, t in enumerate(texts)]}, f)
        for used in ({min(cores)}, cores):
            best = None
            for _ in range(ROUNDS):
                begin = time.perf_counter()
                subprocess.run([binary, 'analyze', '--json', *paths], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True,
                               preexec_fn=lambda: os.sched_setaffinity(0, used))
                seconds = time.perf_counter() - begin
                best = seconds if best is None else min(best, seconds)
            print('cellblock analyze, %d notebooks on %d core%s: %.3f s' % (len(paths), len(used), '' if len(used) == 1 else 's', best))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--tool', default=os.path.join(PROJECT, 'build', 'tests', 'analyze_bench'))
    parser.add_argument('--binary')
    parser.add_argument('--core', type=int)
    parser.add_argument('--only', choices=('speed', 'limits', 'cores'))
    options = parser.parse_args()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {options.core if options.core is not None else min(cores)})
    sys.setrecursionlimit(10000)
    if options.only in (None, 'speed'):
        speed(options.tool)
    if options.only in (None, 'limits'):
        limits(options.tool)
    binary = program.find_binary(options.binary)
    if binary and options.only in (None, 'cores'):
        all_cores(binary, cores)


if __name__ == '__main__':
    main()
