"""Ambient state of the process and of the standard library (ambient.py)."""
import builtins
import gc
import locale
import logging
import os
import signal
import sys
import time
import warnings

import _cellblock
from cellblock_agent import ambient, imports, pickler
from cellblock_agent.ambient import Component, component

# ---- the process ----

@component('cwd')
class Directory(Component):
    def fingerprint(self):
        try:
            return os.getcwd()
        except OSError:
            return None

    def apply(self, value):
        if value is not None:
            os.chdir(value)


@component('environ')
class Environment(Component):
    def fingerprint(self):
        return dict(os.environ._data)

    def apply(self, value):
        for key in list(os.environ._data):
            if key not in value:
                del os.environ[os.fsdecode(key)]
        for key, text in value.items():
            if os.environ._data.get(key) != text:
                os.environ[os.fsdecode(key)] = os.fsdecode(text)


@component('umask')
class Umask(Component):
    def fingerprint(self):
        now = os.umask(0o22)
        os.umask(now)
        return now

    def apply(self, value):
        os.umask(value)


@component('path')
class Path(Component):
    def fingerprint(self):
        return list(sys.path), list(sys.argv)

    def apply(self, value):
        sys.path[:], sys.argv[:] = value


@component('interpreter')
class Interpreter(Component):
    def fingerprint(self):
        return (sys.getrecursionlimit(), sys.get_int_max_str_digits(), sys.getswitchinterval(), gc.isenabled(),
                gc.get_threshold(), sys.dont_write_bytecode, sys.getprofile() is None)

    def apply(self, value):
        sys.setrecursionlimit(value[0])
        sys.set_int_max_str_digits(value[1])
        sys.setswitchinterval(value[2])
        (gc.enable if value[3] else gc.disable)()
        gc.set_threshold(*value[4])
        sys.dont_write_bytecode = value[5]


@component('locale')
class Locale(Component):
    def fingerprint(self):
        return locale.setlocale(locale.LC_ALL)

    def apply(self, value):
        locale.setlocale(locale.LC_ALL, value)


@component('timezone')
class TimeZone(Component):
    def fingerprint(self):
        return time.tzname, time.timezone

    def apply(self, value):
        time.tzset()


@component('modules')
class Modules(Component):
    """Modules of the workspace (and such as were made by hand): by value, never executed a second time."""

    def fingerprint(self):
        return [(name, id(module)) for name, module in imports.stateful()]

    def capture(self):
        value = ambient.applied['modules'] = imports.ModuleSet(imports.stateful())
        return value

    def apply(self, value):
        pass


@component('imports')
class Imports(Component):
    """Names that cells imported, so that importing them again shows nothing."""

    def fingerprint(self):
        return imports.imported()

    def apply(self, value):
        imports.carry(value)


@component('signals')
class Signals(Component):
    def fingerprint(self):
        found = {}
        for number in range(1, 32):
            try:
                handler = signal.getsignal(number)
            except ValueError:
                continue
            if handler is not None:
                found[number] = handler
        return found

    def apply(self, value):
        for number, handler in value.items():
            if signal.getsignal(number) is not handler and number not in (signal.SIGKILL, signal.SIGSTOP):
                signal.signal(number, handler)


@component('hooks')
class Hooks(Component):
    names = ('displayhook', 'excepthook', 'unraisablehook', 'breakpointhook')

    def fingerprint(self):
        return {name: getattr(sys, name) for name in self.names}

    def capture(self):
        before = ambient.fingerprints['hooks']
        return {name: value for name, value in self.fingerprint().items() if before.get(name) is not value}

    def apply(self, value):
        for name, hook in value.items():
            setattr(sys, name, hook)


@component('last')
class LastError(Component):
    """sys.last_type, sys.last_value and sys.last_traceback."""

    def fingerprint(self):
        return id(getattr(sys, 'last_value', None))

    def capture(self):
        return tuple(getattr(sys, name, None) for name in ('last_type', 'last_value', 'last_traceback'))

    def apply(self, value):
        sys.last_type, sys.last_value, sys.last_traceback = value


@component('builtins')
class Builtins(Component):
    volatile = ('_', 'display', 'get_ipython', '__builtins__', '__build_class__', '__debug__', '__spec__', '__loader__')

    def keep(self):
        return dict(builtins.__dict__)

    def fingerprint(self):
        space = dict(builtins.__dict__)
        for name in [name for name in space if name in self.volatile or name[:2] == '__']:
            del space[name]
        return space

    def capture(self):
        now, base = self.fingerprint(), ambient.kept['builtins']
        return ({name: value for name, value in now.items() if base.get(name, self) is not value},
                [name for name in base if name not in now and name not in self.volatile and name[:2] != '__'])

    def apply(self, value):
        for name, item in value[0].items():
            setattr(builtins, name, item)
        for name in value[1]:
            if hasattr(builtins, name):
                delattr(builtins, name)


# ---- the standard library ----

@component('random', 'random')
class Random(Component):
    def fingerprint(self):
        return sys.modules['random'].getstate()

    def apply(self, value):
        sys.modules['random'].setstate(value)


@component('decimal', 'decimal')
class Decimal(Component):
    def fingerprint(self):
        c = sys.modules['decimal'].getcontext()
        return (c.prec, c.rounding, c.Emin, c.Emax, c.capitals, c.clamp, [s for s, on in c.flags.items() if on],
                [s for s, on in c.traps.items() if on])

    def apply(self, value):
        decimal = sys.modules['decimal']
        decimal.setcontext(decimal.Context(*value[:6], flags=value[6], traps=value[7]))

    def differs(self):
        return self.fingerprint()[0] != 28


