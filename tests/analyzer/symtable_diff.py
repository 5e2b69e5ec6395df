#!/usr/bin/python3
"""The analyzer's scopes against Python's own symtable.

symtable_diff.py [--dump PROGRAM] [--corpus FILE] [--root DIR] [--jobs N] [--show N] [--only notebooks|modules] [PATH…]

Compares the names that each cell binds and the free names that it takes from outside, and beyond that the whole tree of
scopes with every symbol's flags, over
  - the code cells of the notebooks that FILE lists (../shared/corpus/debian.json beside the project), after what IPython
    makes of them; ours reads the cell as it is written;
  - the modules of Python's standard library and of Debian's numpy, pandas, sklearn and sympy, each as one cell.
What symtable refuses is counted and left out. With PATHs, only these notebooks and modules. --root: another place than /
where notebooks are looked up that are not installed. Exit status 1 where anything differs, 77 where there is nothing to
compare.
"""
import argparse
import glob
import gzip
import importlib.util
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tokenize
import types
import warnings

import _symtable

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
CORPUS = os.path.join(os.path.dirname(PROJECT), 'shared', 'corpus', 'debian.json')
LIBRARY = '/usr/lib/python%d.%d' % sys.version_info[:2]
PACKAGES = '/usr/lib/python3/dist-packages'
MODULES = [LIBRARY] + [os.path.join(PACKAGES, name) for name in ('numpy', 'pandas', 'sklearn', 'sympy')]
CHUNK = 1 << 20  # bytes of source that go through one run of the program

# Ours: scope.h.
MODULE, FUNCTION, CLASS, LAMBDA, COMPREHENSION, TYPE_PARAMETERS = range(6)
ASSIGNED, USED, PARAM, GLOBAL, NONLOCAL, IMPORTED, ANNOTATED, DELETED = (1 << i for i in range(8))
LOCAL, FREE, GLOBALLY = range(3)
TYPES = {MODULE: _symtable.TYPE_MODULE, CLASS: _symtable.TYPE_CLASS}  # all others are functions to symtable

BOUND = _symtable.DEF_LOCAL | _symtable.DEF_PARAM | _symtable.DEF_IMPORT
FREE_CLASS = 64  # DEF_FREE_CLASS: bound in a class, and free in a method from an enclosing function
ITERATION = 512  # DEF_COMP_ITER: symtable's own bookkeeping for an error message
# A comprehension's first iterable comes to it as an argument of this name, which no source can spell.
HIDDEN = '.0'


def definition(flags):
    """Our flags as symtable's."""
    wanted = 0
    for ours, theirs in ((USED, _symtable.USE), (PARAM, _symtable.DEF_PARAM), (GLOBAL, _symtable.DEF_GLOBAL),
                         (NONLOCAL, _symtable.DEF_NONLOCAL), (IMPORTED, _symtable.DEF_IMPORT),
                         (ANNOTATED, _symtable.DEF_ANNOT), (ASSIGNED | ANNOTATED | DELETED, _symtable.DEF_LOCAL)):
        if flags & ours:
            wanted |= theirs
    return wanted


DEFINITIONS = [definition(flags) for flags in range(256)]


def as_symtable(scopes):
    """Our scopes in symtable's terms: [(type, name, line, {symbol: flags})] in preorder.

    Ours keep no free names in scopes that these only pass through, and do not tell cells from other locals: both
    follow from the free names of the scopes inside."""
    free = [set() for _ in scopes]
    told = []
    for i in range(len(scopes) - 1, -1, -1):
        kind, name, line, parent, ipython, symbols = scopes[i]
        if ipython:  # code in a string, as far as Python sees it
            continue
        inner, own, table = free[i], set(), {}
        for symbol, value in symbols.items():
            flags = value & 255
            if not flags:
                continue
            binding = value >> 8 & 255
            if binding == LOCAL:
                cell = symbol in inner and kind not in (MODULE, CLASS)
                scope = _symtable.CELL if cell else _symtable.LOCAL
                if cell:
                    inner.discard(symbol)
            elif binding == FREE:
                scope = _symtable.FREE
                own.add(symbol)
            else:
                scope = _symtable.GLOBAL_EXPLICIT if flags & GLOBAL else _symtable.GLOBAL_IMPLICIT
            table[symbol] = DEFINITIONS[flags] | scope << _symtable.SCOPE_OFF
        if kind == CLASS:
            inner.discard('__class__')
        for symbol in inner:
            if symbol not in table:
                table[symbol] = _symtable.FREE << _symtable.SCOPE_OFF
            elif kind == CLASS and table[symbol] & (BOUND | _symtable.DEF_GLOBAL):
                table[symbol] |= FREE_CLASS
        if parent >= 0:
            free[parent] |= inner | own
        told.append((TYPES.get(kind, _symtable.TYPE_FUNCTION), name, line, table))
    told.reverse()
    return told


