#!/usr/bin/python3
"""The quick tier of the corpus of real notebooks, where its tool lies beside the project (../shared/tools/corpus.py).

check.py [--binary PATH] [--cache DIR] [--tier T] [--jobs N] [--user UID] [--results FILE] [--reports DIR]

Passes when at least 97 % of the cells equal Jupyter's and no notebook crashes. Exit status 77, with a line that says so,
where the tool, its notebooks or the program are not there.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import program  # noqa: E402

PROJECT = os.path.dirname(os.path.dirname(HERE))
TOOL = os.path.join(os.path.dirname(PROJECT), 'shared', 'tools', 'corpus.py')
GOAL = 0.97
# NAME-HASH.ipynb and .json in the second argument; the notebook as it was run, named by its content too, since names repeat.
KEEP_REPORT = 'n=$2/$(basename "$1" .ipynb)-$(sha256sum < "$1" | cut -c1-12); cp "$1" "$n.ipynb"; shift 2; exec "$@" > "$n.json"'


def left_out(why):
    print('left out: %s' % why)
    return 77


def crashed(result):
    """No readable output is a crash; a notebook that is not installed here, or that Jupyter fails on, is none."""
    return result['golden_seconds'] is not None and result['error'] is not None


def empty(folder):
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(folder):
        if name.endswith(('.ipynb', '.json')):
            os.unlink(os.path.join(folder, name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary')
    parser.add_argument('--cache', default=os.path.join(tempfile.gettempdir(), 'cellblock-corpus'))
    parser.add_argument('--tier', default='quick')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--user', type=int, metavar='UID', help='run the program as this user (needs root)')
    parser.add_argument('--results', metavar='FILE', help="keep the tool's report here")
    parser.add_argument('--reports', metavar='DIR', help='keep each notebook and what `run --json` printed for it here (for reality.py); '
                                                         'emptied first')
    options = parser.parse_args()
    binary = program.find_binary(options.binary)
    if not os.path.exists(TOOL):
        return left_out('%s is not there' % TOOL)
    if not binary:
        return left_out('the program is not built (--binary PATH)')
    os.makedirs(options.cache, exist_ok=True)
    report = options.results or os.path.join(options.cache, 'results-%s.json' % options.tier)
    if options.reports:
        empty(options.reports)
    with tempfile.TemporaryDirectory(prefix='cellblock-corpus-') as scratch:
        command = [binary, 'run', '{in}', '-o', '{out}', '--store', os.path.join(scratch, 'store')]
        if options.user is not None:
            # The tool's directories belong to the caller: hand the notebook's one over first.
            os.chmod(scratch, 0o777)
            script = 'd=$(dirname "$1"); chown -R {0}:{0} "$d" "$(dirname "$d")"; chmod 755 "$(dirname "$d")"; shift; ' \
                     'exec setpriv --reuid={0} --regid={0} --clear-groups -- "$@"'.format(options.user)
            command = ['/bin/sh', '-c', script, 'sh', '{in}'] + command
        if options.reports:
            command = ['/bin/sh', '-c', KEEP_REPORT, 'sh', '{in}', os.path.abspath(options.reports)] + command + ['--json']
        subprocess.run([program.PYTHON, TOOL, 'check', '--cache', options.cache, '--tier', options.tier, '--jobs', str(options.jobs),
                        '--json', report, '--command', shlex.join(command)], check=True)
    with open(report, encoding='utf-8') as f:
        told = json.load(f)
    if not told['notebooks']:
        return left_out('no notebook of the corpus is installed (%s install)' % TOOL)
    judged = [r for r in told['results'] if r['golden_seconds'] is not None]
    total = sum(r['total'] for r in judged)
    equal = sum(r['equal'] for r in judged)
    for r in judged:
        for d in r['differences'][:5]:
            print('%s cell %d: %s\n  golden %r\n  got    %r' % (r['path'], d['cell'], ', '.join(d['why']), d['golden'], d['got']))
        if r['error']:
            print('%s: %s' % (r['path'], r['error']))
    bad = [r['path'] for r in judged if crashed(r)]
    print('%d of %d cells equal (%.1f %%, wanted %.0f %%), %d notebooks crashed %s' % (
        equal, total, 100 * equal / max(1, total), 100 * GOAL, len(bad), ' '.join(bad)))
    return 0 if equal >= GOAL * total and not bad else 1


if __name__ == '__main__':
    sys.exit(main())
