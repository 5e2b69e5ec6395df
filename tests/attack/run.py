#!/usr/bin/python3
"""Notebooks that attack. Each: the documented exit status, the next cell works, the canaries on the host are as they were,
no process, mount, cgroup or temporary directory is left, the terminal got no escape sequence, and the program still runs
an innocent notebook afterwards.

run.py [--binary PATH] [--user UID] [-v] [PATTERN…]. Exit status 77: the program is not built.

Case files are those of tests/e2e/case.py without an oracle. In their text @CANARY@ stands for the path of a file on the
host that nobody may read or change, @PORT@ for a TCP port on which the host listens, @PID@ for a process of the host, @TOP@
for the directory around the workspace.
Further header lines: `# expect-exit: 0|3|4` (several are allowed), `# memory: SIZE` and the like go into `# args:`.
"""
import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'e2e'))
import case as cases  # noqa: E402
import compare  # noqa: E402
import program  # noqa: E402

CANARY = 'canary-7f3a9c51-do-not-touch'
# What a terminal would obey: OSC, cursor movement, screen clearing, reports. Colours of our own progress are allowed.
ESCAPES = re.compile(r'\x1b\][^\x07]*|\x1b\[[0-9;?]*[A-HJKSTfnhlr]|\x1bP|\x1bc|\x9b')


class Case(cases.Case):
    """expect-exit may name several codes, since which limit strikes first is the host's affair."""

    def _directive(self, key, value):
        if key == 'expect-exit':
            self.exits = [int(x) for x in value.split('|')]
        else:
            super()._directive(key, value)

    def __init__(self, path, root):
        self.exits = [0]
        super().__init__(path, root)

    def fill(self, places):
        """Put the host's secrets into the sources."""
        for old, new in places.items():
            for cell, _ in self.cells:
                cell['source'] = [line.replace(old, new) for line in cell['source']]


class Host:
    """What the attacks aim at: a file, a listening socket that counts its visitors, a process that must not die."""

    def __init__(self):
        self.visitors = 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        threading.Thread(target=self._count, daemon=True).start()
        self.victim = subprocess.Popen(['sleep', '3600'])

    def _count(self):
        while True:
            try:
                self.listener.accept()[0].close()
            except OSError:
                return
            self.visitors += 1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.victim.kill()
        self.victim.wait()


def judge(case, place, result, host, state):
    found = []
    if result.status not in case.exits:
        found.append((None, 'exit status', '|'.join(map(str, case.exits)), repr(result)))
    try:
        got = place.notebook()
    except ValueError as error:
        return found + [(None, 'output notebook', 'JSON', str(error))]
    found += compare.expectations(case, got)
    for pattern in case.expect_stderr:
        if not re.search(pattern, result.stderr, re.S):
            found.append((None, 'standard error', 'matches ' + pattern, compare.show(result.stderr)))
    if result.left:
        found.append((None, 'left behind', 'nothing', '; '.join(result.left)))
    if ESCAPES.search(result.stderr + result.stdout):
        found.append((None, 'terminal', 'no escape sequences', compare.show(result.stderr)))
    touched = program.changed(state, program.snapshot(place.work))
    if touched:
        found.append((None, 'workspace on the host', 'untouched', ', '.join(touched)))
    with open(os.path.join(place.top, 'canary')) as f:
        if f.read() != CANARY:
            found.append((None, 'canary', 'unchanged', 'changed'))
    if got and CANARY in str(got):
        found.append((None, 'canary', 'unread', 'in the output notebook'))
    if host.victim.poll() is not None:
        found.append((None, 'process on the host', 'alive', 'dead'))
    if host.visitors:
        found.append((None, 'listening socket on the host', 'no visitor', '%d' % host.visitors))
        host.visitors = 0
    return found


def attack(case, options, host):
    with program.Place(options.binary, options.user, alone=True) as place:
        canary = os.path.join(place.top, 'canary')
        with open(canary, 'w') as f:
            f.write(CANARY)
        os.chmod(canary, 0o666)
        case.fill({'@CANARY@': canary, '@PORT@': str(host.listener.getsockname()[1]), '@PID@': str(host.victim.pid), '@TOP@': place.top})
        path = case.write(place.work)
        os.symlink(canary, os.path.join(place.work, 'link-to-canary'))
        state = program.snapshot(place.work)
        result = place.run_notebook(path, case.args, timeout=case.timeout, grace=2.0)
        return judge(case, place, result, host, state)


def innocent(options):
    """The program still works after all that."""
    with program.Place(options.binary, options.user, alone=True) as place:
        path = os.path.join(place.work, 'nb.ipynb')
        with open(path, 'w') as f:
            f.write('{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [], "source": '
                    '"print(6 * 7)"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
        result = place.run_notebook(path)
        return [] if result.status == 0 and not result.left else [(None, 'an innocent run afterwards', 'exit 0', repr(result))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--binary')
    parser.add_argument('--user', type=int, metavar='UID')
    parser.add_argument('-v', '--verbose', action='store_true')
    parser.add_argument('pattern', nargs='*')
    options = parser.parse_args()
    options.binary = program.find_binary(options.binary)
    if not options.binary or (options.user is not None and os.geteuid() != 0):
        print('left out: the program is not built (--binary PATH), or --user without root')
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cases.Case = Case
    root = os.path.join(HERE, 'cases')
    selected, failed = cases.load(root, options.pattern), []
    with Host() as host:
        for case in selected:
            found = attack(case, options, host) or innocent(options)
            if found:
                failed.append(case.name)
                print('FAIL %s' % case.name)
                for cell, what, expected, got in found:
                    print('  %s: %s\n    expected %s\n    got      %s' % ('run' if cell is None else 'cell %d' % cell, what, expected, got))
            elif options.verbose:
                print('ok   %s' % case.name)
            sys.stdout.flush()
    print('%d of %d attacks fail as they should%s' % (len(selected) - len(failed), len(selected), '; not: ' + ' '.join(failed) if failed else ''))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
