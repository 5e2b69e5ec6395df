"""reaper.py REPORT GRACE PROGRAM ARGUMENT…: run a program and report what it leaves running.

As a child subreaper this process inherits every orphan below the program, so nothing can hide by a double fork or by a
session of its own. REPORT.pid gets the program's pid; REPORT the exit status, seconds, and the processes still there
GRACE seconds after it ended (which are then killed).
"""
import ctypes
import json
import os
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36


def parents():
    table = {}
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            try:
                with open('/proc/%s/stat' % entry, 'rb') as f:
                    name, _, rest = f.read().rpartition(b')')
                fields = rest.split()
                if fields[0] != b'Z':
                    table[int(entry)] = (int(fields[1]), name.partition(b'(')[2].decode('utf-8', 'replace'))
            except OSError:
                pass
    return table


def descendants(root):
    table, found, queue = parents(), [], [root]
    while queue:
        parent = queue.pop()
        for pid, (of, name) in table.items():
            if of == parent:
                found.append((pid, name))
                queue.append(pid)
    return found


def command_line(pid):
    try:
        with open('/proc/%d/cmdline' % pid, 'rb') as f:
            return f.read(200).replace(b'\0', b' ').decode('utf-8', 'replace').strip()
    except OSError:
        return ''


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main():
    report, grace, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.monotonic()
    program = subprocess.Popen(command, start_new_session=True)  # returns when it has been exec-ed; kept, or Python reaps it
    child = program.pid
    with open(report + '.pid.tmp', 'w') as f:
        f.write(str(child))
    os.rename(report + '.pid.tmp', report + '.pid')
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            break
    seconds = time.monotonic() - start
    deadline = time.monotonic() + grace
    reap()
    while descendants(os.getpid()) and time.monotonic() < deadline:
        time.sleep(0.05)
        reap()
    left = [(pid, name, command_line(pid)) for pid, name in descendants(os.getpid())]
    for pid, _, _ in left:
        try:
            os.kill(pid, 9)
        except OSError:
            pass
    with open(report, 'w') as f:
        json.dump({'pid': child, 'status': os.waitstatus_to_exitcode(status), 'seconds': seconds, 'left': left}, f)


main()
