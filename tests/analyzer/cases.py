#!/usr/bin/python3
"""What `cellblock analyze --json` says about small notebooks, against what Python and Jupyter do (cases/AREA/NAME/).

cases.py [--binary PATH] [-v] [--reality] [--jobs N] [PATTERN…]

A case is a folder: cells.py has the code cells, each behind a line `# %%` (the first line says what the trap is),
expected.json one object a cell. Only the fields that are given are compared, names as sets:
  reads, writes, deletes, files_read, files_written, ambient_reads, ambient_writes   exactly these,
      and perhaps_… beside them: names that may also be there (where either answer is right);
  mutates          those of the writes that change the value bound before in place
  may_read, may_write   those of the reads and writes that happen on some paths only
  open_world, syntax_error   true or false;   open_reason: a word of the reasons
  depends_on       {"0": ["x"]}: exactly these edges;   depends_on_includes: at least these;   depends_not_on: [0]
A name that is deleted is not looked for among the writes. `{}` compares nothing. "depth" beside "cells" is compared too.

--reality asks Jupyter instead of the analyzer: runs the cells with `cellblock run --json` and compares the variables that
each cell was seen to read and write with what is expected; "unreal": true beside "cells" leaves a case out, with a reason.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import program  # noqa: E402

CASES = os.path.join(HERE, 'cases')
LISTS = ('reads', 'writes', 'deletes', 'files_read', 'files_written', 'ambient_reads', 'ambient_writes')
EXACT = ('mutates', 'may_read', 'may_write')
# What a module has by itself, what annotations at its top level bind, and what each shell line does.
OWN = {'__annotations__', '__name__', '__doc__', '__builtins__', '__builtin__', '__file__', '__spec__', '__loader__', '__package__',
       '_exit_code'}
HISTORY = re.compile(r'_{1,3}|_\d+|_i{1,3}|_i\d+|Out|In|_oh|_ih|_dh')
KNOWN = set(LISTS) | set(EXACT) | {'perhaps_' + n for n in LISTS + EXACT} | {
    'open_world', 'open_reason', 'syntax_error', 'depends_on', 'depends_on_includes', 'depends_not_on'}


class Case:
    def __init__(self, folder):
        self.name = os.path.relpath(folder, CASES)
        with open(os.path.join(folder, 'cells.py'), encoding='utf-8', newline='') as f:
            self.trap, *self.cells = re.split(r'(?m)^# %%\n', f.read())
        self.cells = [c[:-1] if c.endswith('\n') else c for c in self.cells]
        with open(os.path.join(folder, 'expected.json'), encoding='utf-8') as f:
            told = json.load(f)
        self.depth, self.unreal, self.expected = told.get('depth'), told.get('unreal'), told['cells']
        if len(self.cells) != len(self.expected):
            raise SystemExit('%s: %d cells, %d expectations' % (self.name, len(self.cells), len(self.expected)))
        for e in self.expected:
            if set(e) - KNOWN:
                raise SystemExit('%s: no such field: %s' % (self.name, ', '.join(set(e) - KNOWN)))

    def write(self, folder):
        path = os.path.join(folder, self.name.replace('/', '--') + '.ipynb')
        cells = [{'cell_type': 'code', 'id': 'c%d' % n, 'metadata': {}, 'outputs': [], 'execution_count': None, 'source': text}
                 for n, text in enumerate(self.cells)]
        with open(path, 'w', encoding='utf-8') as f:
            json.dump({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': cells}, f, ensure_ascii=True)
        return path


def load(patterns):
    found = [os.path.join(area, n) for area in sorted(os.listdir(CASES)) for n in sorted(os.listdir(os.path.join(CASES, area)))]
    return [Case(os.path.join(CASES, n)) for n in found if not patterns or any(p in n for p in patterns)]


def names(entries):
    return {e['name'] if isinstance(e, dict) else e for e in entries}


def show(found):
    return ' '.join(sorted(found)) or 'nothing'


def compare_list(field, cell, want):
    if field not in cell:
        return ['the program gives no `%s`' % field]
    got, need = names(cell[field]), set(want[field])
    if field == 'writes':
        gone = names(cell.get('deletes', ()))
        got, need = got - gone, need - set(want.get('deletes', ()))
    extra = got - need - set(want.get('perhaps_' + field, ())) - OWN
    told = []
    if need - got:
        told.append('%s: missing %s' % (field, show(need - got)))
    if extra:
        told.append('%s: not expected %s' % (field, show(extra)))
    return told


def edges(cell, want):
    """{cell: names} without names that may be there or not."""
    wanted = {n for field in ('depends_on', 'depends_on_includes') for through in want.get(field, {}).values() for n in through}
    perhaps = (set(want.get('perhaps_reads', ())) | OWN) - wanted
    found = {d['cell']: set(d['through']) - perhaps for d in cell['depends_on']}
    return {c: through for c, through in found.items() if through}


def compare_edges(cell, want):
    got, told = edges(cell, want), []
    if 'depends_on' in want:
        need = {int(c): set(n) for c, n in want['depends_on'].items()}
        for c in sorted(set(got) | set(need)):
            if got.get(c, set()) != need.get(c, set()):
                told.append('depends on cell %d through %s, expected %s' % (c, show(got.get(c, ())), show(need.get(c, ()))))
    for c, through in want.get('depends_on_includes', {}).items():
        have = got.get(int(c), set())
        if not have or set(through) - have - ({'*'} & have and set(through)):
            told.append('depends on cell %s through %s, expected at least %s' % (c, show(have), show(through)))
    for c in want.get('depends_not_on', ()):
        if c in got:
            told.append('must not depend on cell %d (through %s)' % (c, show(got[c])))
    return told


def compare_cell(cell, want):
    told = []
    for field in LISTS + EXACT:
        if field in want:
            told += compare_list(field, cell, want)
    if 'open_world' in want and bool(cell.get('open_world')) != want['open_world']:
        told.append('open_world is %s %s' % (cell.get('open_world'), cell.get('open_world_reasons', '')))
    if 'open_reason' in want and want['open_reason'] not in json.dumps(cell.get('open_world_reasons', ''), ensure_ascii=False):
        told.append('open_world_reasons: no word of `%s` in %s' % (want['open_reason'], cell.get('open_world_reasons')))
    if 'syntax_error' in want and bool(cell.get('syntax_error_line') or cell.get('syntax_error')) != want['syntax_error']:
        told.append('syntax error %s, expected %s' % (cell.get('syntax_error_line'), want['syntax_error']))
    return told + compare_edges(cell, want)


def documents(text):
    """Every JSON value of a stream; of an array its elements."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        while text[at].isspace():
            at += 1
        value, at = decoder.raw_decode(text, at)
        yield from value if isinstance(value, list) else (value,)


