#!/usr/bin/python3
"""Holds analyzer/stubs.txt against the libraries that are installed here.

Exists      each name that the file gives can be found by importing, and is callable where it is no attribute; names below
            invented classes (pandas.NDFrame, io.IOBase's sisters…) are looked up in real ones that stand for them.
Arguments   a keyword that the file gives is a parameter of the function, at the place that the file gives.
inplace     a method has an entry `if inplace` exactly if it has such a parameter (pandas).
In place    methods of built-in types and of ndarray are called: those that the file says mutate change their object, all
            others do not; and every method of these types that could be called is one or the other.
Files       components are those of runtime/agent/python/components_*.py; builtins are Python's.

Prints what it left out, by library, and why. Exit status 1 with a line for each contradiction.
"""
import array
import builtins
import collections
import copy
import importlib
import inspect
import os
import re
import sys
import tempfile
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'analyzer'))
sys.dont_write_bytecode = True
import stubs_embed  # noqa: E402

#: classes that exist in the file only, and what stands for them here
STAND_INS = {
    'pandas.NDFrame': ('pandas.DataFrame', 'pandas.Series'), 'pandas.GroupBy': ('pandas.core.groupby.DataFrameGroupBy',),
    'matplotlib.Artist': ('matplotlib.axes.Axes', 'matplotlib.figure.Figure', 'matplotlib.lines.Line2D'),
    'seaborn.Grid': ('seaborn.FacetGrid',), 'statsmodels.Model': ('statsmodels.api.GLS', 'statsmodels.tsa.api.SARIMAX'),
    'statsmodels.Results': ('statsmodels.regression.linear_model.RegressionResults',),
    'IPython.InteractiveShell': ('ipykernel.zmqshell.ZMQInteractiveShell',), 'sympy.Expr': ('sympy.core.expr.Expr',),
    'PIL.ImageDraw.ImageDraw': ('PIL.ImageDraw.ImageDraw',), 'iterator': ('types.GeneratorType',),
    'io.IOBase': ('_io.TextIOWrapper', '_io.BufferedReader', '_io.FileIO'), 'sklearn.base.BaseEstimator': (),
    'multiprocessing.Pool': ('multiprocessing.pool.Pool',), 're.Pattern': ('re.Pattern',),
    'bokeh.plotting.figure': (),
}
#: attributes of instances, or of other versions of the library than Debian 12's
LEFT_OUT = re.compile(r'''
    pandas\.NDFrame\.(array|ravel|hist|boxplot|sparse|flags)\b.* | pandas\.Series\.ravel
  | numpy\.ndarray\.mT | matplotlib\.Artist\.figure | matplotlib\.figure\.Figure\.canvas
  | matplotlib\.axes\.Axes\.(flat|ravel|flatten|spines|title|trans\w+|[xy]axis)
  | IPython\.InteractiveShell\.user_ns | networkx\.\w+\.graph | seaborn\.(tsplot|factorplot) | imageio\.v[23]\..*
''', re.X)


def find(name):
    """The object of a dotted name: the longest part that imports, then attributes."""
    parts = name.split('.')
    if hasattr(builtins, parts[0]):
        found, rest = getattr(builtins, parts[0]), parts[1:]
    else:
        for cut in range(len(parts), 0, -1):
            try:
                found, rest = importlib.import_module('.'.join(parts[:cut])), parts[cut:]
                break
            except ImportError:
                continue
        else:
            raise ImportError(name)
    for part in rest:
        found = getattr(found, part)
    return found


def installed(name, known={}):
    root = name.split('.')[0]
    if root not in known:
        try:
            known[root] = hasattr(builtins, root) or importlib.import_module(root) is not None
        except Exception:
            known[root] = False
    return known[root]


def parameters(function):
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None


