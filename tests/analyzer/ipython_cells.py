"""Cells written by hand for ipython_diff.py: what IPython's syntax has by way of corners. Those of several lines are in
ipython_cells.txt, divided by lines of `---`."""

import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'ipython_cells.txt'), encoding='utf-8') as f:
    TRICKY = f.read()

ONE_LINE = '''
ls
ls -l
ls = 3
ls, a = 3
ls()
ls(1)
cd ..
cd
pwd
pwd
who
whos int
time f(x)
time
time.sleep(3)
time(3)
history
history -n
run foo.py
run(3)
run
env X=3
env
exit
exit()
quit
exit 3
exit;
matplotlib inline
matplotlib
matplotlib.use('Agg')
pylab
x
x?
print x
if x: y
ls?
ls!
ls # c
timeit x = 3
timeit
reset -f
store x
store.x
load_ext autoreload
autoreload 2
precision = 3
alias
cat f
cat
mv a b
capture x
sum
ll
ll -a
  ls
\tls -l
ls\x0b
\x0bls
\xa0ls
ls\xa0-l
lsmagic
%ls
%%ls
!ls
,ls a b
/ls
;ls
*ls
*
.ls
ls.*
%%time
%%bash
set_env X
rerun
1 + ls
ls + 1
hist -o
who, whos
l's
for
cd = 3
pip install x
pip
conda
man ls
edit x
sx ls
system ls
sc a=ls
prun f(x)
debug
macro m 1
time !ls
time ls
time %ls
time time ls
time x = !ls
time x = %ls a
run x = !ls
ls = !ls
prun -q x = !ls {y}
timeit x = !ls
'''

MORE = [
    '>>> In [1]: x = !ls', 'In [1]: >>> x\n', '', '\n', '\n\n', ' ', '   \n  ', '\t\n', 'x', 'x\n', '\r\n!ls\r\n', 'x = 1\r\n!ls\r\n%cd a\r\n', 'x?\r\ny\r\n',
    'x = 1\r!ls\ry', '!ls \\\r\n-l\r\n', '\r', '\n\r\n', '%%time\r\nx\r\n', 'a\x0c!ls\n!ls\n', '\x0c\n!ls\n', 'a\n\x0c\n!ls\n', 'a\n\x0c\n\nb?\n',
    '!ls\x0bx\n', 'a = 1\x1c!ls\n', 'a\u2028!ls\n', 'a\x85!ls\n', '\xa0\n!ls', '\u3000\nx', 'x =\xa0!ls\ny', '\xa0!ls\ny', 'é?\nñ.é??\n', '名 = !ls {名}\n',
    '!ls é $é {é}\n1\n', '>>>\n>>> !ls', '>>> x\n...\n... y\n', '>>>\tx\n>>> y', 'x\n...\n!ls\n', 'x\n... !ls\n', '>>>x\n>>> y\n', '>>> >>> x\n',
    'In [1]: \n', 'In [1]:x\n', 'x\nIn [12]: !ls\n', '   ....: !ls\nx', ' >>> x\n >>> !ls\n', '  x\n    !ls\n y\n', '\tx\n\t!ls\n  y\n', '\n\n  !ls\n  x',
    '%%time\n\n\n  x\n  !ls\n', '%%time\n>>> x\n>>> !ls\n', '%%time\nls\n', '%%capture\nls -l', '%%time\n\n', '%%time\n ', '\n%%time\nx', ' %%time\n x\n y',
    '!' * 5 + '\nx', '?' * 4 + '\nx', 'x???\n1', '%' * 5 + '\nx', ';' * 3 + '\nx', '/' * 2 + '\nx', ',' * 2 + '\nx', '!ls' + ' \\\n' * 20 + 'x\n', '\\\n!ls\n', 'x \\\n!ls\n', '\\\n',
    'x = \\', 'x = !ls \\', "'''", '"""\n!ls', "'\\\n\\\n!ls", "'\\\n\\\\\n'\n!ls", "'a\\", "'\\", '!"""\n!ls\n"""\n!ls\n', "x = '''\n''' !ls\n", '#', '#?', '# x\\\n!ls\n', '# x\n?',
    'x = 1 #\\\n!ls', '(\n# )\n!ls\n)\n!ls', '[(])\n!ls\nx?', ')(\n!ls\n# c\n!ls\n', '}\n#c\n\n!ls\nx?\n', 'x = ((!ls', 'f(\n)?', '0x?\n1', '*?\n1', 'a*b?\n1', '*.a?\n1', '%a.b?\n1', '% a?\n1', '%%a b?\n1\n',
    '$x\n!ls', '$!ls\n', '`!ls\n', '\x00!ls\n1', 'x\x00\n!ls\n1', 'x = $ !ls\n', 'x = ? !ls\n', 'x = ! ls\n1', 'x = !\n1', 'x = %\n1', 'x = %\\\n time 3\n', 'x = % \n1',
    'x = %time\\\n3\n', 'x = %%time 3\n1', 'x = %time3\n1', 'x = %0\n', 'x = %b""\n', "x = %b'\n", 'x = %rb\n', 'x %= !ls\n1', 'x = (%time 3)\n1', 'f(x = !ls)\n', 'x := !ls\n', '= !ls\n', ' = !ls\n', '=%cd\n',
    'a;?\n1', '1;x?\n1', 'a, b?\n1', 'print x?\n1', 'if x: y?\n1', '  ?\n1', 'if x:\n  ?\n  ??\n  ?x\n', 'if x:\n  y?\n  z\n', 'if x:\n  !ls \\\n -l\n  z\n', 'if x:\n  y = [1,\n 2]; z?\n  w\n',
]


