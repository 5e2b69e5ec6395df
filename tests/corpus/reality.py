#!/usr/bin/python3
"""Predicted against actual reads and writes, over the real notebooks that check.py --reports DIR has run.

reality.py --reports DIR [--binary PATH] [-v] [--json FILE] [PATTERN…]

Truth, for each cell that was committed: the variables of earlier cells that `run --json` saw it read, and those it saw it
write. Left out on both sides: what nobody wrote in the notebook (_, __, _N, the warnings registry …, unless the cell's
source names them) and what the report cannot tell:
  - of variables that share objects only the first read is seen. A predicted read of another one of them is neither right
    nor wrong, where it was not seen by itself;
  - a cell that lists the whole namespace reads every name: its reads are neither found nor missed, and such cells are counted;
  - such a group is written as a whole. A variable that existed before and shares its group with others that the
    cell wrote counts as written only where the analyzer says so too, or where the group has only been seen to change
    through it (it is the only one of the group that the cell read).
What a cell that is announced as one that may do anything reads or writes beyond what is listed is counted by itself, neither
as found nor as missed. Precision of reads counts names that make an edge of the graph.
Exit status 1 below the goals for reads: recall 99.5 %, precision 97 %. 77 where there are no reports.
"""
import argparse
import collections
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import program  # noqa: E402
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'analyzer'))
from cases import documents  # noqa: E402

RECALL, PRECISION = 0.995, 0.97
HISTORY = re.compile(r'_{1,3}|_\d+|_i{1,3}|_i\d+|Out|In|_oh|_ih|_dh|_exit_code|__warningregistry__|__annotations__')
AMBIENT = ('random', 'numpy.random', 'matplotlib', 'pandas', 'numpy', 'warnings', 'environ', 'cwd', 'path', 'decimal', 'locale', 'logging')
BATCH = 40


def names(entries):
    return {e['name'] if isinstance(e, dict) else e for e in entries}


def ratio(part, whole):
    return '%.2f %% (%d of %d)' % (100 * part / whole if whole else 100, part, whole)


