"""Timers that still wait: a call at a moment to come travels as that, and goes on waiting where it is next needed."""
import functools
import sys
import threading
import time
import weakref

from cellblock_agent import pickler
from cellblock_agent.pickler import Uncopyable, dispatch_bases

_deadlines = weakref.WeakKeyDictionary()        # timer -> when it is due, for those that came from an earlier cell
_loaded = []                                    # those that wait for the rest of their group
_THREAD = ('_ident', '_native_id', '_tstate_lock', '_started', '_is_stopped', '_stderr', '_invoke_excepthook', '_initialized')


def _now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _started_at(timer):
    """Field 22 of /proc/PID/task/TID/stat (proc(5)): ticks of the clock since boot."""
    with open('/proc/self/task/%d/stat' % timer.native_id) as f:
        return int(f.read().rpartition(')')[2].split()[19]) / 100


def _waits(timer):
    """Whether the timer's thread still waits in Timer.run, so that its call is all to come."""
    frame = sys._current_frames().get(timer.ident)
    for _ in range(4):
        if frame is None:
            return False
        if frame.f_code in (threading.Timer.run.__code__, _wait.__code__):
            return not timer.finished.is_set()
        if frame.f_code.co_filename != threading.__file__ or frame.f_code.co_name != 'wait':
            return False
        frame = frame.f_back
    return False


def _wait(timer, due):
    timer.__dict__.pop('run', None)
    timer.finished.wait(max(due - _now(), 0))
    if not timer.finished.is_set():
        timer.function(*timer.args, **timer.kwargs)
    timer.finished.set()


def _timer(kind):
    made = kind.__new__(kind)
    threading.Thread.__init__(made)
    return made


def _timer_set(timer, state):
    due, attributes = state
    timer.__dict__.update(attributes)
    _deadlines[timer] = due
    _loaded.append(timer)


def go_on():
    """Start the timers of groups that are loaded now; those that are due call at once."""
    while _loaded:
        timer = _loaded.pop()
        timer.run = functools.partial(_wait, timer, _deadlines[timer])
        timer.start()


def reduce_thread(self, thread):
    if isinstance(thread, threading.Timer) and type(thread).run is threading.Timer.run:
        if thread in _loaded or thread.is_alive() and _waits(thread):
            due = _deadlines.get(thread)
            if due is None:
                due = _deadlines[thread] = _started_at(thread) + thread.interval
            attributes = {k: v for k, v in thread.__dict__.items() if k not in _THREAD and k != 'run'}
            return _timer, (type(thread),), (due, attributes), None, None, _timer_set
    if thread.is_alive():
        raise Uncopyable('it is a running thread')
    return _ended_or_not_begun(thread)


def _thread(kind):
    return kind.__new__(kind)


def _thread_set(thread, state):
    thread.__dict__.update(state)
    thread._stderr = sys.stderr
    thread._invoke_excepthook = threading._make_invoke_excepthook()
    threading._dangling.add(thread)


def _ended_or_not_begun(thread):
    state = {k: v for k, v in thread.__dict__.items() if k not in ('_stderr', '_invoke_excepthook')}
    return _thread, (type(thread),), state, None, None, _thread_set


def _condition_set(condition, state):
    condition.__dict__.update(state)
    condition._waiters.clear()


def reduce_condition(self, condition):
    """What waits for it are threads, which stay behind; the one of a timer that goes on waits for it again."""
    if condition._waiters and not any(isinstance(t, threading.Timer) and t.finished._cond is condition and _waits(t)
                                      for t in threading.enumerate()):
        raise Uncopyable('a thread waits for it')
    state = dict(condition.__dict__, _waiters=type(condition._waiters)())
    return _thread, (type(condition),), state, None, None, _condition_set


dispatch_bases.append((threading.Condition, reduce_condition))
dispatch_bases.append((threading.Thread, reduce_thread))
pickler.after_load.append(go_on)