def preorder(top):
    """symtable's scopes in the same form."""
    scopes, left = [], [top]
    while left:
        scope = left.pop()
        left.extend(reversed(scope.children))
        scopes.append((scope.type, scope.name, scope.lineno,
                       {name: flags & ~ITERATION for name, flags in scope.symbols.items() if name != HIDDEN}))
    return scopes


def effects(top):
    """What a module binds, and what its scopes take from outside: (bindings, free)."""
    bound = {name for name, flags in top.symbols.items() if flags & BOUND}
    taken = {name for name, flags in top.symbols.items() if flags & _symtable.USE}
    left = [(scope, True) for scope in top.children]
    while left:
        scope, in_module = left.pop()
        in_module = in_module and scope.name in ('listcomp', 'setcomp', 'dictcomp', 'genexpr')
        left.extend((child, in_module) for child in scope.children)
        for name, flags in scope.symbols.items():
            if flags >> _symtable.SCOPE_OFF & _symtable.SCOPE_MASK in (_symtable.GLOBAL_EXPLICIT, _symtable.GLOBAL_IMPLICIT):
                if flags & (BOUND | _symtable.USE):
                    taken.add(name)
                if in_module and flags & BOUND:
                    bound.add(name)
    return bound, taken - bound


def sets_differ(what, ours, theirs):
    return ['%s: only ours %s, only symtable %s' % (what, sorted(ours - theirs), sorted(theirs - ours))]


def compare(ours, top, lines):
    """What differs between one line of the program's output and symtable, as sentences."""
    told = []
    if ours['refused'] or ours['error']:
        told.append('ours sees an error in line %d%s' % (ours['error'], ', refused: %s' % ours['refused'] if ours['refused'] else ''))
    bound, free = effects(top)
    if set(ours['bindings']) != bound:
        told += sets_differ('bindings', set(ours['bindings']), bound)
    if set(ours['free']) != free:
        told += sets_differ('free names', set(ours['free']), free)
    mine, wanted = as_symtable(ours['scopes']), preorder(top)
    if len(mine) != len(wanted):
        told.append('%d scopes, symtable has %d' % (len(mine), len(wanted)))
    for a, b in zip(mine, wanted):
        if a[:2] != b[:2] or (lines and a[2] != b[2]):
            told.append('scope %s, symtable has %s' % (a[:3], b[:3]))
            break
        if a[3] != b[3]:
            names = [name for name in sorted(a[3].keys() | b[3].keys()) if a[3].get(name) != b[3].get(name)]
            told.append('scope %s of line %d: %s' % (b[1], b[2], ', '.join(
                '%s is %#x, symtable has %#x' % (name, a[3].get(name, 0), b[3].get(name, 0)) for name in names[:5])))
    return told, len(wanted), sum(len(scope[3]) for scope in wanted)


# -- sources --

def read_bytes(path):
    with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
        return f.read()


def is_notebook(path):
    return path.endswith(('.ipynb', '.ipynb.gz'))


def cells_of(path):
    """The code cells of a notebook of any version, as text."""
    notebook = json.loads(read_bytes(path))
    cells = notebook.get('cells')
    if cells is None:
        cells = [cell for sheet in notebook.get('worksheets', []) for cell in sheet.get('cells', [])]
    for cell in cells:
        if cell.get('cell_type') == 'code':
            source = cell.get('source', cell.get('input', ''))
            yield source if isinstance(source, str) else ''.join(source)


