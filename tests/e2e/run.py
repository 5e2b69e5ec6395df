#!/usr/bin/python3
"""Run the end-to-end cases: the program against nbclient, cell by cell.

run.py [--binary PATH] [--user UID] [--subset user] [--jobs N] [--cache DIR] [--oracle-only] [PATTERN…]

PATTERN: part of a case's name (area/name). Exit status: 0 all equal, 1 some differ, 77 the program is not built.
"""
import argparse
import concurrent.futures
import os
import re
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import case as cases  # noqa: E402
import compare  # noqa: E402
import oracle  # noqa: E402
import program  # noqa: E402


def judge(case, golden, place, result):
    """[(cell, what, expected, got)] for one run of the program."""
    found = []
    expected = case.expect_exit
    if expected is None:
        expected = 1 if golden and golden['raised'] and '--allow-errors' not in case.args else 0
    if result.status != expected:
        found.append((None, 'exit status', expected, '%s\nstderr: %s' % (result.status, result.stderr[-1500:])))
    try:
        got = place.notebook()
    except ValueError as error:
        return found + [(None, 'output notebook', 'JSON', str(error))]
    if golden and got:
        found += compare.differences(case, golden, got)
    elif golden:
        found.append((None, 'output notebook', 'written', 'none'))
    found += compare.expectations(case, got)
    for pattern in case.expect_stderr:
        if not re.search(pattern, result.stderr, re.S):
            found.append((None, 'standard error', 'matches ' + pattern, compare.show(result.stderr)))
    if 'Traceback (most recent call last)' in result.stderr:
        found.append((None, 'standard error', 'no backtrace', compare.show(result.stderr)))
    if result.left:
        found.append((None, 'left behind', 'nothing', '; '.join(result.left)))
    return found


def run_case(case, options, key):
    """(case name, [(cell, what, expected, got)], seconds of the program)"""
    try:
        golden = None if case.no_oracle is not None else oracle.golden(case, options.cache, key)
        if options.oracle_only:
            return case.name, [(None, 'oracle raised', 'no', golden['raised'])] if options.verbose and golden and golden['raised'] else [], 0.0
        with program.Place(options.binary, options.user) as place:
            path = case.write(place.work)
            before = program.snapshot(place.work)
            result = place.run_notebook(path, case.args, timeout=case.timeout)
            found = judge(case, golden, place, result)
            touched = program.changed(before, program.snapshot(place.work))
            if touched:
                found.append((None, 'workspace on the host', 'untouched', ', '.join(touched)))
            if options.keep and found:
                keep = os.path.join(options.keep, case.name.replace('/', '-') + '.ipynb')
                if os.path.exists(place.output):
                    os.makedirs(options.keep, exist_ok=True)
                    os.replace(place.output, keep)
            return case.name, found, result.seconds
    except Exception:
        return case.name, [(None, 'the test itself', 'runs', traceback.format_exc())], 0.0


def report(name, found):
    print('FAIL %s' % name)
    for cell, what, expected, got in found[:6]:
        print('  %s: %s\n    expected %s\n    got      %s' % ('notebook' if cell is None else 'cell %d' % cell, what, expected, got))
    if len(found) > 6:
        print('  … and %d more' % (len(found) - 6))


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary', help='the program (default: CELLBLOCK, then build/bin/cellblock)')
    parser.add_argument('--user', type=int, metavar='UID', help='run the program as this user (needs root)')
    parser.add_argument('--subset', choices=('all', 'user'), default='all', help='user: only the cases marked `user: yes`')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--cache', default=os.path.join(tempfile.gettempdir(), 'cellblock-oracle-%d' % os.geteuid()))
    parser.add_argument('--keep', metavar='DIR', help='keep the output notebooks of failing cases here')
    parser.add_argument('--cases', default=os.path.join(HERE, 'cases'))
    parser.add_argument('--oracle-only', action='store_true', help='fill the cache; do not run the program')
    parser.add_argument('--list', action='store_true')
    parser.add_argument('-v', '--verbose', action='store_true', help='a line for every case')
    parser.add_argument('pattern', nargs='*')
    chosen = parser.parse_args()
    chosen.binary = program.find_binary(chosen.binary)
    chosen.cache = os.path.abspath(chosen.cache)
    return chosen


def main():
    chosen = options()
    selected = cases.load(chosen.cases, chosen.pattern)
    if chosen.subset == 'user':
        selected = [c for c in selected if c.user]
    if chosen.list:
        print('\n'.join(c.name for c in selected))
        return 0
    if not chosen.binary and not chosen.oracle_only:
        print('left out: the program is not built (--binary PATH)')
        return 77
    if chosen.user is not None and os.geteuid() != 0:
        print('left out: --user needs root')
        return 77
    key, failed, total = oracle.versions(), [], 0.0
    gaps = {c.name: c.known_gap for c in selected if c.known_gap is not None}
    with concurrent.futures.ProcessPoolExecutor(chosen.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_case, c, chosen, key) for c in selected]):
            name, found, seconds = done.result()
            total += seconds
            gap = gaps.get(name)
            if gap is not None and not chosen.oracle_only:
                print('gap  %s: %s' % (name, gap) if found else 'FAIL %s: passes, but is listed as a known gap' % name)
                if not found:
                    failed.append(name)
            elif found:
                failed.append(name)
                report(name, found)
            elif chosen.verbose:
                print('ok   %s (%.1f s)' % (name, seconds))
            sys.stdout.flush()
    print('%d of %d cases pass, %d known gaps (%.0f s in the program)%s' % (len(selected) - len(failed) - len(gaps), len(selected), len(gaps), total,
                                                                             '; failed: ' + ' '.join(sorted(failed)) if failed else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
