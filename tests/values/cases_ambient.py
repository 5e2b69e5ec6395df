from run import case

case('random', 'import random\nrandom.seed(7)', 'print(random.random())', 'print(random.random(), random.gauss(0, 1), random.gauss(0, 1))', 'print(random.gauss(0, 1))')
case('random with fork', 'import random\nrandom.seed(7); a = random.random()', 'x = 1', 'print(random.random())')
case('numpy random', 'import numpy as np\nnp.random.seed(3)\nrng = np.random.default_rng(5)\nrs = np.random.RandomState(9)\nsame = rng',
     'print(np.random.rand(2), rng.integers(100), rs.randint(100))', 'print(np.random.rand(), rng.normal(), rs.normal(), same is rng)', 'print(np.random.normal(size=3))')
case('chdir', 'import os, tempfile\nd = tempfile.mkdtemp()\nos.chdir(d)\nopen("here", "w").close()', 'print(os.listdir(), os.getcwd() == d)', 'os.chdir("/")', 'print(os.getcwd())\nimport shutil; shutil.rmtree(d)')
case('environ', 'import os\nos.environ["CB_T"] = "x"', 'print(os.environ["CB_T"], os.getenv("CB_T"))\ndel os.environ["CB_T"]', 'print(os.environ.get("CB_T"))')
case('umask', 'import os\n_o = os.umask(0o077)', 'print(oct(os.umask(0o022)))', 'print(oct(os.umask(0o022)))')
case('sys.path', 'import sys\nsys.path.insert(0, "lib")', 'print(sys.path[0])\nsys.path.remove("lib")', 'print("lib" in sys.path)')
case('recursion limit', 'import sys, gc\nsys.setrecursionlimit(5000); gc.disable(); sys.set_int_max_str_digits(5000)', 'print(sys.getrecursionlimit(), gc.isenabled(), sys.get_int_max_str_digits())')
case('decimal', 'import decimal\ndecimal.getcontext().prec = 5', 'print(decimal.Decimal(1) / 3)', 'decimal.setcontext(decimal.ExtendedContext)', 'print(decimal.Decimal(1) / 0)')
case('locale', 'import locale\nlocale.setlocale(locale.LC_NUMERIC, "C.UTF-8")', 'print(locale.setlocale(locale.LC_NUMERIC))')
case('timezone', 'import os, time\nos.environ["TZ"] = "Asia/Tokyo"; time.tzset()', 'print(time.tzname, time.localtime(0).tm_hour)')
case('logging', '''
import logging, sys
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(levelname)s:%(name)s:%(message)s')
log = logging.getLogger('trap')
''', 'log.info("info"); log.debug("debug")', 'log.setLevel(logging.DEBUG)', 'log.debug("seen")',
     'print(logging.getLogger("trap").level, logging.getLogger("trap") is log, len(logging.getLogger().handlers))',
     'logging.disable(logging.WARNING)', 'log.warning("silenced"); log.error("not silenced")')
case('log handler shared', 'import logging, sys\nh = logging.StreamHandler(sys.stdout)\nlogging.getLogger("a").addHandler(h)',
     'h.setFormatter(logging.Formatter("[%(message)s]"))', 'logging.getLogger("a").error("x")\nprint(logging.getLogger("a").handlers[0] is h)')
case('log file', 'import logging, tempfile, os\nname = tempfile.mktemp()\nf = logging.FileHandler(name)\nlogging.getLogger("b").addHandler(f)\nlogging.getLogger("b").error("one")',
     'logging.getLogger("b").error("two")', 'print(open(name).read())\nos.unlink(name)')
case('memory handler', 'import logging\nclass Keep(logging.Handler):\n    def __init__(self):\n        super().__init__(); self.seen = []\n    def emit(self, r): self.seen.append(r.getMessage())\nk = Keep()\nlogging.getLogger("k").addHandler(k)',
     'logging.getLogger("k").error("hello %s", 3)', 'print(k.seen)')