class Check:
    def __init__(self, path):
        self.written = stubs_embed.read(path)       # as it stands in the file
        self.file, self.problems, self.left, self.counts = stubs_embed.load(path), [], collections.Counter(), collections.Counter()

    def problem(self, line, text):
        self.problems.append('stubs.txt:%d: %s' % (line, text))

    # -- names and arguments

    def owner(self, name):
        """The class of the file that a name is below, and the rest of the name."""
        at = name.rpartition('.')[0]
        while at and at not in self.file.classes and at not in STAND_INS:
            at = at.rpartition('.')[0]
        return at, name[len(at) + 1:] if at else name

    def objects(self, name):
        """What a name may mean here."""
        owner, rest = self.owner(name)
        if name in STAND_INS:
            return [find(place) for place in STAND_INS[name]]
        for place in STAND_INS.get(owner, [owner] if owner else []):
            try:
                yield find(place + '.' + rest)
            except (AttributeError, ImportError):
                pass
        if not owner:
            try:
                yield find(name)
            except (AttributeError, ImportError):
                pass

    def entries(self):
        empty = stubs_embed.Stub()
        names = {name: (empty, line) for name, (_, line) in list(self.file.classes.items()) + list(self.written.aliases.items())}
        names.update(self.written.entries)
        for name, (stub, line) in names.items():
            plain = name[:-2] if name.endswith('.*') else name
            if not installed(plain) and plain.split('.')[0] not in STAND_INS:
                self.left['%s: not installed' % plain.split('.')[0]] += 1
                continue
            if LEFT_OUT.fullmatch(plain):
                self.left['%s: an instance has it, or another version' % plain.split('.')[0]] += 1
                continue
            owner = self.owner(plain)[0]
            if not STAND_INS.get(owner, True) or plain in STAND_INS:
                self.left['%s: a class of the file alone' % (owner or plain)] += 1
                continue
            found = list(self.objects(plain))
            if not found:
                self.problem(line, '%s does not exist' % plain)
                continue
            self.counts['names found'] += 1
            if not name.endswith('.*'):
                self.arguments(name, stub, line, found)

    def arguments(self, name, stub, line, found):
        method = bool(self.owner(name)[0])
        wanted = [(stub.arg, stub.keyword), (stub.file_arg, stub.file_keyword), (stub.out_arg, stub.out_keyword),
                  (-1, stub.unless), (stub.mode_arg, 'mode' if stub.mode_arg >= 0 else None)]
        for place, keyword in wanted:
            if keyword is None:
                continue
            verdicts = [self.argument(function, place, keyword, method) for function in found]
            if all(verdict is None for verdict in verdicts):
                self.left['signatures that Python does not tell'] += 1
            elif not any(verdicts):
                self.problem(line, '%s has no parameter "%s"%s' % (name, keyword, ' at %d' % place if place >= 0 else ''))
            else:
                self.counts['arguments found'] += 1

    def argument(self, function, place, keyword, method):
        if inspect.isclass(function) and '__call__' in vars(function):
            function = function.__call__                        # an accessor: pandas.DataFrame.plot
        found = parameters(function)
        if found is None or not found:
            return None
        if method and inspect.isroutine(function) and found[0].name == 'self':
            found = found[1:]
        names = [parameter.name for parameter in found]
        if keyword in names:
            return place < 0 or names.index(keyword) == place
        return None if any(parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) for parameter in found) else False

    # -- pandas

    def inplace(self):
        if not installed('pandas'):
            return
        for class_name in ('DataFrame', 'Series'):
            kind = find('pandas.' + class_name)
            for method in dir(kind):
                if method.startswith('_'):
                    continue
                has = any(parameter.name == 'inplace' for parameter in parameters(getattr(kind, method, None)) or ())
                stub, line = self.file.entries.get('pandas.%s.%s' % (class_name, method), (None, 0))
                says = stub is not None and 'INPLACE' in stub.flags
                if has != says and not (says and hasattr(kind, method) and method in ('pad', 'backfill')):
                    self.problem(line, 'pandas.%s.%s: inplace is %s' % (class_name, method, 'a parameter' if has else 'no parameter'))
                self.counts['inplace checked'] += has

    # -- what happens

    def mutations(self):
        for kind, samples in samples_of_types().items():
            for method in dir(samples[0][0]):
                if method in NOT_CALLED or not callable(getattr(samples[0][0], method)):
                    continue
                stub, line = self.file.entries.get(kind + '.' + method) or self.file.entries.get(kind + '.*')
                changed = called = False
                for value, arguments in samples:
                    for args in arguments:
                        before, probe = image(value()) if inspect.isfunction(value) else image(value), copy_of(value)
                        try:
                            with warnings.catch_warnings():
                                warnings.simplefilter('ignore')
                                getattr(probe, method)(*copy.deepcopy(args))
                            called = True
                        except Exception:
                            pass
                        changed = changed or image(probe) != before
                says = 'MUTATES_SELF' in stub.flags
                if not called and not changed:
                    self.left['%s: methods that no sample could call' % kind] += 1
                elif changed != says:
                    self.problem(line, '%s.%s %s' % (kind, method, 'changes it' if changed else 'does not change it'))
                else:
                    self.counts['methods called'] += 1

    def lists(self):
        real = set()
        for part in ('process', 'libraries', 'ipython'):
            with open(os.path.join(ROOT, 'runtime', 'agent', 'python', 'components_%s.py' % part), encoding='utf-8') as source:
                real.update(re.findall(r"^@component\('([^']+)'", source.read(), re.M))
        for name in set(self.file.components) - real:
            self.problem(0, 'component %s is not in components_*.py' % name)
        self.left['components that no entry speaks of'] += len(real - set(self.file.components))
        own = {'display', 'get_ipython', '__builtins__', '__file__'}
        real = {name for name in dir(builtins) if not name.startswith('__pybind') and name != '_'}
        for name in real ^ (set(self.file.builtins) - own):
            if name not in own:
                self.problem(0, 'builtin %s is not in %s' % (name, 'the file' if name in real else 'Python'))
        for name, (_, line) in self.file.immutable.items():
            if installed(name) and name not in ('NoneType', 'function') and name not in STAND_INS:
                try:
                    find(name)
                    self.counts['types found'] += 1
                except (AttributeError, ImportError):
                    self.problem(line, 'type %s does not exist' % name)
        for name, (_, line) in self.file.ambient.items():
            if installed(name) and name != 'sys.last_value':
                try:
                    find(name)
                    self.counts['state found'] += 1
                except (AttributeError, ImportError):
                    self.problem(line, 'state %s does not exist' % name)


