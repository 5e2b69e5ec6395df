"""Ambient state: what cells leave behind in the interpreter outside any variable.

Each component has a cheap fingerprint, taken in the zygote (baseline), after a component was applied, and when the cell is over;
only where it differs is the state captured and written. Components whose values hold objects that variables may share (open
figures, log handlers, modules of the workspace) are groups like those of variables; the rest are plain values.
"""
import builtins
import gc
import locale
import logging
import os
import signal
import sys
import time
import types
import warnings

import _cellblock
from cellblock_agent import imports, pickler, registries

#: components in the order in which they are applied
components = {}
#: components whose objects may be shared with variables, and may be changed in place
OBJECTS = ('modules', 'pyplot', 'logging', 'ipython')

_fingerprints = {}
_base = {}
_values = {}
_shell = None


def component(name, needs=None):
    """Register a class with fingerprint(), capture() and apply(value)."""
    def register(cls):
        made = cls()
        made.name, made.needs = name, needs
        components[name] = made
        return cls
    return register


def captured():
    return bool(_fingerprints)


def baseline(shell=None):
    """Once, in the zygote, when everything is imported."""
    global _shell
    if shell is None and 'IPython' in sys.modules:
        shell = sys.modules['IPython'].get_ipython()
    _shell = shell
    components['ipython'].settle()
    pickler.index_modules()
    imports.baseline()
    registries.baseline()
    registries.keep()
    for made in components.values():
        if made.needs is None or made.needs in sys.modules:
            _fingerprints[made.name] = made.fingerprint()
    for made in components.values():
        if made.name in _fingerprints and hasattr(made, 'keep'):
            _base[made.name] = made.keep()


def refresh():
    """At the start of a cell, before values are applied: what differs for every process anew."""
    for name in ('signals', 'ipython', 'cwd', 'environ', 'path', 'umask', 'interpreter', 'hooks', 'builtins'):
        if name in _fingerprints:
            _fingerprints[name] = components[name].fingerprint()
    for made in components.values():
        if made.needs is not None and made.name not in _fingerprints and made.needs not in sys.modules:
            imports.after_import(made.needs, lambda made=made: _note(made))


def _note(made):
    """A library has just been imported: its state now is no change made by the cell."""
    try:
        _fingerprints.setdefault(made.name, made.fingerprint())
        if hasattr(made, 'keep'):
            _base.setdefault(made.name, made.keep())
    except Exception as error:
        _report(made.name, error)


def waits_for(name):
    """The module without whose import a component means nothing; None when it is there already, or for the others."""
    made = components.get(name)
    return made.needs if made is not None and made.needs is not None and made.needs not in sys.modules else None


def apply(values):
    """Bring the process to the state that earlier cells left."""
    for made in components.values():
        if made.name not in values:
            continue
        if made.needs is not None and made.needs not in sys.modules:
            imports.after_import(made.needs, lambda made=made: _apply_one(made, values[made.name]))
        else:
            _apply_one(made, values[made.name])
    for name in values:
        if name.startswith('patch:'):
            imports.apply_patches(name[6:], values[name])
        elif name.startswith('library:'):
            registries.apply(name[8:], values[name])


def _apply_one(made, value):
    _values[made.name] = value
    try:
        made.apply(value)
    except Exception as error:
        _report(made.name, error)
    _fingerprints[made.name] = made.fingerprint()


def changes():
    """{component: value} of those whose state differs from what it was when the cell started."""
    found = {}
    for made in components.values():
        if made.needs is not None and made.needs not in sys.modules:
            continue
        try:
            now = made.fingerprint()
            before = _fingerprints.get(made.name)
            if now != before and not (before is None and made.name not in _fingerprints and not made.differs()):
                found[made.name] = made.capture()
        except Exception as error:
            _report(made.name, error)
    found.update(imports.patches())
    found.update(registries.changes())
    return found


#: what went wrong with a component, for the tests: [(name, exception)]
problems = []


def _report(name, error):
    problems.append((name, error))