case('numpy print', 'import numpy as np\nnp.set_printoptions(precision=2, suppress=True)\nold = np.seterr(divide="raise")', '''
print(np.array([1.23456, 1e-9]))
try:
    np.array([1.0]) / 0
except FloatingPointError as e:
    print(e)
''', 'np.seterr(**old)\nnp.set_printoptions(formatter={"float": lambda v: "[%g]" % v})', 'print(np.array([1.5]), np.geterr()["divide"])')
case('pandas options', 'import pandas as pd\npd.set_option("display.max_rows", 4)\npd.options.display.precision = 2', 'print(pd.DataFrame({"a": [1.23456] * 10}))\npd.reset_option("display.max_rows")',
     'print(pd.get_option("display.max_rows"), pd.get_option("display.precision"))\npd.set_option("display.float_format", lambda v: "<%.1f>" % v)', 'print(pd.Series([1.25, 2.5]))')
case('matplotlib rc', 'import matplotlib.pyplot as plt, matplotlib as mpl\nplt.rcParams["figure.figsize"] = (3, 2)', 'print(plt.rcParams["figure.figsize"], mpl.rcParams["lines.linewidth"])\nplt.style.use("ggplot")',
     'print(mpl.rcParams["axes.facecolor"], mpl.rcParams["axes.grid"], mpl.rcParams["axes.prop_cycle"])\nmpl.rcdefaults()', 'print(mpl.rcParams["figure.figsize"], mpl.rcParams["axes.grid"])')
case('open figure', 'import matplotlib.pyplot as plt\nfig, ax = plt.subplots()', 'plt.plot([1, 2, 3])\nprint(plt.gcf() is fig, plt.gca() is ax, len(ax.lines))', 'print(len(ax.lines), plt.get_fignums())\nplt.close()', 'print(plt.get_fignums(), fig.axes[0] is ax, fig.number, len(ax.lines))')
case('closed figure', 'import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.close("all")', 'print(plt.get_fignums())\nax.set_title("t")\nprint(ax.figure is fig)', 'import io\nb = io.BytesIO(); fig.savefig(b, format="png"); print(len(b.getvalue()) > 100, ax.get_title(), type(fig.canvas).__name__, plt.get_fignums())')
case('warnings filter', 'import warnings\nwarnings.simplefilter("error")', 'try:\n    warnings.warn("x")\nexcept UserWarning as e:\n    print("raised", e)\nwarnings.simplefilter("ignore")', 'warnings.warn("no")\nprint("ok", warnings.filters[0])')
case('warning once', 'import warnings\ndef f():\n    warnings.warn("deprecated thing")\nf()', 'f()', 'f()\nwarnings.warn("other")')
case('warning once in library', 'import statistics, warnings\nwarnings.simplefilter("default")\nimport colorsys\nexec("import warnings\\ndef w(): warnings.warn(\\"lib\\")", colorsys.__dict__)\ncolorsys.w()', 'colorsys.w()', 'print("end")')
case('showwarning', 'import warnings\nwarnings.showwarning = lambda m, c, *a, **k: print("shown", m)', 'warnings.warn("a")')
case('monkey patch', 'import colorsys\noriginal = colorsys.rgb_to_hsv\ncolorsys.rgb_to_hsv = lambda *a: ("patched", original(*a))', 'print(colorsys.rgb_to_hsv(1, 1, 1))',
     'import colorsys as c\nprint(c.rgb_to_hsv(0, 0, 0), c.rgb_to_hsv is original)\ncolorsys.rgb_to_hsv = original', 'print(colorsys.rgb_to_hsv(1, 1, 1), colorsys.rgb_to_hsv is original)')
