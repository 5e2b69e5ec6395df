import importlib.abc
import importlib.machinery
import importlib.util
import marshal
import sys
import _cellblock

PACKAGE = 'cellblock_agent'


class Embedded(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the package's modules in the agent's binary."""

    def find_spec(self, name, path=None, target=None):
        if name == PACKAGE:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        if name.startswith(PACKAGE + '.') and name[len(PACKAGE) + 1:] in _cellblock.modules:
            return importlib.machinery.ModuleSpec(name, self)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__ == PACKAGE:
            return
        name = module.__name__[len(PACKAGE) + 1:]
        source, code = _cellblock.modules[name]
        module.__file__ = '<cellblock>/%s.py' % name
        if _cellblock.magic == importlib.util.MAGIC_NUMBER:
            exec(marshal.loads(code), module.__dict__)
        else:
            exec(compile(source, module.__file__, 'exec'), module.__dict__)


sys.meta_path.insert(0, Embedded())
from cellblock_agent import main
main.zygote()
