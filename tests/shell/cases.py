"""Single cells whose outputs must equal nbclient's. Each stands alone: the oracle runs them all in one kernel, in this order.

(The first ones are first because tracebacks highlight the failing expression in a function of IPython only until CPython 3.11
has specialised the function's bytecode, which depends on how often the kernel has called it.)
"""

CASES = r'''
## unraisable-repr
class R15:
    def __repr__(self):
        raise ValueError('in repr')
R15()
## config-show
%config InteractiveShell.ast_node_interactivity
## config
%config InteractiveShell.ast_node_interactivity = 'all'
## print
print('a', 1); print('ü', end='')
## result
[1, 'a', {2: 3}]
## result-suppressed
4;
## result-none
None
## result-long
list(range(100))
## result-string
'x\ny'
## comment-only
# nothing
## magic-assign
files = !echo one; echo two
files
## stderr
import sys
print('e', file=sys.stderr)
## interleaved
import sys
print('o1'); print('e1', file=sys.stderr); display('mid'); print('o2')
## write-length
import sys
print(sys.stdout.write('abc'), sys.stdout.writelines(['x', 'y']), sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.errors, sys.stdout.name, sys.stderr.name, sys.stdout.writable(), sys.stdout.readable(), sys.stdout.closed, type(sys.stdout).__name__)
## write-bytes
import sys
sys.stdout.write(b'x')
## stream-buffer
import sys
sys.stdout.buffer
## real-stdout
import sys
print(sys.__stdout__.encoding, sys.__stdout__.mode, 'x', file=sys.__stdout__, flush=True)
## c-level
import os
_ = os.write(1, b'raw\n')
## os-system
import os
_ = os.system('echo from system; echo err >&2')
## subprocess-inherit
import subprocess
_ = subprocess.run(['sh', '-c', 'echo out; echo err >&2'])
## subprocess-to-stdout
import subprocess, sys
_ = subprocess.run(['echo', 'lost'], stdout=sys.stdout)
## threads
import threading
th = [threading.Thread(target=print, args=('t%d\n' % i,), kwargs={'end': ''}) for i in range(3)]
for t in th:
    t.start(); t.join()
## multiprocessing
import multiprocessing
def child(n):
    print('child', n, flush=True)
pr = multiprocessing.get_context('fork').Process(target=child, args=(7,))
pr.start(); pr.join()
## huge
print('x' * 300000)
## surrogate
print('a\udc80b')
## redirect
import contextlib, io
buf = io.StringIO()
with contextlib.redirect_stdout(buf):
    print('in'); display('shown')
buf.getvalue()
## error
1/0
## error-function
def f1(a):
    b = a + 1
    return g1(b)

def g1(c):
    raise ValueError('deep %d' % c)

for i in range(3):
    f1(i)
## error-cause
def f2():
    try:
        {}['k']
    except KeyError as e:
        raise RuntimeError('second') from e
f2()
## error-context
try:
    1/0
except ZeroDivisionError:
    undefined_name_here
## error-custom
class MyError(Exception):
    def __str__(self):
        return 'custom\ntext'
raise MyError()
## error-group
raise ExceptionGroup('several', [ValueError(1), TypeError('t')])
## error-note
e3 = ValueError('noted')
e3.add_note('a note')
raise e3
## error-no-args
raise Exception
## error-base
raise GeneratorExit('x')
## error-long-lines
def f4(x):
    a = 1
    # a comment
    y = (x +
         undefined4)
    return y
f4(
  3
)
## error-library
import json
json.loads('{')
## error-exec
exec('x5 = 1\nraise KeyError("in exec")')
## error-eval
eval('1 +')
## error-lambda
(lambda q: q.missing)(3)
## error-comprehension
[1/n for n in (2, 1, 0)]
## error-class-body
class C6:
    a = 1
    b = a.nope
## error-decorated
import functools
@functools.lru_cache
def f7(x):
    return 1 // x
f7(0)
## error-after-output
print('before'); display('shown'); int('x')
## recursion
def r8():
    return r8()
r8()
## syntax
1 +
## syntax-multi
x9 = 1
def f9(:
    pass
## syntax-unclosed
print((1, 2
## syntax-return
return 5
## syntax-await-in-def
def f10():
    await x
## indentation
if True:
pass
## indentation-2
 x11 = 1
   y11 = 2
## tab
if 1:
	a12 = 1
        b12 = 2
## keyboard-interrupt
raise KeyboardInterrupt('by hand')
## system-exit
import sys
sys.exit(3)
## system-exit-text
raise SystemExit('bye')
## assert
assert 1 == 2, 'not equal'
## import-error
import no_such_module_13
## name-error
never_defined_14
## attribute-suggestion
import collections
collections.namedtoplo
## input
input('name? ')
## getpass
import getpass
getpass.getpass()
## stdin
import sys
sys.stdin.read()
## usage-error
%nosuchmagic
## usage-cell
%%nosuchcell
x
## usage-args
%timeit -q
## tb-magic
%tb
## broken-html
class H16:
    def _repr_html_(self):
        raise ValueError('in html')
    def __repr__(self):
        return 'H16'
H16()
## display-multi
display(1, 'two', [3])
## display-raw
display({'text/plain': 'p', 'text/html': '<b>h</b>'}, raw=True, metadata={'text/html': {'isolated': True}})
## html
from IPython.display import HTML
HTML('<i>x</i>')
## markdown-latex
from IPython.display import Markdown, Latex, Math
display(Markdown('# t'), Latex('$x$'), Math('x^2'))
## javascript
from IPython.display import Javascript
Javascript('alert(1)')
## image
from IPython.display import Image
import base64
Image(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), width=10)
## svg
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>')
## json
from IPython.display import JSON
JSON({'a': [1, None, True]}, expanded=True)
## audio
from IPython.display import Audio
Audio(data=b'RIFF0000', autoplay=False, embed=True)
## video
from IPython.display import Video
Video('http://example.org/v.mp4')
## iframe
from IPython.display import IFrame
IFrame('http://example.org', 10, 20)
## json-numpy
import numpy as np
display({'application/json': {'a': np.int64(3), 'b': np.float32(1.5), 'c': np.arange(3), 'd': b'abc', 'e': (1, 2)}, 'text/plain': 'x'}, raw=True)
## json-nan
display({'application/json': {'a': float('nan')}, 'text/plain': 'x'}, raw=True)
## mimebundle
class M17:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {'text/plain': 'plain', 'application/x-test+json': {'k': [1]}}, {'application/x-test+json': {'m': 1}}
M17()
## ipython-display
class D18:
    def _ipython_display_(self):
        print('custom display')
D18()
## png-bytes
class P19:
    def _repr_png_(self):
        return b'\x89PNG\r\n\x1a\n0000'
    def __repr__(self):
        return 'P19'
P19()
## display-handle
h20 = display('one', display_id='h20')
h20.update('two')
h20.display('three')
## update-unknown
from IPython.display import update_display
update_display('x', display_id='nowhere')
## clear
from IPython.display import clear_output
print('gone'); clear_output(); print('stays')
## clear-wait
from IPython.display import clear_output
print('first'); clear_output(wait=True); print('second')
## clear-wait-none
from IPython.display import clear_output
print('kept'); clear_output(wait=True)
## progressbar
from IPython.display import ProgressBar
for i in ProgressBar(2):
    pass
## displayhook-hook
import sys
sys.displayhook(5)
## pub-hook
ip = get_ipython()
seen = []
hook = lambda m: seen.append((m['header']['msg_type'], m['content']['data'])) or m
ip.display_pub.register_hook(hook)
display('hooked'); ip.display_pub.unregister_hook(hook)
print(seen)
## capture-magic
%%capture cap21
print('hidden'); display('rich'); import sys; print('err', file=sys.stderr)
55
## capture-show
%%capture cap22
print('later'); display('rich later')
## capture-use
from IPython.utils.capture import capture_output
with capture_output() as c23:
    print('inside'); display('x')
print(repr(c23.stdout), len(c23.outputs)); c23.show()
## bang
!echo hi; echo err >&2
## bang-fail
!exit 3
print(_exit_code)
## bang-var
name24 = 'value'
!echo $name24 {name24.upper()} $HOME | sed s,$HOME,H,
## bang-background
!sleep 0 &
## bang-multi
for i in range(2):
    !echo $i
## bash
%%bash
echo one; echo two >&2
## bash-fail
%%bash
exit 3
## sh-out
%%sh --out o25
echo captured
## script
%%script python3 -c "print(input())"
text
## sx
%sx echo a
## system-magic
%system echo b
## writefile
%%writefile cb_case_26.py
print('in file', __name__)
x26 = 3
## run
%run cb_case_26.py
print(x26)
## run-i
x26 = 10
%run -i cb_case_26.py
print(x26)
## writefile-error
%%writefile cb_case_27.py
def f27():
    raise ValueError('from file')
f27()
## run-error
%run cb_case_27.py
## run-missing
%run /tmp/does_not_exist_28.py
## load
%load cb_case_26.py
## pwd
%pwd
## cd
%cd /tmp
%cd -q -
## env
%env CB29=x
%env CB29
## set-env
%set_env CB30 y
## ls-alias
%ls cb_case_26.py
## automagic
pwd
## time
%time sum(range(10))
## time-cell
%%time
print('body')
7
## timeit
%timeit -n1 -r1 pass
## prun
%prun -q pass
## who-type
q31 = 1
%who_ls NoneType
## whos-none
%whos NoneType
## pinfo
len?
## pinfo2
import json
json.dumps??
## psearch
%psearch json.dum*
## store
st32 = [1]
%store st32
%store -d st32
## time-error
%time 1/0
## timed-cell-error
%%time
x = 1
1/0
## capture-error
%%capture
1/0
## python3-magic
%%python3
print('sub')
## conda
%conda list
## kernel-class
from ipykernel.zmqshell import ZMQInteractiveShell
isinstance(get_ipython(), ZMQInteractiveShell)
## kernel-attributes
k32 = get_ipython().kernel
k32._allow_stdin, type(k32.comm_manager).__name__, type(k32.shell).__name__, k32.execution_count - get_ipython().execution_count, k32.eventloop
## sys-modules-main
import sys
sys.modules['__main__'].__dict__ is globals(), sys.modules['__main__'].__name__
## globals-function
g33 = 1
'g33' in globals(), 'g33' in dir(), vars()['g33']
## builtins-type
__builtins__
## builtins-patch
import builtins
builtins.added34 = 3
added34
## nested-display-error
class N35:
    def _repr_mimebundle_(self, **k):
        raise KeyError('bundle')
N35()
## display-update-in-loop
h36 = display('0', display_id=True)
for i in range(3):
    h36.update(i)
print('end')
## print-then-input
print('asking')
try:
    input()
except Exception as e:
    print(type(e).__name__, e)
## warn-in-library
import numpy as np
np.log(-1.0)
## logging-basic
import logging, sys
lg37 = logging.getLogger('cell37')
h37 = logging.StreamHandler(sys.stdout)
lg37.addHandler(h37); lg37.warning('to stdout'); lg37.removeHandler(h37)
## pool
import multiprocessing
def sq38(x):
    return x * x
with multiprocessing.get_context('fork').Pool(2) as p38:
    r38 = p38.map(sq38, range(4))
r38
## executor
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as ex39:
    r39 = list(ex39.map(lambda v: v + 1, range(3)))
r39
## contextmanager-error
import contextlib
@contextlib.contextmanager
def cm40():
    yield
    raise ValueError('exit')
with cm40():
    pass
## traceback-format
import traceback
try:
    int('q')
except ValueError:
    t41 = traceback.format_exc()
print(t41)
## stack-top
import inspect
inspect.stack()[0].function, inspect.currentframe().f_code.co_name
## macro
%macro m32 1
## history-last
%history -n 1-2
## lsmagic-type
type(get_ipython().find_line_magic('time')).__name__
## alias
%alias hello33 echo hello %s
hello33 you
## xmode
%xmode Plain
1/0
## precision
%precision 3
3.14159
## debug
%debug
## pdb-post
import pdb
pdb.post_mortem()
## less
%less cb_case_26.py
## less-missing
%less
## autosave
%autosave 0
## edit-none
%edit cb_case_26.py
## html-magic
%%html
<p>x</p>
## svg-magic
%%latex
$x$
## javascript-magic
%%javascript
1
## markdown-magic
%%markdown
# h
## await
import asyncio
await asyncio.sleep(0)
'done'
## await-error
import asyncio
async def f34():
    await asyncio.sleep(0)
    raise KeyError('async')
await f34()
## asyncio-run
import asyncio
async def f35():
    return 1
c35 = f35()
try:
    asyncio.run(c35)
finally:
    c35.close()
## loop-running
import asyncio
async def f36():
    return 1
c36 = f36()
try:
    asyncio.get_event_loop().run_until_complete(c36)
finally:
    c36.close()
## running-loop
import asyncio
asyncio.get_running_loop().is_running(), type(asyncio.get_event_loop()).__name__
## async-for
import asyncio
async def agen37():
    for i in range(2):
        await asyncio.sleep(0)
        yield i
async for v in agen37():
    print(v)
[v async for v in agen37()]
## create-task
import asyncio
async def f38():
    return 'task'
t38 = asyncio.create_task(f38())
await t38
## cancelled
import asyncio
raise asyncio.CancelledError('x')
## nest-asyncio
import asyncio, nest_asyncio
nest_asyncio.apply()
async def f39():
    return 'nested'
asyncio.get_event_loop().run_until_complete(f39())
## exec-count
get_ipython().execution_count - len(In) + 1
## in-last
In[-1]
## out-type
type(Out), type(In), type(_dh).__name__
## names
sorted(k for k in ('In', 'Out', '_dh', '_ih', '_oh', 'exit', 'quit', 'get_ipython', '__name__', '__builtin__', '__doc__') if k in globals())
## name-doc
__name__, __doc__, __builtin__.__name__
## main-module
import __main__
z40 = 5
__main__.z40, __main__, type(__main__).__name__
## main-missing
import __main__
__main__.nothing_41
## shell-type
type(get_ipython()), type(get_ipython().kernel), get_ipython().colors, 'IPKernelApp' in get_ipython().config
## stdio-types
import sys
type(sys.stdout), type(sys.stdin).__name__, type(get_ipython().displayhook), type(get_ipython().display_pub)
## ipykernel-imported
import sys
'ipykernel' in sys.modules
## signals
import signal
signal.getsignal(signal.SIGINT)
## recursion-limit
import sys
sys.getrecursionlimit(), sys.ps1, sys.gettrace()
## env-names
import os
{k: os.environ.get(k) for k in ('TERM', 'CLICOLOR', 'PAGER', 'GIT_PAGER', 'MPLBACKEND', 'FORCE_COLOR', 'PYDEVD_USE_FRAME_EVAL')}
## argparse
import argparse
argparse.ArgumentParser().parse_args(['--bad'])
## argv
import argparse
p42 = argparse.ArgumentParser()
p42.add_argument('--n', default=3)
p42.parse_known_args()[0]
## warn
import warnings
warnings.warn('careful')
## warn-deprecated
import warnings
warnings.warn('old', DeprecationWarning)
## logging
import logging
logging.warning('logged')
logging.root.handlers.clear()
## excepthook
import sys
try:
    1/0
except ZeroDivisionError:
    sys.excepthook(*sys.exc_info())
## print-exc
import traceback
try:
    1/0
except ZeroDivisionError:
    traceback.print_exc()
## showtraceback
try:
    1/0
except ZeroDivisionError:
    get_ipython().showtraceback()
print('after')
## nested-run-cell
r43 = get_ipython().run_cell('print("inner"); 1/0')
print(r43.success)
## run-cell-result
get_ipython().run_cell('5').result
## run-line-magic
get_ipython().run_line_magic('pwd', '') == __import__('os').getcwd()
## ev-ex
get_ipython().ex('a44 = 3'); get_ipython().ev('a44 + 1')
## user-ns
b45 = 1
'b45' in get_ipython().user_ns, get_ipython().user_ns is globals(), 'b45' in vars(get_ipython().user_module)
## push
get_ipython().push({'c46': 9}); c46
## getoutput
get_ipython().getoutput('echo x')
## events
def post47():
    print('post'); get_ipython().events.unregister('post_execute', post47)
get_ipython().events.register('post_execute', post47)
1
## events-error
def post48(*a):
    get_ipython().events.unregister('post_run_cell', post48)
    1/0
get_ipython().events.register('post_run_cell', post48)
## custom-exc
def handler49(self, etype, value, tb, tb_offset=None):
    print('handled', etype.__name__)
get_ipython().set_custom_exc((ZeroDivisionError,), handler49)
get_ipython().run_cell('1/0')
get_ipython().set_custom_exc((), None)
## set-next-input
get_ipython().set_next_input('x = 1')
## payload-page
from IPython.core import page
page.page('text')
## load-ext
%load_ext autoreload
%autoreload 0
## matplotlib
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.title('t');
## matplotlib-result
import matplotlib.pyplot as plt
fig50, ax50 = plt.subplots(figsize=(2, 1))
ax50.plot([1, 2])
## matplotlib-show
import matplotlib.pyplot as plt
plt.figure(figsize=(1, 1)); print('a'); plt.show(); print('b')
## matplotlib-inline
%matplotlib inline
## matplotlib-retina
%config InlineBackend.figure_formats = ['retina']
import matplotlib.pyplot as plt
plt.figure(figsize=(1, 1)).add_subplot().plot([1, 2]);
## matplotlib-fig
import matplotlib.figure
f51 = matplotlib.figure.Figure(figsize=(1, 1))
f51
## matplotlib-error
import matplotlib.pyplot as plt
plt.figure(figsize=(1, 1)); 1/0
## matplotlib-bad
%matplotlib nosuchgui
## gui-bad
%gui nosuch
## pylab
%pylab --no-import-all inline
## pandas
import pandas as pd
pd.DataFrame({'a': [1, 2], 'b': ['x', None]})
## pandas-error
import pandas as pd
pd.DataFrame({'a': [1]})['zz']
## pandas-style
import pandas as pd
pd.Series([1.5, 2.0], name='s')
## numpy
import numpy as np
np.arange(20.).reshape(4, 5)
## numpy-warning
import numpy as np
np.array([1.0]) / 0
## tqdm
from tqdm import tqdm
for _ in tqdm(range(3), ncols=40, bar_format='{n}/{total}'):
    pass
## tqdm-auto
import tqdm.autonotebook as ta
ta.tqdm.__name__
## dataclass
from dataclasses import dataclass
@dataclass
class P52:
    x: int
P52(3)
## pretty
{'k%d' % i: list(range(i)) for i in range(12)}
## source
import inspect
def f53():
    return 1  # comment
print(inspect.getsource(f53))
## file-name
import inspect, os
def f54(): pass
print(f54.__code__.co_filename, os.path.basename(inspect.getfile(f54)) == os.path.basename(f54.__code__.co_filename))
## file-undefined
__file__
## breakpoint
breakpoint()
## exit-keep
exit(keep_kernel=True)
## underscore
_ if False else 'u'
## xdel
a55 = 1
%xdel a55
a55
## reset-selective
a56 = 1
%reset_selective -f ^a56$
a56
## del-hook
class G57:
    def __del__(self):
        1/0
G57() and None
## gc-del
import gc
g57 = None
_ = gc.collect()
## generator
(i for i in ()).__class__
## ellipsis
...
## bytes
b'x' * 3
## unicode
'日本', '\u200b', '\x1b[31m'
## ansi
print('\x1b[31mred\x1b[0m\rcr\x08')
## unicode-error
'\ud800'.encode()
## display-error
display(1, bogus=True, raw=True)
## display-bad-type
get_ipython().display_pub.publish('notadict')
## multi-statement
a58 = 1; a58
b58 = 2
a58 + b58
## walrus
(w59 := 3)
## annotation
x60: int = 3
__annotations__['x60']
## future
from __future__ import annotations
## global-stmt
def f61():
    global g61
    g61 = 4
f61(); g61
## help
help(callable)
## pydoc-type
help
## sympy
import sympy
sympy.init_printing()
sympy.Symbol('x')**2
## session-messages
def send(kind, **content):
    k = get_ipython().kernel
    k.session.send(k.iopub_socket, kind, content, parent=get_ipython().parent_header)
send('display_data', data={'text/plain': 'one'}, metadata={}, transient={'display_id': 'sent'})
send('update_display_data', data={'text/plain': 'two'}, metadata={}, transient={'display_id': 'sent'})
send('execute_result', data={'text/plain': 'three'}, metadata={}, execution_count=get_ipython().execution_count)
## session-error
k = get_ipython().kernel
_ = k.session.send(k.iopub_socket, 'error', {'ename': 'E', 'evalue': 'v', 'traceback': ['line']}, parent=get_ipython().parent_header)
## ipykernel-names
import sys
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.comm import Comm
import ipykernel.iostream
IOPubThread.__name__, ipykernel.iostream.OutStream is OutStream, isinstance(sys.stdout, OutStream)
'''