case('patched class', 'import statistics\nclass W(statistics.NormalDist): pass\nstatistics.NormalDist = W', 'print(statistics.NormalDist is W, W.__mro__[1].__name__)')
case('method on library class', 'import pandas as pd\npd.DataFrame.twice = lambda self: self * 2\ndf = pd.DataFrame({"a": [1]})', 'print(df.twice())', 'del pd.DataFrame.twice', 'print(hasattr(df, "twice"))')
case('accessor', 'import pandas as pd\n@pd.api.extensions.register_dataframe_accessor("geo")\nclass Geo:\n    def __init__(self, o): self.o = o\n    def n(self): return len(self.o)\ndf = pd.DataFrame({"a": [1, 2]})', 'print(df.geo.n())')
WORKSPACE = '''
import os, sys, tempfile
d = tempfile.mkdtemp()
sys.path.insert(0, d)
open(d + '/cb_store.py', 'w').write("""
print('importing store')
items = []
count = 0
def add(x):
    global count
    count += 1
    items.append(x)
class Thing:
    made = 0
    def __init__(self): Thing.made += 1
""")
open(d + '/cb_user.py', 'w').write("""
from cb_store import Thing, add
import cb_store as s
def use(): add('used'); return Thing(), s.count
""")
'''
case('workspace module', WORKSPACE, 'import cb_store\ncb_store.add("one")\nmine = cb_store.items', 'from cb_store import add, items\nadd("two")',
     'print(cb_store.count, items, mine is cb_store.items)', 'import cb_store as again\nt = again.Thing()', 'print(again.Thing.made, isinstance(t, cb_store.Thing), cb_store is again)',
     'cb_store.count = 50\nadd("three")', 'import sys\nprint(cb_store.count, mine, "cb_store" in sys.modules)', 'import shutil; shutil.rmtree(d)')
case('workspace modules together', WORKSPACE, 'from cb_user import use', 't, n = use()\nprint(n)', 'import cb_user, cb_store\nprint(type(t) is cb_store.Thing, cb_user.Thing is cb_store.Thing, use()[1], cb_store.items)', 'import shutil; shutil.rmtree(d)')
case('module rewritten', WORKSPACE, 'import sys\nsys.dont_write_bytecode = True\nimport cb_user', 'open(d + "/cb_user.py", "w").write("def use(): return 2\\nEXTRA = 1\\n")', 'print(cb_user.use()[1])', 'import importlib\nimportlib.reload(cb_user)', 'print(cb_user.use(), cb_user.EXTRA)\nimport shutil; shutil.rmtree(d)')
case('module by hand', 'import types, sys\nm = types.ModuleType("handmade")\nm.x = [1]\nsys.modules["handmade"] = m', 'import handmade\nhandmade.x.append(2)\nprint(handmade is m)', 'print(m.x, handmade.x is m.x)')
case('module not registered', 'import types\nm = types.ModuleType("loose")\nm.x = 1\nm.f = lambda: m.x', 'm.x = 2\nprint(m, m.f())', 'print(m.x)')
case('silent import', 'import this', 'import this\nprint("quiet")')
case('signal handler', 'import signal, os\ndef h(n, f): print("got", n)\nsignal.signal(signal.SIGUSR1, h)', 'os.kill(os.getpid(), signal.SIGUSR1)', 'print(signal.getsignal(signal.SIGUSR1) is h)')
case('excepthook', 'import sys\ndef hook(*a): print("hook")\nsys.excepthook = hook', 'print(sys.excepthook is hook)')
case('builtins added', 'import builtins\nbuiltins.shared = [1]', 'shared.append(2)\nprint(shared)', reads={})
case('ambient nothing written', 'import numpy as np, pandas as pd, matplotlib.pyplot as plt\nx = 1', 'print(x)', writes={1: []})
case('sns set', 'import matplotlib.pyplot as plt\nplt.ion()', 'print(plt.isinteractive())')
case('query local', 'import pandas as pd\nlimit = 1\ndf = pd.DataFrame({"a": [1, 2]})', 'def f():\n    lim = 0\n    return df.query("a > @lim and a > @limit")\nprint(f(), df.eval("a + @limit").tolist())')
case('a component that cannot be loaded is said, once', """
def fail(): raise ValueError('not here')
class Bad:
    def __reduce__(self): return fail, ()
    def __call__(self, *args): pass
import sys
sys.excepthook = Bad()
""", 'x = 1', 'x', prints="""--- cell 0
--- cell 1
!! ambient ('hooks', UncopyableValue('`@a:hooks` cannot be brought into this cell: ValueError: not here. Create it in the cell that uses it.'))
--- cell 2
!! ambient ('hooks', UncopyableValue('`@a:hooks` cannot be brought into this cell: ValueError: not here. Create it in the cell that uses it.'))
""", uncopyable={0: [], 1: ["@a:another cell's hooks"], 2: []})