class Shell:
    """IPython's own transformation in a shell where the cells before have bound their names: a magic without % is one
    only where no variable has its name."""
    shell = None
    bound = set()

    def __init__(self):
        if not Shell.shell:
            from IPython.core.interactiveshell import InteractiveShell
            from traitlets.config import Config
            config = Config()
            config.HistoryManager.enabled = False
            # A module of its own: it would take the place of __main__, in which the pool finds its work.
            Shell.shell = InteractiveShell.instance(config=config, user_module=types.ModuleType('notebook'))
        for name in Shell.bound:
            Shell.shell.user_ns.pop(name, None)
        Shell.bound.clear()

    def transform(self, source):
        """What Python is given, or None where IPython refuses the cell itself."""
        try:
            python = Shell.shell.transform_cell(source)
            top = _symtable.symtable(python, 'cell', 'exec')
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        for name in effects(top)[0] - Shell.shell.user_ns.keys():
            Shell.shell.user_ns[name] = None
            Shell.bound.add(name)
        return python


def sources_of(path):
    """(label, what ours reads, what symtable reads; None: nothing that it accepts) for what a file holds."""
    if is_notebook(path):
        shell = Shell()
        for i, source in enumerate(cells_of(path)):
            yield '%s cell %d' % (path, i), source, shell.transform(source)
        return
    try:
        with tokenize.open(path) as f:
            text = f.read()
    except (SyntaxError, UnicodeDecodeError):
        text = None
    if text is not None:
        yield path, text, text


def ambiguous(source, transformed):
    """A line that is Python as well as a magic without %, such as `cat /tmp/x`: which of both depends on whether some other
    cell has a variable of that name. Ours reads each cell by itself and takes what looks like an expression for one.
    Then it must be just what symtable makes of the cell as it is written."""
    if not transformed.startswith('get_ipython().run_line_magic(') or '%' in source or len(source.splitlines()) != 1:
        return None
    try:
        return _symtable.symtable(source, 'cell', 'exec')
    except (SyntaxError, ValueError):
        return None


def work(job):
    program, paths, tree_lines = job
    result = {'compared': 0, 'refused': 0, 'explained': 0, 'unseen': [], 'scopes': 0, 'symbols': 0, 'bytes': 0, 'differ': []}
    items = []
    for path in paths:
        items.extend(sources_of(path))
    command = [program, '--tree'] + ([] if is_notebook(paths[0]) else ['--python'])
    frames = b''.join(b'%d\n%s' % (len(text), text) for text in
                      (ours.encode('utf-8', 'replace') for _, ours, _ in items))
    run = subprocess.run(command, input=frames, stdout=subprocess.PIPE, check=False)
    lines = run.stdout.splitlines()
    if run.returncode or len(lines) != len(items):
        result['differ'].append(('%s …' % paths[0], ['the program ended with %d after %d of %d sources' % (
            run.returncode, len(lines), len(items))]))
        return result
    for (label, source, transformed), line in zip(items, lines):
        told = json.loads(line)
        try:
            if transformed is None:
                raise SyntaxError('IPython says so')
            top = _symtable.symtable(transformed, label, 'exec')
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            result['refused'] += 1
            if not told['error'] and not told['refused']:
                result['unseen'].append(label)
            continue
        differ, scopes, symbols = compare(told, top, tree_lines)
        result['compared'] += 1
        result['scopes'] += scopes
        result['symbols'] += symbols
        result['bytes'] += len(source)
        if differ:
            plain = ambiguous(source, transformed)
            if plain and not compare(told, plain, tree_lines)[0]:
                result['explained'] += 1
                continue
            result['differ'].append((label, differ))
    return result


def chunks(paths, program, lines):
    """Jobs of about CHUNK bytes; of notebooks and modules apart, large files first, so that the last jobs are short."""
    for kind in (False, True):
        held, size = [], 0
        for path in sorted((p for p in paths if is_notebook(p) == kind), key=os.path.getsize, reverse=True):
            held.append(path)
            size += os.path.getsize(path)
            if size >= CHUNK:
                yield program, held, lines and not kind
                held, size = [], 0
        if held:
            yield program, held, lines and not kind