def ask(binary, paths):
    done = subprocess.run([binary, 'analyze', '--json', *paths], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=600)
    if done.returncode == 0:
        by_name = {os.path.basename(d['notebook']): d for d in documents(done.stdout.decode('utf-8'))}
        return {p: by_name[os.path.basename(p)] for p in paths}
    if len(paths) == 1:
        print('analyze %s: exit status %d: %s' % (os.path.basename(paths[0]), done.returncode, done.stderr.decode('utf-8', 'replace')[-500:]))
        return {}
    return ask(binary, paths[:len(paths) // 2]) | ask(binary, paths[len(paths) // 2:])


def analyses(binary, paths):
    """{path: analysis}, in batches; a batch that crashes is halved until the notebook has a name."""
    found = {}
    for at in range(0, len(paths), BATCH):
        found |= ask(binary, paths[at:at + BATCH])
    return found


def sources(path):
    with open(path, encoding='utf-8') as f:
        cells = json.load(f)['cells']
    # Cells of white space are not executed and have no index.
    texts = [c['source'] if isinstance(c['source'], str) else ''.join(c['source']) for c in cells if c['cell_type'] == 'code']
    return texts


def plain(found, text):
    return {n for n in found if not n.startswith('@') and not (HISTORY.fullmatch(n) and not mentions(text, n))}


def mentions(text, name):
    return re.search(r'(?<!\w)%s(?!\w)' % re.escape(name), text) is not None


class Truth:
    """What a cell was seen to read and write, and what cannot be told."""

    def __init__(self, report, n, text):
        cell, earlier = report['cells'][n], report['cells'][:n]
        group = {}      # (producer, name) -> digest
        for c in earlier:
            for w in c.get('writes', ()):
                group[c['index'], w['name']] = w['digest']
        known = {w['name'] for c in earlier for w in c.get('writes', ())} | {
            u['name'] for c in earlier for u in c.get('uncopyable', ())}
        # The display hook reads the last three results in every cell.
        read = plain({r['name'] for r in cell['reads'] if r['from'] >= 0}, text)
        self.reads = read - {'_', '__', '___'}
        touched = {(r['from'], group.get((r['from'], r['name']))) for r in cell['reads'] if r['from'] >= 0}
        self.maybe_read = {name for (producer, name), digest in group.items() if (producer, digest) in touched} | read - self.reads
        written = plain(names(cell['writes']), text) | plain(names(cell.get('uncopyable', ())), text)
        # Code that lists the namespace (globals(), joblib's workers that look at __main__) reads every name.
        unnamed = {x for x in self.reads if not mentions(text, x)}
        self.whole = bool(cell.get('whole_scope_read')) or len(unnamed) > 3 and plain(known, '') - written <= self.reads | self.maybe_read
        if self.whole:
            self.reads, self.maybe_read = set(), known
        members = collections.defaultdict(set)
        for w in cell['writes']:
            members[w['digest']].add(w['name'])
        unsure = {w['name'] for w in cell['writes'] if w.get('carried')}
        for shared in members.values():
            old = {m for m in shared if m in known}
            read = old & self.reads
            if len(shared) > 1:
                unsure |= old - (read if len(read) == 1 and shared == old else set())
        self.writes, self.maybe_written = written - unsure, written & unsure
        self.ambient_writes = {x[3:] for x in names(cell['writes']) if x.startswith('@a:') and x[3:] in AMBIENT}


class Score:
    def __init__(self):
        self.hit = self.miss = self.covered = self.right = self.spurious = 0

    def recall(self):
        return self.hit / max(1, self.hit + self.miss)

    def precision(self):
        return self.right / max(1, self.right + self.spurious)

    def show(self, what):
        print('%s: recall %s, precision %s%s' % (
            what, ratio(self.hit, self.hit + self.miss), ratio(self.right, self.right + self.spurious),
            '; %d more in cells that may do anything' % self.covered if self.covered else ''))

    def count(self, truth, listed, counted, neutral, covered):
        """`listed`: all names predicted; `counted`: those that precision counts."""
        missed = truth - listed
        self.hit += len(truth & listed)
        if covered:
            self.covered += len(missed)
            missed = set()
        self.miss += len(missed)
        wrong = counted - truth - neutral
        self.right += len(counted & truth)
        self.spurious += len(wrong)
        return missed, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary')
    parser.add_argument('--reports', required=True, metavar='DIR')
    parser.add_argument('--json', metavar='FILE', help='write the figures, the misses and the spurious ones here')
    parser.add_argument('-v', '--verbose', action='store_true')
    parser.add_argument('pattern', nargs='*')
    options = parser.parse_args()
    binary = program.find_binary(options.binary)
    paths = sorted(p for p in glob.glob(os.path.join(glob.escape(options.reports), '*.ipynb'))
                   if os.path.exists(p[:-6] + '.json') and (not options.pattern or any(x in p for x in options.pattern)))
    if not binary or not paths:
        print('left out: %s' % ('no run reports in %s (check.py --reports)' % options.reports if binary else 'the program is not built'))
        return 77
    told = analyses(binary, paths)
    reads, writes, ambient = Score(), Score(), Score()
    lists = {'missed reads': [], 'spurious reads': [], 'missed writes': [], 'spurious writes': [], 'missed ambient writes': [],
             'spurious ambient writes': []}
    cells = left = open_cells = whole = whole_told = 0
    crashed = [p for p in paths if p not in told]
    for path in paths:
        try:
            with open(path[:-6] + '.json', encoding='utf-8') as f:
                report = json.load(f)
        except ValueError:
            left += 1
            continue
        if path not in told:
            continue
        texts, analysis = sources(path), told[path]
        if not len(texts) == len(report['cells']) == len(analysis['cells']):
            print('%s: %d cells, %d in the report, %d analysed' % (os.path.basename(path), len(texts), len(report['cells']), len(analysis['cells'])))
            continue
        for n, text in enumerate(texts):
            if report['cells'][n]['status'] != 'committed' or 'reads' not in report['cells'][n]:
                left += 1
                continue
            cells += 1
            truth, cell = Truth(report, n, text), analysis['cells'][n]
            open_cells += bool(cell['open_world'])
            whole += truth.whole
            whole_told += truth.whole and bool(cell['open_world'])
            edges = plain({x for d in cell['depends_on'] for x in d['through'] if x != '*' and not x.startswith(('file:', 'ambient:'))}, text)
            found = {
                'reads': reads.count(truth.reads, names(cell['reads']), edges, truth.maybe_read, cell['open_world']),
                'writes': writes.count(truth.writes, names(cell['writes']), plain(names(cell['writes']), text) - names(cell['deletes']),
                                       truth.maybe_written, cell['open_world']),
                'ambient writes': ambient.count(truth.ambient_writes, names(cell['ambient_writes']),
                                                names(cell['ambient_writes']) & set(AMBIENT), set(), cell['open_world'])}
            for what, (missed, wrong) in found.items():
                lists['missed ' + what] += [(os.path.basename(path), n, x, mentions(text, x)) for x in sorted(missed)]
                lists['spurious ' + what] += [(os.path.basename(path), n, x, mentions(text, x)) for x in sorted(wrong)]
    if options.verbose:
        for what, entries in lists.items():
            print('%s:' % what)
            for name, n, x, direct in entries:
                print('  %s cell %d: %s%s' % (name, n, x, '' if direct else ' (not in its source)'))
    print('%d notebooks, %d cells compared (%d may do anything), %d left out' % (len(paths), cells, open_cells, left))
    if whole:
        print('%d cells read the whole namespace; %d of them are predicted as cells that may do anything' % (whole, whole_told))
    reads.show('reads')
    writes.show('writes')
    ambient.show('ambient writes')
    if options.json:
        with open(options.json, 'w', encoding='utf-8') as f:
            json.dump({'notebooks': len(paths), 'cells': cells, 'open_world': open_cells,
                       **{n.replace(' ', '_'): {'recall': s.recall(), 'precision': s.precision(), **vars(s)}
                          for n, s in (('reads', reads), ('writes', writes), ('ambient writes', ambient))}, **lists}, f, indent=1, ensure_ascii=False)
    for p in crashed:
        print('no analysis of %s' % os.path.basename(p))
    good = reads.recall() >= RECALL and reads.precision() >= PRECISION and not crashed
    print('goals for reads: recall %.1f %%, precision %.0f %%: %s' % (100 * RECALL, 100 * PRECISION, 'met' if good else 'NOT MET'))
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
