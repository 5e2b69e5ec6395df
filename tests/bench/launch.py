#!/usr/bin/python3
"""Measure what it costs to start Python alone: bubblewrap, a bare process, and a cell of ours, taking turns.

launch.py [--binary PATH] [--rounds N]

bubblewrap gets the same seven namespaces and a read-only root. A cell's figure is the `startup_ms` of `run --json`: from
"start this cell" to its first line of code. Two of ours: a notebook that imports nothing, and one that has numpy, pandas
and matplotlib loaded; the second one is what an import costs a fresh process again and again. Prints, judges nothing.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bench  # noqa: E402
from bench import program  # noqa: E402

BWRAP = ['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin',
         '--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64', '--ro-bind', '/etc', '/etc',
         '--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/work', '--chdir', '/work']
LIBRARIES = 'import numpy, pandas, matplotlib.pyplot'


def seconds(command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.monotonic() - start) * 1e3


def cells(binary, first):
    """startup_ms of ten trivial cells that come after `first`."""
    with program.Place(binary) as place:
        told = json.loads(bench.run(place, bench.put(place, [first] + ['x = 1'] * 10), '--json')[1])
        return [c['startup_ms'] for c in told['cells'][1:]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary')
    parser.add_argument('--rounds', type=int, default=10)
    options = parser.parse_args()
    binary = program.find_binary(options.binary)
    if not binary:
        print('the program is not built (--binary PATH)')
        return 77
    python = [program.PYTHON, '-c']
    samples = {}

    def add(what, values):
        samples.setdefault(what, []).extend(values)

    jailed = shutil.which('bwrap') is not None
    print('%d rounds; load average %s%s' % (options.rounds, ' '.join('%.1f' % x for x in os.getloadavg()),
                                            '' if jailed else '; left out: bwrap (apt-get install bubblewrap)'))
    for i in range(options.rounds):
        add('python3 -c pass', [seconds(python + ['pass'])])
        if jailed:
            add('bwrap python3 -c pass', [seconds(BWRAP + python + ['pass'])])
        add('cell', cells(binary, 'x = 0'))
        if i % 2 == 0:
            if jailed:
                add('bwrap python3 with libraries', [seconds(BWRAP + python + [LIBRARIES])])
            add('cell with libraries', cells(binary, LIBRARIES))
    for what, values in samples.items():
        bench.line(what, values, 'ms')
    for theirs, ours in (('bwrap python3 -c pass', 'cell'), ('bwrap python3 with libraries', 'cell with libraries')):
        if theirs in samples:
            print('ratio of medians, %s / %s: %.1f' % (theirs, ours, bench.percentile(samples[theirs], 50) / bench.percentile(samples[ours], 50)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