def ask(binary, paths):
    """{base name: analysis} and what went wrong."""
    done = subprocess.run([binary, 'analyze', '--json', *paths], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300)
    told = {os.path.basename(d['notebook']): d for d in documents(done.stdout.decode('utf-8'))} if done.returncode >= 0 else {}
    return told, '' if done.returncode == 0 else 'exit status %d %s' % (done.returncode, done.stderr.decode('utf-8', 'replace')[-1000:])


def analyze(binary, cases, folder):
    """All in one process; where that fails, each by itself, so that a crash has a name."""
    paths = [case.write(folder) for case in cases]
    told, wrong = ask(binary, paths)
    if wrong:
        print('analyze: %s' % wrong)
        for path in paths:
            alone, wrong = ask(binary, [path])
            told.update(alone)
            if wrong:
                print('%s: %s' % (os.path.basename(path), wrong))
    return [(case, told.get(os.path.basename(path))) for case, path in zip(cases, paths)]


def judge(case, told):
    """What is wrong, [(cell, sentence)]."""
    if told is None:
        return [(0, 'no analysis')]
    if len(told['cells']) != len(case.cells):
        return [(0, '%d cells instead of %d' % (len(told['cells']), len(case.cells)))]
    wrong = [(n, w) for n, want in enumerate(case.expected) if want for w in compare_cell(told['cells'][n], want)]
    if case.depth is not None and told.get('depth') != case.depth:
        wrong.append((0, 'depth %s, expected %d' % (told.get('depth'), case.depth)))
    return wrong


# ---- reality ----

def group(report, producer, name):
    """The names that travelled with `name`, as cell `producer` wrote it: they share its digest."""
    writes = report['cells'][producer].get('writes', ())
    digest = next((w['digest'] for w in writes if w['name'] == name), None)
    return {w['name'] for w in writes if w['digest'] == digest}


def plain(entries):
    return {n for n in entries if not n.startswith('@') and n not in OWN and n != '__warningregistry__'}