def _filters_version():
    """The counter that decides whether a __warningregistry__ is still valid; warn_explicit writes it into a registry."""
    registry, filters = {}, warnings.filters
    warnings.filters = [('ignore', None, Warning, None, 0)]
    try:
        warnings.warn_explicit('', UserWarning, '', 1, registry=registry)
    finally:
        warnings.filters = filters
    return registry.get('version', 0)


@component('warnings')
class Warnings(Component):
    names = ('showwarning', 'formatwarning', '_showwarnmsg_impl', 'defaultaction')

    def keep(self):
        return {name: getattr(warnings, name) for name in self.names}

    def _registries(self):
        found = {}
        for name, registry in _cellblock.modules_holding('__warningregistry__'):
            if name != '__main__' and registry and len(registry) > 1:
                found[name] = dict(registry)
        return found

    def fingerprint(self):
        registries = self._registries()
        user = pickler.context.user_ns.get('__warningregistry__')
        version = _filters_version() if registries or user else 0
        return (list(real_filters()), registries, dict(warnings.onceregistry), version,
                [getattr(warnings, name) for name in self.names])

    def capture(self):
        filters, registries, once, version, hooks = self.fingerprint()
        base = ambient.kept['warnings']
        hooks = {name: hook for name, hook in zip(self.names, hooks) if base[name] is not hook}
        return filters, registries, once, version, hooks

    def apply(self, value):
        filters, registries, once, version, hooks = value
        # Not _filters_mutated() here: a version that differs would empty every registry.
        real_filters()[:] = filters
        warnings.onceregistry.update(once)
        for name, hook in hooks.items():
            setattr(warnings, name, hook)
        for name, registry in registries.items():
            if name in sys.modules:
                sys.modules[name].__dict__.setdefault('__warningregistry__', {}).update(registry)
            else:
                imports.after_import(name, lambda name=name, registry=registry: sys.modules[name].__dict__.setdefault(
                    '__warningregistry__', {}).update(registry))
        if version:
            missing = version - _filters_version()
            for _ in range(min(max(missing, 0), 5000000)):
                warnings._filters_mutated()


#: set by values.quiet() while it has put another list into warnings.filters
hidden_filters = []


def real_filters():
    return hidden_filters[-1] if hidden_filters else warnings.filters


_hushed = []            # what logging.disable() was before values.quiet()


def hush_logging():
    """Handlers keep streams of their own, so where there are any, loggers are disabled while values travel."""
    if _hushed or not logging.root.handlers and 'logging' not in ambient.applied:
        return False
    _hushed.append(logging.root.manager.disable)
    logging.disable(1 << 30)
    return True


def unhush_logging():
    logging.disable(_hushed.pop())


def _disabled_level():
    return _hushed[0] if _hushed else logging.root.manager.disable


@component('logging')
class Logging(Component):
    """Levels, handlers and filters of loggers; handlers are objects that variables may share."""

    def _loggers(self):
        manager = logging.Logger.manager
        yield 'root', logging.root
        for name, logger in list(manager.loggerDict.items()):
            if isinstance(logger, logging.Logger):
                yield name, logger

    def fingerprint(self):
        loggers = [(name, g.level, g.propagate, g.disabled, [id(h) for h in g.handlers], [id(f) for f in g.filters])
                   for name, g in self._loggers() if g.level or g.handlers or g.filters or not g.propagate or g.disabled]
        handlers = [(id(h), h.level, id(h.formatter)) for _, g in self._loggers() for h in g.handlers]
        return loggers, handlers, _disabled_level(), logging.raiseExceptions, len(logging._levelToName)

    def keep(self):
        return {entry[0] for entry in self.fingerprint()[0]}

    def capture(self):
        base = {entry[0]: entry for entry in (ambient.fingerprints['logging'] or [[]])[0]}
        base = base if 'logging' not in ambient.applied else {}
        kept = {}
        for name, g in self._loggers():
            entry = (name, g.level, g.propagate, g.disabled, [id(h) for h in g.handlers], [id(f) for f in g.filters])
            plain = not (g.level or g.handlers or g.filters or not g.propagate or g.disabled)
            if base.get(name) != entry and not (plain and name not in ambient.kept['logging']):
                kept[name] = (g.level, g.propagate, g.disabled, list(g.handlers), list(g.filters))
        value = {'loggers': kept, 'disable': _disabled_level(), 'raise': logging.raiseExceptions,
                 'levels': dict(logging._levelToName)}
        ambient.applied['logging'] = value
        return value

    def apply(self, value):
        for name, (level, propagate, disabled, handlers, filters) in value['loggers'].items():
            logger = logging.root if name == 'root' else logging.getLogger(name)
            logger.level = level
            logger.propagate, logger.disabled = propagate, disabled
            logger.handlers[:] = handlers
            logger.filters[:] = filters
            for handler in handlers:
                logging._addHandlerRef(handler)
        if _hushed:
            _hushed[0] = value['disable']
        else:
            logging.root.manager.disable = value['disable']
        logging.raiseExceptions = value['raise']
        for number, text in value['levels'].items():
            if logging._levelToName.get(number) != text:
                logging.addLevelName(number, text)
        logging.root.manager._clear_cache()