def cells():
    for text in TRICKY.strip('\n').split('\n---\n'):
        yield text
        yield text + '\n'
    for line in ONE_LINE.strip('\n').split('\n'):
        yield line
        yield line + '\n'
        yield '\n' + line + '\n\n'
    yield from MORE


# Pieces that random cells are made of.
PIECES = ['!', '%', '?', '??', '!!', '%%', '\n,f a b\n', '\n;f a b\n', '\n/f a b\n', ';', '/', ',', '=', ' = ', ' ', '  ', '\n', '\n', '\n', '\n    ', '\\\n', '(', ')', '[', ']', '{', '}', "'", '"', "'''", '"""',
          '#', '\\', '$', 'x', 'abc', 'ls', 'time', 'cd', '%time', '!ls', 'x = !ls', 'x = %time', 'x?', '.', '*', '1', '0x', 'r"', "f'", ':', '==', '!=', '%=', '//', '\t', '$x', '{x}', 'if x:',
          'for i in x:', '>>> ', '... ', 'In [1]: ', '   ...: ', '\r\n', '\x0c', 'é', '\xa0', '%%capture\n', '%%time\n', '%timeit ', '-n 1 ', '%time ', '%prun ', 'pass', '%who_ls', 'x = ', '\n!', '\n%', '?\n']


# What IPython's text does not show: for each cell the names, expressions, effect and ambient component of each item.
EFFECTS = [
    ('%store -r a b\n1', [(['a', 'b'], [], 'ambient', 'ipython')]), ('%store -r\n1', [([], [], 'writes_all', None)]),
    ('%store a >f\n1', [([], ['a'], 'ambient', 'ipython')]), ('%sc -l files = ls\n1', [(['files'], [], 'files', None)]),
    ('%macro m 1-3\n1', [(['m'], [], 'reads_all', None)]), ('%xdel -n x\n1', [(['x'], [], 'pure', None)]),
    ('%pinfo x.y\n1', [([], ['x.y'], 'pure', None)]), ('x.y?\n1', [([], ['x.y'], 'pure', None)]), ('np.*load*?\n1', [([], ['np'], 'reads_all', None)]),
    ('%%capture --no-stderr o\nx', [(['o'], [], 'pure', None)]), ('%%capture\nx', [([], [], 'pure', None)]),
    ('%%bash --out a --err=b --pr c\nx', [(['a', 'b', 'c'], [], 'files', None)]), ('%%sx --out f\nls $x', [(['f'], ['x'], 'files', None)]),
    ('!ls {x}\n1', [(['_exit_code'], ['x'], 'files', None)]), ('y = !ls\n1', [([], [], 'files', None)]),
    ('%load_ext autoreload\n%load_ext foo', [([], [], 'ambient', 'ipython'), ([], [], 'writes_all', None)]),
    ('%env X\n%env X=3', [([], [], 'pure', None), ([], [], 'ambient', 'environ')]), ('%matplotlib inline\n1', [([], [], 'ambient', 'matplotlib')]),
    ('%cd a\n%run f.py\n%who', [([], [], 'ambient', 'cwd'), ([], [], 'writes_all', None), ([], [], 'reads_all', None)]),
    ('%nosuch\n%%nosuch\n', [([], [], 'writes_all', None), ([], [], 'pure', None)]), ('%R -i a,b -o c x\n1', [(['c'], ['a', 'b'], 'pure', None)]),
]

# The Python text of cells whose items run code, and the bodies of the items.
PYTHON = [
    ('%time x = f(3)\ny', '0; x = f(3)\ny', [None]), ('x = %time g(x)\ny', 'x = 0\ny', ['g(x)']), ('%time for i in x: q\ny', '0\ny', ['for i in x: q']),
    ('%time f(\ny', '0\ny', ['f(']), ('%timeit -n 1 a = b\ny', '0\ny', ['a = b']), ('%timeit !ls {x}\ny', '0; 0\ny', ['0', None]),
    ('%%timeit -r 1 a = b\nc\nd', '0\n\n', ['a = b\nc\nd\n']), ('%%time\nx\n!ls\ny', '0\nx\n0\ny', [None, None]), ('time x = !ls', '0; x = 0', [None, None]),
    ('%%bash\nx\ny', '0\n\n', ['x\ny\n']), ('%%time x\ny', '0\n', ['y\n']), ('if a:\n    !ls \\\n  b\n    c', 'if a:\n    0\n\n    c', [None]),
    ('\n\n  >>> x\n  >>> !ls', '\n\nx\n0', [None]), ('/f a b\n1', '0\n1', [None]),
]