class Component:
    def differs(self):
        """For a component whose module was loaded by this cell: whether it is worth writing."""
        return True

    def capture(self):
        return self.fingerprint()


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
        value = _values['modules'] = imports.ModuleSet(imports.stateful())
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
        before = _fingerprints['hooks']
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
        now, base = self.fingerprint(), _base['builtins']
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
        return (list(_real_filters()), registries, dict(warnings.onceregistry), version,
                [getattr(warnings, name) for name in self.names])

    def capture(self):
        filters, registries, once, version, hooks = self.fingerprint()
        base = _base['warnings']
        hooks = {name: hook for name, hook in zip(self.names, hooks) if base[name] is not hook}
        return filters, registries, once, version, hooks

    def apply(self, value):
        filters, registries, once, version, hooks = value
        # Not _filters_mutated() here: a version that differs would empty every registry.
        _real_filters()[:] = filters
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


def _real_filters():
    return hidden_filters[-1] if hidden_filters else warnings.filters


_hushed = []            # what logging.disable() was before values.quiet()


def hush_logging():
    """Handlers keep streams of their own, so where there are any, loggers are disabled while values travel."""
    if _hushed or not logging.root.handlers and 'logging' not in _values:
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
        base = {entry[0]: entry for entry in (_fingerprints['logging'] or [[]])[0]}
        base = base if 'logging' not in _values else {}
        kept = {}
        for name, g in self._loggers():
            entry = (name, g.level, g.propagate, g.disabled, [id(h) for h in g.handlers], [id(f) for f in g.filters])
            plain = not (g.level or g.handlers or g.filters or not g.propagate or g.disabled)
            if base.get(name) != entry and not (plain and name not in _base['logging']):
                kept[name] = (g.level, g.propagate, g.disabled, list(g.handlers), list(g.filters))
        value = {'loggers': kept, 'disable': _disabled_level(), 'raise': logging.raiseExceptions,
                 'levels': dict(logging._levelToName)}
        for name in _base['logging'] - kept.keys() - base.keys():
            pass
        _values['logging'] = value
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


# ---- numpy, pandas, matplotlib ----

@component('numpy.random', 'numpy.random')
class NumpyRandom(Component):
    def fingerprint(self):
        state = sys.modules['numpy.random'].get_state(legacy=False)
        inner = state['state']
        return (state['bit_generator'], inner['pos'] if 'pos' in inner else repr(inner),
                inner['key'].tobytes() if 'key' in inner else None, state.get('has_gauss'), state.get('gauss'))

    def capture(self):
        return sys.modules['numpy.random'].get_state(legacy=False)

    def apply(self, value):
        sys.modules['numpy.random'].set_state(value)

    def differs(self):
        return True


@component('numpy', 'numpy')
class Numpy(Component):
    def fingerprint(self):
        numpy = sys.modules['numpy']
        options = sys.modules['numpy.core.arrayprint']
        return dict(options._format_options), numpy.geterr(), numpy.geterrcall(), numpy.getbufsize()

    def apply(self, value):
        numpy = sys.modules['numpy']
        sys.modules['numpy.core.arrayprint']._format_options.update(value[0])
        legacy = value[0].get('legacy', sys.maxsize)
        if legacy not in (False, sys.maxsize):
            numpy.set_printoptions(legacy='1.%d' % (legacy % 100))
        numpy.seterr(**value[1])
        numpy.seterrcall(value[2])
        numpy.setbufsize(value[3])

    def differs(self):
        return False


@component('pandas', 'pandas')
class Pandas(Component):
    def _config(self):
        return sys.modules['pandas._config.config']

    def fingerprint(self):
        flat = {}
        stack = [('', self._config()._global_config)]
        while stack:
            prefix, level = stack.pop()
            for key, value in level.items():
                if type(value) is dict and prefix + key not in self._registered():
                    stack.append((prefix + key + '.', value))
                else:
                    flat[prefix + key] = value
        return flat

    def _registered(self):
        return self._config()._registered_options

    def keep(self):
        return self.fingerprint()

    def capture(self):
        base = _base.get('pandas', {})
        changed = {key: value for key, value in self.fingerprint().items() if key not in base or base[key] is not value}
        before = _values.get('pandas', {})
        now = self.fingerprint()
        changed.update((key, now[key]) for key in before if key in now)
        _values['pandas'] = changed
        return changed

    def apply(self, value):
        config = self._config()
        for key, item in value.items():
            root, name = config._get_root(key)
            if root.get(name, self) is item:
                continue
            option = config._registered_options.get(key)
            root[name] = item
            if option is not None and option.cb:
                option.cb(key)

    def differs(self):
        return False


