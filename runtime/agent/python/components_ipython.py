"""Ambient state of IPython's shell (ambient.py)."""
import sys

from cellblock_agent import ambient
from cellblock_agent.ambient import Component, component

_NOT_SETTINGS = ('display_page', 'ipython_dir', 'singleton_printers', 'type_printers', 'deferred_printers')


@component('ipython')
class IPython(Component):
    """What magics and registrations change in the shell."""

    def fingerprint(self):
        if ambient.the_shell is None:
            return None
        return [self._traits(), self._tables(), self._lists()]

    def _configurables(self):
        seen = set()
        formatters = getattr(ambient.the_shell.display_formatter, 'formatters', {})
        for item in [ambient.the_shell, *ambient.the_shell.configurables, ambient.the_shell.display_formatter, *formatters.values()]:
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
        for item in self._configurables() if ambient.the_shell is not None else ():
            for name in self._settings(type(item)):
                _try(getattr, item, name)

    def _traits(self):
        found, base = {}, ambient.kept.get('ipython')
        for item in self._configurables():
            kind = type(item)
            values = item._trait_values
            key = (kind.__module__, kind.__qualname__, getattr(item, 'format_type', None))
            found[key] = {name: ambient.copy(values[name]) for name in self._settings(kind) if name in values}
            if base is not None and key not in base[0]:
                found[key] = {name: value for name, value in found[key].items() if not _is_default(item, name, value)}
        return {key: traits for key, traits in found.items() if traits}

    _deferred = {}      # (mime, module, name) -> printer, of all deferred printers ever seen

    def _tables(self):
        """Dictionaries that magics and users fill."""
        found = {'magic.line': dict(ambient.the_shell.magics_manager.magics['line']),
                 'magic.cell': dict(ambient.the_shell.magics_manager.magics['cell']), 'extensions': set(ambient.the_shell.extension_manager.loaded)}
        formatters = dict(ambient.the_shell.display_formatter.formatters)
        formatters['@display'] = ambient.the_shell.display_formatter.ipython_display_formatter
        formatters['@bundle'] = ambient.the_shell.display_formatter.mimebundle_formatter
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
        events = {name: list(calls) for name, calls in ambient.the_shell.events.callbacks.items()}
        return {'events': events, 'custom': (ambient.the_shell.custom_exceptions,
                                             ambient.the_shell.CustomTB if ambient.the_shell.custom_exceptions else None),
                'ast': list(ambient.the_shell.ast_transformers), 'post': list(ambient.the_shell.input_transformers_post),
                'cleanup': list(ambient.the_shell.input_transformer_manager.cleanup_transforms),
                'config': {name: dict(section) for name, section in ambient.the_shell.config.items() if isinstance(section, dict)},
                'xmode': ambient.the_shell.InteractiveTB.mode, 'dirs': list(ambient.the_shell.history_manager.dir_hist)}

    def keep(self):
        return self.fingerprint()

    def capture(self):
        base = ambient.kept.get('ipython')
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
        ambient.applied['ipython'] = value
        return value

    def apply(self, value):
        if value is None or ambient.the_shell is None:
            return
        if any(key[1] == 'InlineBackend' for key in value['traits']):
            from matplotlib_inline.config import InlineBackend
            InlineBackend.instance(parent=ambient.the_shell)
        items = {(type(i).__module__, type(i).__qualname__, getattr(i, 'format_type', None)): i for i in self._configurables()}
        for key, traits in value['traits'].items():
            for name, setting in traits.items():
                if key in items:
                    _try(setattr, items[key], name, setting)
        self._apply_tables(value['tables'])
        for key, item in value['lists'].items():
            self._apply_list(key, item)

    def _apply_tables(self, tables):
        formatters = dict(ambient.the_shell.display_formatter.formatters)
        formatters['@display'] = ambient.the_shell.display_formatter.ipython_display_formatter
        formatters['@bundle'] = ambient.the_shell.display_formatter.mimebundle_formatter
        for key, (added, removed) in tables.items():
            if key == 'extensions':
                ambient.the_shell.extension_manager.loaded |= added
                continue
            if key.startswith('magic.'):
                target = ambient.the_shell.magics_manager.magics[key[6:]]
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
                ambient.the_shell.events.callbacks[name][:] = calls
        elif key == 'config':
            ambient.the_shell.update_config(type(ambient.the_shell.config)(item))
        elif key == 'custom':
            if item[0]:
                ambient.the_shell.custom_exceptions, ambient.the_shell.CustomTB = item
        elif key == 'ast':
            ambient.the_shell.ast_transformers = item
        elif key == 'post':
            ambient.the_shell.input_transformers_post = item
        elif key == 'cleanup':
            ambient.the_shell.input_transformer_manager.cleanup_transforms[:] = item
        elif key == 'xmode':
            ambient.the_shell.InteractiveTB.set_mode(item)
        elif key == 'dirs':
            ambient.the_shell.history_manager.dir_hist[:] = item


def _is_default(item, name, value):
    try:
        return item.traits()[name].default(item) == value
    except Exception:
        return False


def _try(function, *args):
    try:
        function(*args)
    except Exception:
        pass
