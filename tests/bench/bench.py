#!/usr/bin/python3
"""Measure, print, judge nothing.

bench.py [--binary PATH] [--rounds N]

1. Time from "start this cell" to its first line of code: `startup_ms` of `run --json` over a notebook whose first cell
   imports numpy, pandas and matplotlib and that has 40 more: once cells that work for 50 ms, while which the next one is made ready,
   and once trivial ones, the worst case, where making cells ready is all there is to do.
2. Wall time of a trivial notebook of 40 cells, against nbclient on the same machine in the same run, taking turns.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import program  # noqa: E402
from oracle import environment  # noqa: E402

NBCLIENT = '''
import sys, nbformat
from nbclient import NotebookClient
nb = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(nb, kernel_name='python3').execute()
nbformat.write(nb, sys.argv[2])
'''


def notebook(sources):
    return {'cells': [{'cell_type': 'code', 'execution_count': None, 'id': 'c%d' % i, 'metadata': {}, 'outputs': [], 'source': s}
                      for i, s in enumerate(sources)],
            'metadata': {'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'}}, 'nbformat': 4, 'nbformat_minor': 5}


def percentile(values, q):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(q / 100 * (len(ordered) - 1)))]


def line(what, values, unit):
    print('%-44s p50 %8.2f  p90 %8.2f  p95 %8.2f  p99 %8.2f  max %8.2f %s  (n=%d)' % (
        what, *(percentile(values, q) for q in (50, 90, 95, 99)), max(values), unit, len(values)))


def put(place, sources):
    path = os.path.join(place.work, 'nb.ipynb')
    with open(path, 'w') as f:
        json.dump(notebook(sources), f)
    return path


def run(place, path, *arguments):
    """(seconds, standard output) of one run of the program, without the runner's own searching for remains."""
    start = time.monotonic()
    done = subprocess.run(place.command(['run', path, '-o', place.output, '--store', place.store, '--fresh', *arguments]),
                          capture_output=True, text=True, env=dict(environment(place.home), TMPDIR=place.tmp), stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit('exit %d\n%s' % (done.returncode, done.stderr[-2000:]))
    return time.monotonic() - start, done.stdout


def startup(binary, rounds, what, body):
    sources = ['import time\nimport numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nx = 0'] + [body] * 40
    first, others = [], []
    for _ in range(rounds):
        with program.Place(binary) as place:
            told = json.loads(run(place, put(place, sources), '--json')[1])
            times = [c['startup_ms'] for c in told['cells']]
            first.append(times[0])
            others += times[1:]
    line('startup_ms, first cell', first, 'ms')
    line('startup_ms, 40 ' + what, others, 'ms')


def wall(binary, rounds):
    sources = ['x = 0'] + ['x += 1'] * 38 + ['print(x)']
    ours, theirs = [], []
    for _ in range(rounds):
        with program.Place(binary) as place:
            path = put(place, sources)
            ours.append(run(place, path)[0])
            start = time.monotonic()
            subprocess.run([program.PYTHON, '-W', 'ignore', '-c', NBCLIENT, path, place.output], check=True, cwd=place.work,
                           env=environment(place.home), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            theirs.append(time.monotonic() - start)
    line('wall time of 40 trivial cells, cellblock', ours, 's')
    line('wall time of 40 trivial cells, nbclient', theirs, 's')
    print('ratio of medians, cellblock / nbclient: %.2f' % (statistics.median(ours) / statistics.median(theirs)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary')
    parser.add_argument('--rounds', type=int, default=5)
    options = parser.parse_args()
    binary = program.find_binary(options.binary)
    if not binary:
        print('the program is not built (--binary PATH)')
        return 77
    print('%d rounds; load average %s' % (options.rounds, ' '.join('%.1f' % x for x in os.getloadavg())))
    startup(binary, options.rounds, 'cells of 50 ms', 'x += 1; time.sleep(0.05)')
    startup(binary, options.rounds, 'trivial cells', 'x += 1')
    wall(binary, options.rounds)
    return 0


if __name__ == '__main__':
    sys.exit(main())