@component('matplotlib', 'matplotlib')
class Matplotlib(Component):
    def _raw(self):
        return dict(dict.items(sys.modules['matplotlib'].rcParams), cellblock_pyplot=self._pyplot())

    def _pyplot(self):
        """The backend that pyplot has switched to, by its own rcParams: reload(matplotlib) parts them from the module's."""
        pyplot = sys.modules.get('matplotlib.pyplot')
        params = getattr(pyplot, 'rcParams', None)
        if params is None or params is sys.modules['matplotlib'].rcParams:
            return None
        backend = dict.get(params, 'backend')
        return backend if type(backend) is str else None

    def fingerprint(self):
        return {key: list(value) if type(value) is list else value for key, value in self._raw().items()}

    def capture(self):
        return self._raw()

    def apply(self, value):
        matplotlib = sys.modules['matplotlib']
        value = dict(value)             # it is the group's, which must not change by being applied
        backend = value.pop('backend', None)
        backend = value.pop('cellblock_pyplot', None) or backend
        dict.update(matplotlib.rcParams, value)
        now = dict.get(matplotlib.rcParams, 'backend')
        if type(backend) is str and backend != now:
            pyplot = sys.modules.get('matplotlib.pyplot')
            if pyplot is not None:
                pyplot.switch_backend(backend)
            dict.__setitem__(matplotlib.rcParams, 'backend', backend)

    def differs(self):
        return False


@component('pyplot', 'matplotlib.pyplot')
class Pyplot(Component):
    """Figures that stay open from cell to cell, and which of them is the current one."""

    def _managers(self):
        return sys.modules['matplotlib._pylab_helpers'].Gcf.figs

    def fingerprint(self):
        return [(number, id(manager.canvas.figure)) for number, manager in self._managers().items()]

    def capture(self):
        value = _values['pyplot'] = [(number, manager.canvas.figure) for number, manager in self._managers().items()]
        return value

    def apply(self, value):
        pyplot, helpers = sys.modules['matplotlib.pyplot'], sys.modules['matplotlib._pylab_helpers']
        helpers.Gcf.figs.clear()
        parameters = sys.modules['matplotlib'].rcParams
        interactive = parameters['interactive']
        dict.__setitem__(parameters, 'interactive', False)      # else some managers show themselves at once
        try:
            for number, figure in value:
                backend = pyplot._get_backend_mod() if hasattr(pyplot, '_get_backend_mod') else pyplot._backend_mod
                manager = backend.new_figure_manager_given_figure(number, figure)
                helpers.Gcf._set_new_active_manager(manager)
        finally:
            dict.__setitem__(parameters, 'interactive', interactive)
        inline = sys.modules.get('matplotlib_inline.backend_inline')
        if inline is not None:          # they were shown by the cells that drew them
            inline.show._to_draw, inline.show._draw_called = [], False

    def differs(self):
        return bool(self._managers())


class _Attribute(Component):
    """A library's setting that is an attribute of one of its classes or modules: (module, path to the owner, name)."""

    places = ()

    def _owners(self):
        for module, path, name in self.places:
            owner = sys.modules.get(module)
            for part in path:
                owner = getattr(owner, part, None)
            if owner is not None:
                yield owner, name

    def fingerprint(self):
        return [_copy(vars(owner).get(name, _ABSENT)) for owner, name in self._owners()]

    def apply(self, value):
        for (owner, name), item in zip(self._owners(), value):
            if item == _ABSENT:
                if name in vars(owner):
                    delattr(owner, name)
            elif type(item) is dict and type(vars(owner).get(name)) is dict:
                vars(owner)[name].clear()
                vars(owner)[name].update(item)
            else:
                setattr(owner, name, item)

    def differs(self):
        return False


_ABSENT = '<absent>'


