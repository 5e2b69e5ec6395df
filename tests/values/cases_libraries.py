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
