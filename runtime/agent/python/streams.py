"""sys.stdout and sys.stderr of a cell: ipykernel's OutStream as user code sees it, on the pipes of descriptors 1 and 2, without its thread.

Each write is one loop over os.write, so what was written is in the pipe before any frame that follows.
"""
import fcntl
import io
import os
import sys
import threading

from .borrow import borrow

_OWN_DESCRIPTORS = 60   # and up: beyond those that a kernel has open itself, so that a cell's open() gets its usual numbers


class OutStream(io.TextIOBase):
    encoding = 'UTF-8'
    topic = None
    flush_interval = 0.2

    def __init__(self, descriptor, name):
        self.name = name
        self.sink = None                # a text file that takes the text instead (while modules are preloaded)
        self.parent_header = {}
        self._descriptor = descriptor
        self._lock = threading.RLock()
        self._open = True
        self._null = None
        os.register_at_fork(after_in_child=self._after_fork)

    def _after_fork(self):
        self._lock = threading.RLock()  # another thread of the parent may have held it

    def part(self):
        """In the cell: a descriptor of its own, so that code that captures descriptor 1 can pass the text on to sys.stdout."""
        self._descriptor = fcntl.fcntl(self._descriptor, fcntl.F_DUPFD_CLOEXEC, _OWN_DESCRIPTORS)

    def fileno(self):
        """What ipykernel gives here is the kernel's own stdout: text that children write to it is in no notebook."""
        if self._null is None:
            try:
                self._null = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
            except OSError:
                raise io.UnsupportedOperation('fileno') from None
        return self._null

    def isatty(self):
        return False

    def writable(self):
        return True

    @property
    def closed(self):
        return not self._open

    def close(self):
        self._open = False

    def set_parent(self, parent):
        self.parent_header = parent

    def flush(self):
        if self.sink is not None:
            self.sink.flush()

    def write(self, string):
        if not isinstance(string, str):
            refuse = borrow('ipykernel.iostream', 'OutStream', 'write')
            if refuse:
                refuse(self, string)
            raise TypeError(f'write() argument must be str, not {type(string)}')
        if not self._open:
            raise ValueError('I/O operation on closed file')
        if self.sink is not None:
            return self.sink.write(string)
        try:
            data = string.encode('utf-8', 'surrogateescape')
        except UnicodeEncodeError:
            data = string.encode('utf-8', 'replace')
        with self._lock:
            done = os.write(self._descriptor, data) if data else 0
            if done < len(data):
                rest = memoryview(data)
                while done < len(data):
                    done += os.write(self._descriptor, rest[done:])
        return len(string)

    def writelines(self, sequence):
        if not self._open:
            raise ValueError('I/O operation on closed file')
        for string in sequence:
            self.write(string)


# Users see the name that a kernel's streams have.
OutStream.__module__ = 'ipykernel.iostream'
OutStream.__qualname__ = OutStream.__name__ = 'OutStream'

_flush_c_stdout = None


def load_c_library():
    """In the zygote: importing ctypes costs a cell milliseconds.

    Only C's stdout is flushed: fflush(NULL) would wait for any FILE that another thread is reading from.
    """
    global _flush_c_stdout
    try:
        import ctypes
        library = ctypes.CDLL(None)
        stdout = ctypes.c_void_p.in_dll(library, 'stdout')
    except (ImportError, OSError, ValueError):
        return
    _flush_c_stdout = lambda: library.fflush(stdout)  # noqa: E731


def flush_all():
    """Everything printed so far into the pipes: a frame is about to be sent."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    if _flush_c_stdout is not None:
        _flush_c_stdout()