# Puts back what a cell may leave behind; runs between the cases, in the kernel and nowhere else.
RESET = r'''
def _reset():
    import os, sys
    ip = get_ipython()
    for name in ('last_type', 'last_value', 'last_traceback'):
        sys.__dict__.pop(name, None)
    for module in list(sys.modules.values()):
        getattr(module, '__dict__', {}).get('__warningregistry__', {}).clear()
    for name in [n for n in globals() if not n.startswith('_') and n not in ip.user_ns_hidden]:
        del globals()[name]
    for name in ('__annotations__', '__file__', '__doc__'):
        globals().pop(name, None)
    globals()['__doc__'] = 'Automatically created module for IPython interactive environment'
    ip.InteractiveTB.set_mode(mode='Context')
    ip.display_formatter.formatters['text/plain'].float_precision = ''
    ip.ast_node_interactivity = 'last_expr'
    ip.compile.flags = type(ip.compile)().flags
    if 'matplotlib_inline.config' in sys.modules:
        sys.modules['matplotlib_inline.config'].InlineBackend.instance().figure_formats = {'png'}
_reset()
'''


def load():
    """[(name, source)] in order."""
    cases = []
    for part in CASES.strip('\n').split('\n## '):
        name, _, source = part.removeprefix('## ').partition('\n')
        cases.append((name.strip(), source.rstrip('\n')))
    return cases
