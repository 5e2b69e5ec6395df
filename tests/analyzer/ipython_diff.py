#!/usr/bin/python3
"""Compare cb_ipython_read (through ipython_dump) with IPython's own transformation of cells.

ipython_diff.py --dump PROGRAM [--random N] [--seed S] [--verbose]

Cells: those of ipython_cells.py, random ones made of its pieces, and the code cells of all notebooks of
../shared/corpus/debian.json that are installed here. Each item is put back where its placeholder is, as the call that
IPython makes of it; the result must be IPython's text, line by line (empty lines aside). Code that a magic
runs is compared with what IPython makes of that code. Exit status 77 when everything is equal but the corpus
was not there.
"""
import argparse
import gzip
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ['IPYTHONDIR'] = tempfile.mkdtemp()
warnings.simplefilter('ignore')

from IPython.core.magic import MAGIC_NO_VAR_EXPAND_ATTR  # noqa: E402
from IPython.core.error import UsageError  # noqa: E402
from IPython.utils.text import DollarFormatter  # noqa: E402
from ipykernel.zmqshell import ZMQInteractiveShell  # noqa: E402
from traitlets.config import Config  # noqa: E402

import ipython_cells  # noqa: E402

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'shared')
OPTIONS = {'timeit': 'n:r:tcp:qo', 'prun': 'D:l:rs:T:q', 'memit': 'r:t:i:coq'}
LINE, CELL, EXTENSION, NO_EXPAND, WORD = 1, 2, 4, 8, 32


class Difference(Exception):
    pass


def check(condition, *what):
    if not condition:
        raise Difference(' '.join(w if isinstance(w, str) else repr(w) for w in what))


class Refused(Exception):
    """IPython would run nothing."""


class NoPython(Exception):
    """Different, but IPython makes no Python of it either."""


def is_python(text):
    try:
        compile(text, '', 'exec')
        return True
    except Exception:
        return False


class Dump:
    def __init__(self, program):
        self.program = program
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, cell):
        data = cell.encode('utf-8', 'surrogatepass')
        self.process.stdin.write(b'%d\n%s' % (len(data), data))
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        check(line, 'ipython_dump ended')
        return decode(json.loads(line))

    def flags(self, names):
        out = subprocess.run([self.program, '--find'], input='\n'.join(names), stdout=subprocess.PIPE, text=True, check=True).stdout
        return {n: int(f) for n, f in (line.split() for line in out.splitlines())}


def decode(value):
    """Bytes that the dump wrote as Latin-1; python itself stays bytes, for the offsets."""
    if isinstance(value, dict):
        return {k: v.encode('latin-1') if k == 'python' else decode(v) for k, v in value.items()}
    if isinstance(value, list):
        return [decode(v) for v in value]
    return value.encode('latin-1').decode('utf-8', 'surrogatepass') if isinstance(value, str) else value


def fields(text):
    """The expressions that IPython would evaluate in a command; up to the first that is none."""
    out = []
    try:
        for _, field, spec, _ in DollarFormatter().parse(text):
            if field is not None:
                field = ':'.join([field, spec]) if spec else field
                compile(field, '', 'eval')
                out.append(field)
    except Exception:
        pass
    return out


def compiled(expressions):
    """Expressions up to the first that is no Python."""
    out = []
    for e in expressions:
        try:
            compile(e, '', 'eval')
        except Exception:
            break
        out.append(e)
    return out