def compare_reality(case, report, n):
    """What was seen that is not expected, and what is expected without doubt and was not seen."""
    cell, want, told = report['cells'][n], case.expected[n], []
    if 'reads' not in cell:
        return ['not run'] if case.cells[n].strip() else []
    skip = {x for x in names(cell['reads']) | names(cell['writes']) if HISTORY.fullmatch(x) and not re.search(r'(?<!\w)%s(?!\w)' % x, case.cells[n])}
    seen = plain(names(cell['reads'])) - skip
    told_of_group = set().union(*[group(report, r['from'], r['name']) for r in cell['reads'] if r['from'] >= 0] or [set()])
    if 'reads' in want and not want.get('open_world'):
        sure = set(want['reads']) - set(want.get('may_read', ()))
        extra = seen - set(want['reads']) - set(want.get('perhaps_reads', ()))
        if extra:
            told.append('reads %s, not expected' % show(extra))
        missing = sure - seen - told_of_group - set(cell['negative_reads'])
        if missing and cell['status'] == 'committed':
            told.append('does not read %s' % show(missing))
    if 'writes' in want and not want.get('open_world'):
        before = {w['name'] for c in report['cells'][:n] for w in c.get('writes', ())}
        written = plain(names(cell['writes'])) | names(cell.get('uncopyable', ()))
        digests = [w['digest'] for w in cell['writes']]
        carried = {w['name'] for w in cell['writes'] if w.get('carried') or w['name'] in before and digests.count(w['digest']) > 1}
        extra = written - skip - carried - set(want['writes']) - set(want.get('perhaps_writes', ()))
        if extra:
            told.append('writes %s, not expected' % show(extra))
        missing = set(want['writes']) - set(want.get('may_write', ())) - set(want.get('deletes', ())) - written
        if missing and cell['status'] == 'committed':
            told.append('does not write %s' % show(missing))
    for field, entries in (('ambient_writes', cell['writes']),):
        if field in want:
            got = {x[3:] for x in names(entries) if x.startswith('@a:')}
            missing = set(want[field]) - got
            if missing:
                told.append('%s: %s not seen (%s)' % (field, show(missing), show(got)))
    return told


def run(binary, case):
    """Run it with Jupyter's semantics; [(cell, sentence)]."""
    with tempfile.TemporaryDirectory(prefix='cb-cases-') as top:
        work, files = os.path.join(top, 'work'), os.path.join(top, 'files')
        os.mkdir(work)
        path = case.write(work)
        done = subprocess.run([binary, 'run', path, '-o', os.path.join(top, 'out.ipynb'), '--store', os.path.join(top, 'store'),
                               '--files', files, '--allow-errors', '--json', '--progress', 'none'], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            return [(0, 'no report: ' + done.stderr.decode('utf-8', 'replace')[-500:])], ''
        wrong = [(n, w) for n in range(len(case.cells)) if case.expected[n] for w in compare_reality(case, report, n)]
        wanted = {p for e in case.expected for p in e.get('files_written', ()) if not os.path.isabs(p)}
        gone = {p for p in wanted if not os.path.exists(os.path.join(files, p))}
        if gone:
            wrong.append((0, 'files not left: ' + show(gone)))
        with open(os.path.join(top, 'out.ipynb'), encoding='utf-8') as f:
            raised = ['cell %d raised %s: %s' % (n, o['ename'], o['evalue'][:200]) for n, c in enumerate(json.load(f)['cells'])
                      for o in c['outputs'] if o['output_type'] == 'error']
        return wrong, '\n'.join(raised)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary')
    parser.add_argument('--reality', action='store_true')
    parser.add_argument('--jobs', type=int, default=1)
    parser.add_argument('-v', '--verbose', action='store_true')
    parser.add_argument('pattern', nargs='*')
    options = parser.parse_args()
    binary = program.find_binary(options.binary)
    if not binary:
        print('left out: the program is not built (--binary PATH)')
        return 77
    cases = load(options.pattern)
    failed = 0

    def report(case, wrong, note=''):
        nonlocal failed
        failed += bool(wrong)
        if wrong or options.verbose:
            print('%s %s  %s' % ('FAIL' if wrong else 'ok  ', case.name, case.trap.strip()))
        for n in sorted({n for n, _ in wrong}):
            print('  cell %d:\n%s' % (n, re.sub('(?m)^', '    | ', case.cells[n][:600])))
            for sentence in [w for m, w in wrong if m == n]:
                print('    ' + sentence)
        if note and (wrong or options.verbose):
            print(re.sub('(?m)^', '    ', note))

    if options.reality:
        real = [c for c in cases if not c.unreal]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for case, (wrong, note) in zip(real, pool.map(lambda c: run(binary, c), real)):
                report(case, wrong, note)
    else:
        with tempfile.TemporaryDirectory(prefix='cb-cases-') as folder:
            for case, told in analyze(binary, cases, folder):
                report(case, judge(case, told))
    print('%d of %d cases as expected' % (len(cases) - failed, len(cases)))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
