"""Objects of C libraries, and what the interpreter itself made."""
from run import case

case('ctypes library', """
import ctypes
libc = ctypes.CDLL(None)
libc.strlen.argtypes = [ctypes.c_char_p]
strlen = libc.strlen
other = libc['toupper']
def upper(c): return chr(libc.toupper(ord(c)))
""", 'print(libc.strlen(b"abc"), strlen is libc.strlen, other is libc["toupper"], other(97), upper("x"))\nlibc.abs.restype = ctypes.c_long', 'print(libc.abs.restype, strlen.argtypes)',
     writes={1: ['libc', 'other', 'strlen']})
case('ctypes types', """
import ctypes
P = ctypes.POINTER(ctypes.c_int)
A = ctypes.c_int * 3
F = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
class S(ctypes.Structure):
    _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]
    def norm(self): return self.x + self.y
a, s = A(1, 2, 3), S(1, 2.5)
""", 'print(P is ctypes.POINTER(ctypes.c_int), A is ctypes.c_int * 3, list(a), s.norm(), ctypes.sizeof(S), isinstance(s, S), F is ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int))\ns.x = 7', 'print(s.x, s.norm())')
case('ctypes callback', 'import ctypes\nf = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)', 'pass', uncopyable={0: ['f']})
case('Boost.Python with attributes', """
from rdkit import Chem
m = Chem.MolFromSmiles('CCO')
m.label = ['mine']
plain = Chem.MolFromSmiles('C')
""", 'print(m.GetNumAtoms(), m.label, plain.GetNumAtoms(), m.__dict__)\nm.label.append(1)', 'print(m.label)', writes={1: ['m']})
case('traceback', """
def fail(n):
    raise ValueError(n)
try: fail(3)
except ValueError as e: saved = e
import json
try: json.loads('{')
except ValueError as e: other = e
""", 'import traceback\nprint("".join(traceback.format_exception(saved)))\nprint(traceback.format_exception(other)[-2:])',
     'try:\n    raise saved\nexcept ValueError as e:\n    print("".join(traceback.format_exception(e)), e is saved)')
case('multiprocessing knows the notebook', 'import sys\nsys.modules["__mp_main__"] = sys.modules["__main__"]\nclass A:\n    pass\nimport types\nu = types.SimpleNamespace(a=A())\ndef f(): return u',
     'import sys\nsys.modules["__mp_main__"] = sys.modules["__main__"]\nprint(f() is u, type(u.a) is A)\nv = u', 'print(v is u)')
case('numexpr expression', 'import numexpr\ne = numexpr.NumExpr("a*2+b", [("a", float), ("b", float)])', 'print(e(3.0, 1.0), e.input_names)', writes={1: []})
case('sympy printing', 'import sympy\nfrom sympy.core._print_helpers import Printable\nx = sympy.Symbol("x")\nPrintable._repr_png_ = lambda self: "png of " + str(self)', 'print(x._repr_png_())', 'print((x + 1)._repr_png_())\nsympy.printing.pretty_use_unicode(False)', 'print(sympy.pretty(x ** 2))')
case('sklearn set_config', 'import sklearn\nsklearn.set_config(display="text", assume_finite=True)', 'print(sklearn.get_config()["display"], sklearn.get_config()["assume_finite"])')
case('matplotlib units', """
import matplotlib.units as units
class Metre:
    def __init__(self, n): self.n = n
class Converter(units.ConversionInterface):
    @staticmethod
    def convert(value, unit, axis): return [v.n for v in value] if hasattr(value, '__len__') else value.n
units.registry[Metre] = Converter()
""", 'import matplotlib.pyplot as plt\nprint(plt.plot([Metre(1), Metre(2)], [3, 4])[0].get_xdata(orig=False))')
case('state of a library that a cell imports', 'x = 1', 'import decimal', 'print(decimal.getcontext().prec)\ndecimal.getcontext().prec = 5', 'print(decimal.Decimal(1) / 3)')
case('an object that makes others without end', """
class Endless:
    def __reduce__(self): return Endless, (Endless(),)
class More:
    def __getstate__(self): return {'next': More()}
e, m, n = Endless(), More(), 1
""", 'import time\nprint(n)', uncopyable={0: ['e', 'm']})
case('method of a library class replaced', 'import pandas as pd\ndf = pd.DataFrame({"a": [1]})\npd.DataFrame._repr_html_ = lambda self: "mine"', 'print(df._repr_html_())')
case('ctypes data of a library', """
import ctypes
libc = ctypes.CDLL(None)
err = ctypes.c_void_p.in_dll(libc, 'stderr')
stream = ctypes.c_void_p(err.value)
none, text, number = ctypes.c_void_p(), ctypes.c_char_p(b'abc'), ctypes.c_int(4)
optind = ctypes.c_int.in_dll(libc, 'optind')
""", 'print(err.value == ctypes.c_void_p.in_dll(libc, "stderr").value, bool(none), text.value, number.value, ctypes.addressof(optind) == ctypes.addressof(ctypes.c_int.in_dll(libc, "optind")))\nlibc.fputs(b"from C\\n", err)\nprint(stream.value == err.value)',
     writes={1: ['libc']})
case('ctypes pointer', 'import ctypes\na = ctypes.c_int(3)\np = ctypes.pointer(a)\nq = ctypes.c_void_p(ctypes.addressof(a))', 'pass', uncopyable={0: ['p', 'q']})
case('colour map registered in matplotlib', """
import matplotlib.pyplot as plt, matplotlib as mpl
from matplotlib.colors import ListedColormap
mpl.colormaps.register(ListedColormap(['r', 'b'], name='mine'))
""", 'x = 1', 'print(plt.get_cmap("mine").N, "mine" in mpl.colormaps)\nmpl.colormaps.unregister("mine")', 'print("mine" in mpl.colormaps)')
case('setting inside a library', 'import sympy.printing.pretty.pretty_symbology as s\nimport sympy', 'sympy.pretty_use_unicode(True)\nprint(s._use_unicode)', 'print(sympy.printing.pretty.pretty_symbology._use_unicode)')
case('library that imports the rest of itself', """
from PIL import Image
im = Image.new('RGB', (2, 2))
""", 'import io\nb = io.BytesIO()\nim.save(b, "png")', 'print(Image.open(io.BytesIO(b.getvalue())).size)', 'print(Image.open(io.BytesIO(b.getvalue())).format)')
case('attribute of a DataFrame', 'import pandas as pd, warnings\nwarnings.simplefilter("ignore")\ndf = pd.DataFrame({"a": ["x"]})\ndf.mark = [True]\ns = df["a"]', 'print(df.mark, s.str.upper().tolist())\ndf.plot', 'df.mark.append(1)', 'print(df.mark)', writes={1: []})
case('submodules that a function imported', """
def f():
    import xmlrpc.client, pydoc_data.topics, wsgiref.handlers
f()
""", """
import xmlrpc, wsgiref, pydoc_data
print(xmlrpc.client.__name__, wsgiref.util.__name__, hasattr(pydoc_data, 'topics'), hasattr(wsgiref, 'nothing'))
from wsgiref import headers
""", """
try:
    wsgiref.validate
except AttributeError as e:
    print(e)
print(wsgiref.handlers.__name__)
""")
case('objects that refuse to be pickled by policy', 'import patsy, pandas as pd\nd = patsy.dmatrix("a + C(b)", pd.DataFrame({"a": [1., 2, 3], "b": list("xyx")}), return_type="dataframe")',
     'print(d.design_info.column_names)', 'print(type(d.design_info).__name__, list(d.columns) == d.design_info.column_names)')