@component('sympy', 'sympy.interactive.printing')
class Sympy(_Attribute):
    """What init_printing() sets."""
    places = (('sympy.core._print_helpers', ('Printable',), '_repr_latex_'), ('sympy.core._print_helpers', ('Printable',), '_repr_png_'),
              ('sympy.core._print_helpers', ('Printable',), '_repr_svg_'), ('sympy.printing.printer', ('Printer',), '_global_settings'),
              ('sympy.printing.pretty.pretty_symbology', (), '_use_unicode'))


@component('sklearn', 'sklearn._config')
class Sklearn(_Attribute):
    """What sklearn.set_config() sets, in every thread and in this one."""
    places = (('sklearn._config', (), '_global_config'), ('sklearn._config', ('_threadlocal',), 'global_config'))


@component('matplotlib.units', 'matplotlib.units')
class Units(Component):
    """Converters that libraries register for their types."""

    def fingerprint(self):
        return {kind: made for kind, made in sys.modules['matplotlib.units'].registry.items()
                if not type(made).__module__.startswith('matplotlib.')}

    def apply(self, value):
        registry = sys.modules['matplotlib.units'].registry
        for kind in self.fingerprint().keys() - value.keys():
            del registry[kind]
        registry.update(value)

    def differs(self):
        return False


# ---- IPython ----

_NOT_SETTINGS = ('display_page', 'ipython_dir', 'singleton_printers', 'type_printers', 'deferred_printers')