def find_notebooks(corpus, root):
    """(paths, how many are not installed)"""
    if not os.path.exists(corpus):
        return None, 0
    with open(corpus, encoding='utf-8') as f:
        listed = [record['path'] for record in json.load(f) if 'static' in record['tiers']]
    found = []
    for path in listed:
        for place in (path, os.path.join(root, path.lstrip('/')) if root else path):
            if os.path.exists(place):
                found.append(place)
                break
    return found, len(listed) - len(found)


def find_modules():
    found, missing = [], []
    for folder in MODULES:
        paths = glob.glob(os.path.join(glob.escape(folder), '**', '*.py'), recursive=True)
        found += paths
        if not paths:
            missing.append(os.path.basename(folder))
    return found, missing


def find_program(given):
    places = [given] if given else [os.path.join(PROJECT, 'build', preset, 'tests', 'symtable_dump')
                                    for preset in ('release', 'asan')] + [shutil.which('symtable_dump')]
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def add_up(results):
    total = None
    for result in results:
        total = result if total is None else {key: total[key] + result[key] for key in total}
    return total


def run_kind(pool, what, unit, jobs, show):
    """Compare the jobs of one kind; prints the line for it and what differs. True where nothing does."""
    if not jobs:
        return True
    total = add_up(pool.imap_unordered(work, jobs))
    print('%s: %d %s compared (%.1f MB, %d scopes, %d symbols), %d differ, %d for reasons given; %d refused by Python, of which %d without an '
          'error in ours' % (what, total['compared'], unit, total['bytes'] / 1e6, total['scopes'], total['symbols'],
                             len(total['differ']) + total['explained'], total['explained'], total['refused'], len(total['unseen'])), flush=True)
    for label, differ in sorted(total['differ'])[:show]:
        print('  %s' % label)
        for sentence in differ[:6]:
            print('    %s' % sentence[:600])
    if len(total['differ']) > show:
        print('  and %d more (--show N)' % (len(total['differ']) - show))
    if os.environ.get('CELLBLOCK_LONG') or show > 100:
        for label in total['unseen']:
            print('  no error in ours: %s' % label)
    return not total['differ']


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--dump', metavar='PROGRAM', help='symtable_dump, as built')
    parser.add_argument('--corpus', metavar='FILE', default=CORPUS)
    parser.add_argument('--root', metavar='DIR', help='look here for notebooks that are not installed')
    parser.add_argument('--jobs', type=int, default=2, metavar='N')
    parser.add_argument('--show', type=int, default=20, metavar='N', help='differences to print')
    parser.add_argument('--only', choices=('notebooks', 'modules'))
    parser.add_argument('paths', nargs='*', metavar='PATH')
    options = parser.parse_args()
    warnings.simplefilter('ignore')
    start = time.monotonic()
    program = find_program(options.dump)
    if not program:
        print('left out: symtable_dump is not built (--dump PROGRAM)')
        return 77
    if options.paths:
        paths = options.paths
    else:
        notebooks, absent = find_notebooks(options.corpus, options.root)
        modules, missing = find_modules()
        paths = [path for path in (notebooks or []) + modules
                 if not options.only or is_notebook(path) == (options.only == 'notebooks')]
        if notebooks is None:
            print('left out: notebooks, since %s is not there' % options.corpus)
        elif absent:
            print('left out: %d notebooks of the corpus that are not installed (corpus.py install --tier static)' % absent)
        for name in missing:
            print('left out: %s, which is not installed' % name)
    if not importlib.util.find_spec('IPython'):
        print('left out: notebooks, since IPython is not installed')
        paths = [path for path in paths if not is_notebook(path)]
    if not paths:
        print('left out: there is nothing to compare')
        return 77
    with tempfile.TemporaryDirectory(prefix='cellblock-ipython-') as scratch:
        os.environ['IPYTHONDIR'] = scratch
        jobs = list(chunks(paths, program, True))
        with multiprocessing.Pool(options.jobs) as pool:
            same = run_kind(pool, 'modules', 'modules', [job for job in jobs if not is_notebook(job[1][0])], options.show)
            same &= run_kind(pool, 'notebooks', 'cells', [job for job in jobs if is_notebook(job[1][0])], options.show)
    print('%.0f s' % (time.monotonic() - start))
    return 0 if same else 1


if __name__ == '__main__':
    sys.exit(main())
