"""Libraries that look names up in their caller's globals directly, past the hook: they load what they ask for first."""
import sys

import _cellblock
from cellblock_agent import imports

_namespace = None


def install(namespace):
    global _namespace
    first = _namespace is None
    _namespace = namespace
    if not first:
        return
    for module, patch in (('pandas.core.computation.scope', _pandas), ('patsy.eval', _patsy), ('numexpr.necompiler', _numexpr)):
        if module in sys.modules:
            patch()
        else:
            imports.after_import(module, patch)


def _pandas():
    scope = sys.modules['pandas.core.computation.scope'].Scope
    original = scope.resolve

    def resolve(self, key, is_local):
        if is_local and key not in self.scope and self.scope.get('__builtins__') is _namespace.hook and _namespace.pending(key):
            _namespace.load((key,))
            if key in _namespace.user_ns:
                self.scope.maps[-1][key] = _namespace.user_ns[key]
        return original(self, key, is_local)
    scope.resolve = resolve


def _patsy():
    lookup = sys.modules['patsy.eval'].VarLookupDict
    original = lookup.__getitem__

    def getitem(self, key):
        if _namespace.pending(key) and any(d is _namespace.user_ns for d in self._dicts):
            _namespace.load((key,))
        return original(self, key)
    lookup.__getitem__ = getitem


def _numexpr():
    module = sys.modules['numexpr.necompiler']

    def before(names, *args, **keywords):
        _namespace.load(names)
    module.getArguments = _cellblock.wrap(module.getArguments, before)
    imports.own_change('numexpr.necompiler', 'getArguments')