class Comparison:
    def __init__(self, dump):
        self.dump = dump
        self.lenient = False  # random cells: only what is Python to IPython must be equal
        config = Config()
        config.HistoryManager.enabled = False
        self.shell = ZMQInteractiveShell.instance(config=config)
        self.shell.run_line_magic('load_ext', 'storemagic')
        self.magics = self.shell.magics_manager.magics
        self.counts = {'cells': 0, 'items': 0, 'refused by IPython': 0, 'taken for variables': 0, 'unchanged': 0,
                       'random cells different, but no Python to IPython either': 0}
        names = set(self.magics['line']) | set(self.magics['cell'])
        self.flags = dump.flags(sorted(names))

    def table(self):
        """Each magic of a kernel is in the table, with its kinds."""
        for name, flags in self.flags.items():
            check(flags & ~EXTENSION & LINE == LINE * (name in self.magics['line']), '%' + name, 'as a line magic')
            check(flags & ~EXTENSION & CELL == CELL * (name in self.magics['cell']), '%%' + name, 'as a cell magic')
            check(not flags & EXTENSION, name, 'is no extension')
            function = self.magics['line'].get(name) or self.magics['cell'][name]
            function = getattr(function, '__func__', function)
            check(bool(flags & NO_EXPAND) == getattr(function, MAGIC_NO_VAR_EXPAND_ATTR, False), name, 'expands')
            check(not flags & WORD or name in self.magics['line'], name)

    def by_hand(self):
        """What IPython's text does not show."""
        for cell, expected in ipython_cells.EFFECTS:
            ours = [(i['names'], i['expressions'], i['effect'], i['ambient']) for i in self.dump(cell)['items']]
            check(ours == expected, cell, 'has', ours, 'not', expected)
        for cell, python, bodies in ipython_cells.PYTHON:
            dump = self.dump(cell)
            check(dump['python'].decode() == python, cell, 'is', dump['python'], 'not', python)
            check([i['body'] for i in dump['items']] == bodies, cell, 'has', dump['items'], 'not', bodies)

    # What a magic runs, by IPython's own parsing of options: None where it raises.

    def options(self, name, args, **how):
        if name not in OPTIONS:
            return args
        try:
            return self.magics['line']['time'].__self__.parse_options(args, OPTIONS[name], posix=False, **how)[1]
        except (UsageError, ValueError):
            return None

    def line_code(self, item):
        how = {'strict': False, 'preserve_non_opts': True} if item['name'] == 'timeit' else {'list_all': True}
        code = self.options(item['name'], item['args'], **how)
        if item['name'] == 'prun' and code:  # with its spaces, which IPython makes one each
            args, words = item['args'], code.split(' ')
            code = next((args[i:] for i in range(len(args)) if args[i] not in ' \t\v\f' and re.findall('[^ \t\v\f]+', args[i:]) == words), None)
        return code

    def call_text(self, item):
        """The call that IPython makes of an item."""
        name, args = item['name'], item['args']
        if item['kind'] == 'call':
            return item['expressions'][0]
        if item['kind'] == 'cell':
            return 'get_ipython().run_cell_magic(%r, %r, %r)' % (name, args, item['body'])
        if item['kind'] == 'shell' and not name:
            return 'get_ipython().%s(%r)' % ('system' if '_exit_code' in item['names'] else 'getoutput', args)
        if item['kind'] == 'help':
            return 'help(%r)' % args
        return 'get_ipython().run_line_magic(%r, %r)' % (name, args)

    def normal_lines(self, text):
        """Lines as compared. Help in one spelling; of %sc the command only."""
        text = re.sub(r"get_ipython\(\)\.run_line_magic\('(?:pinfo2?|psearch)', ('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\)", r'help(\1)', text)
        text = text.replace('get_ipython().show_usage()', "help('')")
        text = re.sub(r"(get_ipython\(\)\.run_line_magic\('sc', ['\"])[^=\n]*=", r'\1', text)
        return [line for line in text.splitlines() if line.strip()]

    def same_items(self, ours, nested, base):
        """Items of nested code, which stand at another place."""
        check(len(ours) >= len(nested), 'items of the nested code are missing')
        for a, b in zip(ours, nested):
            check({k: v for k, v in a.items() if k not in ('offset', 'line')} == {k: v for k, v in b.items() if k not in ('offset', 'line')},
                  'nested item', a, 'is not', b)
            if base is not None:
                check(a['offset'] == b['offset'] + base, 'offset of the nested item', a)

    def nested(self, code, depth):
        self.compare(code, depth + 1)
        return self.dump(code)

    def collapse(self, dump, depth):
        """Text and items of a cell without the code that items run, which is checked here."""
        text, items, out, outer, i, pos = dump['python'], dump['items'], b'', [], 0, 0
        while i < len(items):
            item = items[i]
            i += 1
            check(text[item['offset']:item['offset'] + 1] == b'0', 'no placeholder at', item['offset'])
            out += text[pos:item['offset']]
            outer.append((len(out), item))
            pos = item['offset'] + 1
            out += b'0'
            if item['kind'] == 'cell' or item['code'] == 'none':
                continue
            code = self.line_code(item)
            if code is None:
                raise Refused
            check(code.strip(), 'code of', item)
            nested = self.nested(code, depth)
            if item['body'] is None:
                follows = b'; ' + nested['python']
                check(text[pos:pos + len(follows)] == follows, 'code of', item, 'is not', follows)
                self.same_items(items[i:], nested['items'], pos + 2)
                pos += len(follows)
            else:
                check(item['body'].encode() == nested['python'], 'body of', item, 'is not', nested['python'])
                self.same_items(items[i:], nested['items'], None)
                for n in nested['items'][:len(nested['items'])]:
                    check(text[pos:pos + 3] == b'; 0', 'no placeholder for', n)
                    pos += 3
            i += len(nested['items'])
        return out + text[pos:], outer

    def compare_cell_magic(self, cell, dump, depth):
        """A magic whose body is Python of the namespace: its first line, then the body."""
        item, text, items = dump['items'][0], dump['python'], dump['items'][1:]
        theirs = self.shell.transform_cell(cell)
        captured = []
        scope = {'get_ipython': lambda: self, 'run': captured}
        self.run_cell_magic = lambda *a: captured.extend(a)
        exec(theirs, scope)
        check(captured[:2] == [item['name'], item['args']], 'cell magic', captured, 'is not', item)
        body = captured[2]
        if not body:
            check(text.strip() == b'0' and not items, 'a body')
            return
        first = self.line_code(item) if item['name'] in OPTIONS else ''
        if first is None:
            raise Refused
        inner = self.nested(body, depth)
        head = self.nested(first, depth) if first else None
        if item['body'] is not None:
            expected = (head['python'] + b'\n' if head else b'') + inner['python']
            check(item['body'].encode() == expected, 'body', item['body'], 'is not', expected)
            both = (head['items'] if head else []) + inner['items']
            self.same_items(items, both, None)
            check(text.strip() == b'0' + b'; 0' * len(both), 'placeholders')
            return
        expected = b'0' + (b'; ' + head['python'] if head else b'') + b'\n' + inner['python']
        check(text.strip() == expected.strip(), text, 'is not', expected)
        self.same_items(items, (head['items'] if head else []) + inner['items'], None)

    def expressions(self, item):
        if item['kind'] == 'call':
            return
        name, text = item['name'], item['args']
        if name == 'sc':
            return
        flags = self.flags.get(name, 0)
        kind = CELL if item['kind'] == 'cell' else LINE
        expected = [] if flags & NO_EXPAND and flags & kind else fields(text)
        if name in ('sx', 'system', '!') and item['kind'] == 'cell':
            expected = None if compiled(fields(text)) != fields(text) else expected + fields(item['body'])
        ours = compiled(item['expressions'])
        check(expected is None or ours[:len(expected)] == expected, 'expressions', item['expressions'], 'are not', expected, 'in', text)

    def compare(self, cell, depth=0):
        cell = cell.replace('get_ipython()', 'got_ipython()')  # written by the notebook itself
        dump = self.dump(cell)
        check(dump['python'].count(b'\n') == cell.count('\n') or '\r' in cell or any(c in cell for c in '\v\f\x1c\x1d\x1e'),
              'number of lines')
        check(not dump['same'] or not dump['items'], 'items of an unchanged cell')
        for item in dump['items']:
            self.expressions(item)
        if not depth:
            self.counts['cells'] += 1
            self.counts['items'] += len(dump['items'])
            self.counts['unchanged'] += dump['same']
        try:
            theirs = self.shell.transform_cell(cell)
        except Exception:
            self.counts['refused by IPython'] += 1
            return
        try:
            self.compare_text(cell, dump, theirs, depth)
        except Difference:
            if self.lenient and not is_python(theirs):
                raise NoPython
            raise

    def compare_text(self, cell, dump, theirs, depth):
        if dump['items'] and dump['items'][0]['kind'] == 'cell' and dump['items'][0]['code'] != 'none':
            self.compare_cell_magic(cell, dump, depth)
            return
        text, outer = self.collapse(dump, depth)
        for offset, item in reversed(outer):
            text = text[:offset] + self.call_text(item).encode('utf-8', 'surrogatepass') + text[offset + 1:]
        text = text.decode('utf-8', 'surrogatepass')
        if re.search('[\\0\v\f\x1c-\x1e\x85\u2028\u2029]', cell):  # `;` may stand for a line's end that is none for Python
            text, theirs = text.replace(';', '\n').replace('\0', ''), theirs.replace(';', '\n').replace('\\x00', '').replace('\0', '')
        ours, theirs = self.normal_lines(text), self.normal_lines(theirs)
        if ours == theirs or ([line.strip() for line in ours] == ['exit()'] and theirs == ['exit();']):
            return
        if len(theirs) == 1 and len(ours) == 1:
            self.automagic(ours[0], theirs[0], outer)
            return
        check(False, '\n'.join(ours), '\n  --- is not ---\n' + '\n'.join(theirs))

    def automagic(self, ours, theirs, outer):
        """A magic without `%`: around another (`time x = !ls`; ours has the argument as it was written), or taken for Python
        since the notebook may have a variable of that name."""
        match = re.match(r"\s*get_ipython\(\)\.run_line_magic\('(\w+)', ", theirs)
        check(match, ours, 'is not', theirs)
        name = match[1]
        if outer and outer[0][1]['name'] == name:
            check(len(outer) == 1 and 'get_ipython()' in theirs[match.end():], ours, 'is not', theirs)
            return
        word = re.match(r'\s*(%s)\s*(.*)' % name, ours)
        check(word, ours, 'is not', theirs)
        is_call = any(item['kind'] == 'call' for _, item in outer)
        check(is_call or word[2][:1] in tuple('([.') or (self.flags[name] & WORD and word[2][:1] in ('', *'+*/%<>&|^!@:?#;)-')),
              ours, 'is not', theirs)
        self.counts['taken for variables'] += 1


