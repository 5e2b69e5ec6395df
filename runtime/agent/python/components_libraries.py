"""Ambient state of numpy, pandas, matplotlib, sympy and scikit-learn (ambient.py)."""
import sys

from cellblock_agent import ambient
from cellblock_agent.ambient import Component, component


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
        base = ambient.kept.get('pandas', {})
        changed = {key: value for key, value in self.fingerprint().items() if key not in base or base[key] is not value}
        before = ambient.applied.get('pandas', {})
        now = self.fingerprint()
        changed.update((key, now[key]) for key in before if key in now)
        ambient.applied['pandas'] = changed
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
        value = ambient.applied['pyplot'] = [(number, manager.canvas.figure) for number, manager in self._managers().items()]
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
        return [ambient.copy(vars(owner).get(name, _ABSENT)) for owner, name in self._owners()]

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


@component('matplotlib.colormaps', 'matplotlib.cm')
class ColourMaps(Component):
    """Colour maps that the notebook, or a library it called, has registered. A map is one of the image's as long as it is the same object."""

    def _maps(self):
        return sys.modules['matplotlib.cm']._colormaps._cmaps

    def keep(self):
        return dict(self._maps())

    def fingerprint(self):
        base, maps = ambient.kept.get('matplotlib.colormaps'), self._maps()
        if base is None:                # not noted yet: what there is now is the library's own
            return {}
        return {name: maps.get(name) for name in maps.keys() | base.keys() if maps.get(name) is not base.get(name)}

    def apply(self, value):
        maps = self._maps()
        maps.clear()
        maps.update(ambient.kept['matplotlib.colormaps'])
        for name, made in value.items():
            if made is None:            # unregistered
                maps.pop(name, None)
            else:
                maps[name] = made

    def differs(self):
        return bool(self.fingerprint())
