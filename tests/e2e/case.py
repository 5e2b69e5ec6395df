"""A test case: one text file in percent format that becomes a notebook, its workspace files and what is expected.

Header, before the first cell (lines that are no directive are the case's description):
    # args: --allow-errors -p x 3     more arguments for `cellblock run`
    # minor: 4                        nbformat minor (5)
    # no-oracle: WHY                  Jupyter cannot say what is right: only the expectations below count
    # known-gap: WHY                  differs, and is known to: told, but no failure; a failure when it no longer differs
    # loose-order: WHY                where streams stand between the rich outputs is a race in Jupyter
    # ignore-cell N: WHY              cell N's outputs are not compared
    # normalise: REGEX => TEXT        applied to all text on both sides
    # user: yes                       part of the subset that is run as an ordinary user too
    # timeout: SECONDS                for the program (60)
    # expect-exit: N                  default: 1 where the oracle's notebook raised, else 0
    # expect-stderr: REGEX            searched in the program's standard error; may be repeated
    # expect-cell N KIND: REGEX       KIND: stdout, stderr, result, display, error (ename: evalue); N counts code cells from 0
    # expect-cell N no-output: WHY
Cells:
    # %% [markdown|raw] [tags=a,b] [id=x] [source=JSON] [cell=JSON]
    # %% file: PATH                   not a cell: a file of the workspace
    # %% oracle-only [tags=…]         a cell that the program itself has to add (injected parameters)
Cells are numbered from 0, code cells only, oracle-only cells included.
"""
import hashlib
import json
import os
import re
import shlex

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECT_CELL = re.compile(r'expect-cell (\d+) ([a-z-]+)$')
OPTION = re.compile(r'(\w[\w-]*)=(\{.*\}|"(?:[^"\\]|\\.)*"|\S+)')


class BadCase(Exception):
    pass


class Case:
    def __init__(self, path, root):
        self.path = path
        self.name = os.path.splitext(os.path.relpath(path, root))[0]
        with open(path, encoding='utf-8', newline='') as f:
            self.text = f.read()
        self.args, self.minor, self.timeout, self.user = [], 5, 60.0, False
        self.no_oracle = self.loose_order = self.known_gap = None
        self.ignored, self.substitutions = set(), []
        self.expect_exit, self.expect_stderr, self.expect_cells = None, [], []
        self.files, self.cells = {}, []
        self._parse()

    def digest(self):
        return hashlib.sha256(self.text.encode()).hexdigest()

    # ---- parsing

    def _parse(self):
        chunks = re.split(r'^# %%(.*)\n', self.text + '\n', flags=re.M)
        for line in chunks[0].splitlines():
            m = re.match(r'# ([a-z-]+(?: \d+)?(?: [a-z-]+)?): ?(.*)$', line)
            if m:
                self._directive(m.group(1), m.group(2).strip())
        for head, body in zip(chunks[1::2], chunks[2::2]):
            self._chunk(head.strip(), body.rstrip('\n'))
        if not self.cells and self.no_oracle is None:
            raise BadCase('%s: no cells' % self.path)

    def _directive(self, key, value):
        cell = EXPECT_CELL.match(key)
        if cell:
            self.expect_cells.append((int(cell.group(1)), cell.group(2), value))
        elif key.startswith('ignore-cell '):
            self.ignored.add(int(key.split()[1]))
        elif key == 'args':
            self.args = shlex.split(value)
        elif key == 'minor':
            self.minor = int(value)
        elif key == 'timeout':
            self.timeout = float(value)
        elif key == 'user':
            self.user = value == 'yes'
        elif key == 'normalise':
            pattern, _, text = value.partition(' =>')
            self.substitutions.append((pattern, text[1:]))
        elif key == 'expect-exit':
            self.expect_exit = int(value)
        elif key == 'expect-stderr':
            self.expect_stderr.append(value)
        elif key in ('no-oracle', 'loose-order', 'known-gap'):
            setattr(self, key.replace('-', '_'), value)
        elif key.startswith(('expect', 'no-', 'ignore', 'loose')):
            raise BadCase('%s: unknown directive %r' % (self.path, key))

    def _chunk(self, head, body):
        if head.startswith('file:'):
            self.files[head[5:].strip()] = body + '\n'
            return
        options = dict(OPTION.findall(head))
        words = OPTION.sub('', head).split()
        kind = words[0] if words and words[0] in ('markdown', 'raw') else 'code'
        source = json.loads(options['source']) if 'source' in options else body
        cell = {'cell_type': kind, 'metadata': {}, 'source': source.splitlines(True)}
        if kind == 'code':
            cell.update(execution_count=None, outputs=[])
        if 'tags' in options:
            cell['metadata']['tags'] = options['tags'].split(',')
        if self.minor >= 5:
            cell['id'] = options.get('id', 'cell-%d' % len(self.cells))
        cell.update(json.loads(options.get('cell', '{}')))
        self.cells.append((cell, 'oracle-only' in words))

    # ---- what the runners need

    def notebook(self, for_oracle=False):
        cells = [c for c, only in self.cells if for_oracle or not only]
        return {'cells': cells, 'nbformat': 4, 'nbformat_minor': self.minor, 'metadata': {
            'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
            'language_info': {'name': 'python'}}}

    def write(self, directory, for_oracle=False):
        """The workspace: the notebook, under one name for both sides, and its files."""
        os.makedirs(directory, exist_ok=True)
        for name, text in self.files.items():
            path = os.path.join(directory, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)
        path = os.path.join(directory, 'notebook.ipynb')
        with open(path, 'w', encoding='utf-8') as f:
            json.dump(self.notebook(for_oracle), f, ensure_ascii=False, indent=1)
        return path

    def injected(self):
        """Positions, among all cells, of those that only the oracle is given."""
        return {i for i, (_, only) in enumerate(self.cells) if only}


def load(root, patterns=()):
    """All cases below `root` whose name contains one of `patterns` (all without any), in order."""
    found = []
    for folder, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            if name.endswith('.py'):
                case = Case(os.path.join(folder, name), root)
                if not patterns or any(p in case.name for p in patterns):
                    found.append(case)
    return found