@component('ipython')
class IPython(Component):
    """What magics and registrations change in the shell."""

    def fingerprint(self):
        if _shell is None:
            return None
        return [self._traits(), self._tables(), self._lists()]

    def _configurables(self):
        seen = set()
        formatters = getattr(_shell.display_formatter, 'formatters', {})
        for item in [_shell, *_shell.configurables, _shell.display_formatter, *formatters.values()]:
            if id(item) not in seen:
                seen.add(id(item))
                yield item
        inline = sys.modules.get('matplotlib_inline.config')
        if inline is not None and inline.InlineBackend.initialized():
            if id(inline.InlineBackend.instance()) not in seen:
                yield inline.InlineBackend.instance()

    _names = {}

    def _settings(self, kind):
        names = self._names.get(kind)
        if names is None:
            names = self._names[kind] = [name for name in kind.class_trait_names(config=True)
                                         if name not in _NOT_SETTINGS]
        return names

    def settle(self):
        """Make traitlets' lazy defaults, so that looking at a setting is no change of it."""
        for item in self._configurables() if _shell is not None else ():
            for name in self._settings(type(item)):
                _try(getattr, item, name)

    def _traits(self):
        found, base = {}, _base.get('ipython')
        for item in self._configurables():
            kind = type(item)
            values = item._trait_values
            key = (kind.__module__, kind.__qualname__, getattr(item, 'format_type', None))
            found[key] = {name: _copy(values[name]) for name in self._settings(kind) if name in values}
            if base is not None and key not in base[0]:
                found[key] = {name: value for name, value in found[key].items() if not _is_default(item, name, value)}
        return {key: traits for key, traits in found.items() if traits}

    _deferred = {}      # (mime, module, name) -> printer, of all deferred printers ever seen

    def _tables(self):
        """Dictionaries that magics and users fill."""
        found = {'magic.line': dict(_shell.magics_manager.magics['line']),
                 'magic.cell': dict(_shell.magics_manager.magics['cell']), 'extensions': set(_shell.extension_manager.loaded)}
        formatters = dict(_shell.display_formatter.formatters)
        formatters['@display'] = _shell.display_formatter.ipython_display_formatter
        formatters['@bundle'] = _shell.display_formatter.mimebundle_formatter
        for mime, formatter in formatters.items():
            deferred, types_ = dict(formatter.deferred_printers), dict(formatter.type_printers)
            for kind, printer in formatter.type_printers.items():
                # A formatter moves an entry from one table to the other when it first meets such an object.
                name = getattr(kind, '__module__', None), getattr(kind, '__name__', None)
                if self._deferred.get((mime,) + name) is printer and name not in deferred:
                    deferred[name] = types_.pop(kind)
            self._deferred.update(((mime,) + name, printer) for name, printer in deferred.items())
            found[mime + ':singleton_printers'] = dict(formatter.singleton_printers)
            found[mime + ':type_printers'], found[mime + ':deferred_printers'] = types_, deferred
        return found

    def _lists(self):
        events = {name: list(calls) for name, calls in _shell.events.callbacks.items()}
        return {'events': events, 'custom': (_shell.custom_exceptions, _shell.CustomTB if _shell.custom_exceptions else None),
                'ast': list(_shell.ast_transformers), 'post': list(_shell.input_transformers_post),
                'cleanup': list(_shell.input_transformer_manager.cleanup_transforms),
                'config': {name: dict(section) for name, section in _shell.config.items() if isinstance(section, dict)},
                'xmode': _shell.InteractiveTB.mode, 'dirs': list(_shell.history_manager.dir_hist)}

    def keep(self):
        return self.fingerprint()

    def capture(self):
        base = _base.get('ipython')
        if base is None:
            return None
        now = self.fingerprint()
        value = {'traits': {}, 'tables': {}, 'lists': {}}
        for key, traits in now[0].items():
            before = base[0].get(key, {})
            changed = {name: item for name, item in traits.items() if name not in before or before[name] != item}
            if changed:
                value['traits'][key] = changed
        for key, table in now[1].items():
            before = base[1].get(key, {})
            if type(table) is set:
                value['tables'][key] = (table - before, before - table)
            else:
                value['tables'][key] = ({k: v for k, v in table.items() if k not in before or before[k] is not v and before[k] != v},
                                        [k for k in before if k not in table])
        for key, item in now[2].items():
            if key == 'events':
                item = {name: calls for name, calls in item.items() if calls != base[2][key].get(name)}
            elif key == 'config':       # what %config set for parts that do not exist yet
                item = {name: section for name, section in item.items() if section != base[2][key].get(name)}
                if not item:
                    continue
            if item != base[2][key]:
                value['lists'][key] = item
        _values['ipython'] = value
        return value

    def apply(self, value):
        if value is None or _shell is None:
            return
        if any(key[1] == 'InlineBackend' for key in value['traits']):
            from matplotlib_inline.config import InlineBackend
            InlineBackend.instance(parent=_shell)
        items = {(type(i).__module__, type(i).__qualname__, getattr(i, 'format_type', None)): i for i in self._configurables()}
        for key, traits in value['traits'].items():
            for name, setting in traits.items():
                if key in items:
                    _try(setattr, items[key], name, setting)
        self._apply_tables(value['tables'])
        for key, item in value['lists'].items():
            self._apply_list(key, item)

    def _apply_tables(self, tables):
        formatters = dict(_shell.display_formatter.formatters)
        formatters['@display'] = _shell.display_formatter.ipython_display_formatter
        formatters['@bundle'] = _shell.display_formatter.mimebundle_formatter
        for key, (added, removed) in tables.items():
            if key == 'extensions':
                _shell.extension_manager.loaded |= added
                continue
            if key.startswith('magic.'):
                target = _shell.magics_manager.magics[key[6:]]
            else:
                mime, _, table = key.rpartition(':')
                if mime not in formatters:
                    continue
                target = getattr(formatters[mime], table)
            for name in removed:
                target.pop(name, None)
            target.update(added)

    def _apply_list(self, key, item):
        if key == 'events':
            for name, calls in item.items():
                _shell.events.callbacks[name][:] = calls
        elif key == 'config':
            _shell.update_config(type(_shell.config)(item))
        elif key == 'custom':
            if item[0]:
                _shell.custom_exceptions, _shell.CustomTB = item
        elif key == 'ast':
            _shell.ast_transformers = item
        elif key == 'post':
            _shell.input_transformers_post = item
        elif key == 'cleanup':
            _shell.input_transformer_manager.cleanup_transforms[:] = item
        elif key == 'xmode':
            _shell.InteractiveTB.set_mode(item)
        elif key == 'dirs':
            _shell.history_manager.dir_hist[:] = item


def _is_default(item, name, value):
    try:
        return item.traits()[name].default(item) == value
    except Exception:
        return False


def _copy(value):
    return list(value) if type(value) is list else dict(value) if type(value) is dict else value


def _try(function, *args):
    try:
        function(*args)
    except Exception:
        pass