def random_cells(n, seed):
    pick = random.Random(seed)
    for _ in range(n):
        yield ''.join(pick.choices(ipython_cells.PIECES, k=pick.randint(1, 25)))


def corpus():
    """Code cells of the notebooks that are installed, and how many notebooks are not."""
    with open(os.path.join(SHARED, 'corpus', 'debian.json'), encoding='utf-8') as f:
        records = json.load(f)
    cells, missing = [], 0
    for path in sorted({r['path'] for r in records}):
        try:
            with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
                notebook = json.loads(f.read())
        except OSError:
            missing += 1
            continue
        sheets = notebook.get('worksheets') or [notebook]
        for sheet in sheets:
            for i, c in enumerate(sheet.get('cells', ())):
                if c.get('cell_type') == 'code':
                    source = c.get('source', c.get('input', ''))
                    cells.append(('%s cell %d' % (path, i), ''.join(source) if isinstance(source, list) else source))
    return cells, missing, len(records)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--dump', required=True)
    parser.add_argument('--random', type=int, default=3000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--verbose', action='store_true')
    options = parser.parse_args()
    comparison = Comparison(Dump(options.dump))
    cells = [('by hand', c) for c in ipython_cells.cells()]
    cells += [('random', c) for c in random_cells(options.random, options.seed)]
    left_out = None
    if os.path.exists(os.path.join(SHARED, 'corpus', 'debian.json')):
        found, missing, total = corpus()
        cells += found
        print('%d of %d notebooks of the corpus are not installed' % (missing, total))
    else:
        left_out = 'the corpus (../shared/corpus/debian.json is missing)'
    differences = 0
    for test in (comparison.table, comparison.by_hand):
        try:
            test()
        except Difference as e:
            differences += 1
            print('%s: %s' % (test.__name__, e))
    for where, cell in cells:
        comparison.lenient = where == 'random'
        try:
            comparison.compare(cell)
        except Refused:
            comparison.counts['refused by IPython'] += 1
        except NoPython:
            comparison.counts['random cells different, but no Python to IPython either'] += 1
        except Difference as e:
            differences += 1
            if differences <= 40 or options.verbose:
                print('%s: %r:\n  %s' % (where, cell if len(cell) < 600 else cell[:600] + '…', e))
    print(', '.join('%d %s' % (n, what) for what, n in comparison.counts.items()) + ', %d differences' % differences)
    if differences:
        return 1
    if left_out:
        print('left out: ' + left_out)
        return 77
    return 0


if __name__ == '__main__':
    sys.exit(main())