#: lines that must be refused, and a part of what is said about them
REFUSED = [
    ('x.y', 'expected a name'), ('x.y  purely', 'unknown clause'), ('x.y  pure; mutates self', 'pure, and yet'),
    ('x.y  mutates', 'expected an argument'), ('x.y  mutates 0 a b', 'expected an argument'), ('x.y  mutates 0; calls 1', 'one argument'),
    ('x.y  reads 0', 'expected "file"'), ('x.y  opens file 0', 'needs a mode'), ('x.y  reads file 0; writes file 1', 'second file'),
    ('x.y  to file 1', 'follows'), ('x.y  ambient read nothing', 'no component'), ('x.y  ambient look cwd', 'expected "ambient'),
    ('x..y  pure', 'no name'), ('x.*.y  pure', 'no name'), ('x.{a,}  pure', 'no name'), ('x.y  pure; ', 'empty clause'),
    ('method a.b  pure', 'no method name'), ('method a*  pure', 'no method name'), ('class x y', 'no name'), ('alias x', 'alias NAME'),
    ('state x nothing', 'state NAME'), ('x.%s  pure' % ('a' * 200), 'too long'), ('list  pure\nlist  pure', 'already'),
    ('x.y  returns Nowhere', 'no class'), ('class a: b', 'no class'), ('class a: b\nclass b: a', 'inherits from itself'),
]


def refusals(check):
    """What stubs_embed.py says about mistakes, with the line."""
    for text, wanted in REFUSED:
        with tempfile.NamedTemporaryFile('w', suffix='.txt', encoding='utf-8') as made:
            made.write('component cwd\n' + text + '\n')
            made.flush()
            try:
                stubs_embed.load(made.name)
                said = 'nothing'
            except stubs_embed.Problem as problem:
                said = str(problem)
        if wanted not in said or not re.search(r'[: ][23]:', said):
            check.problem(0, '%r is answered with %r' % (text, said))
        check.counts['mistakes refused'] += 1


NOT_CALLED = {'__class__', '__init_subclass__', '__subclasshook__', '__init__', '__new__', '__setattr__', '__delattr__', '__setstate__',
              '__class_getitem__', '__reduce__', '__reduce_ex__', '__getattribute__', '__dir__', '__sizeof__', '__array_wrap__',
              '__array_finalize__', '__array_prepare__', 'tofile', 'dump', 'fromfile'}


def copy_of(value):
    return copy.deepcopy(value)


def image(value):
    """What a mutation would change."""
    if type(value).__module__ == 'numpy':
        return value.tobytes(), value.shape, str(value.dtype), value.flags.writeable
    if isinstance(value, collections.OrderedDict):
        return list(value.items())
    return repr(value)


def samples_of_types():
    some = [(), (0,), (1,), ([1, 2],), ({5: 6},), ({1, 9},), (0, 7), (7,), ('a',), (1, 1), ((3, 4),), (1, 2, 3), (b'ab',),
            (slice(0, 1),), (slice(0, 1), [5]), ('a', 1), ({'b': 2},), (0, [9])]
    values = {
        'list': [[3, 1, 2], [1]], 'dict': [{'a': 1, 0: 2}], 'set': [{1, 2, 3}, {7}],
        'bytearray': [bytearray(b'cab')], 'str': ['a b'], 'bytes': [b'a b'], 'tuple': [(1, 2)], 'frozenset': [frozenset({1})],
        'int': [5], 'float': [1.5], 'collections.deque': [collections.deque([3, 1, 2])],
        'collections.OrderedDict': [collections.OrderedDict([('a', 1), (0, 2)])], 'collections.Counter': [collections.Counter('abca')],
        'array.array': [array.array('i', [3, 1, 2])],
    }
    if installed('numpy'):
        numpy = importlib.import_module('numpy')
        values['numpy.ndarray'] = [numpy.array([3, 1, 2]), numpy.array([3.0, 1.0, 2.0])]
        some = some + [('i4', 0), ({},), (False,), (9, 'i4'), ((6,),)]
    return {kind: [(value, some) for value in kinds] for kind, kinds in values.items()}


def main():
    warnings.simplefilter('ignore')
    os.environ['MPLBACKEND'] = 'Agg'
    path = os.path.join(ROOT, 'analyzer', 'stubs.txt')
    try:
        check = Check(path)
    except stubs_embed.Problem as problem:
        sys.exit(str(problem))
    check.entries()
    check.inplace()
    check.mutations()
    check.lists()
    refusals(check)
    print('%d entries in the file, %d after inheritance; %s' % (
        check.written.written, len(check.file.entries), ', '.join('%d %s' % (n, what) for what, n in check.counts.items())))
    for what, n in sorted(check.left.items()):
        print('left out: %s (%d)' % (what, n))
    for problem in sorted(set(check.problems)):
        print(problem)
    sys.exit(bool(check.problems))


if __name__ == '__main__':
    main()
