"""Ambient state: what cells leave behind in the interpreter outside any variable.

Each component has a cheap fingerprint, taken in the zygote (baseline), after a component was applied, and when the cell is over;
only where it differs is the state captured and written. Components whose values hold objects that variables may share (open
figures, log handlers, modules of the workspace) are groups like those of variables; the rest are plain values. The components
themselves are in components_process.py, components_libraries.py and components_ipython.py.
"""
import sys

from cellblock_agent import imports, pickler

#: components in the order in which they are applied
components = {}
#: components whose objects may be shared with variables, and may be changed in place
OBJECTS = ('modules', 'pyplot', 'logging', 'ipython')

fingerprints = {}
kept = {}               # component -> what its keep() noted in the zygote
applied = {}            # component -> value that earlier cells left
the_shell = None


def component(name, needs=None):
    """Register a class with fingerprint(), capture() and apply(value)."""
    def register(cls):
        made = cls()
        made.name, made.needs = name, needs
        components[name] = made
        return cls
    return register


def captured():
    return bool(fingerprints)


def baseline(shell=None):
    """Once, in the zygote, when everything is imported."""
    global the_shell
    if shell is None and 'IPython' in sys.modules:
        shell = sys.modules['IPython'].get_ipython()
    the_shell = shell
    components['ipython'].settle()
    pickler.index_modules()
    imports.baseline()
    for made in components.values():
        if made.needs is None or made.needs in sys.modules:
            fingerprints[made.name] = made.fingerprint()
    for made in components.values():
        if made.name in fingerprints and hasattr(made, 'keep'):
            kept[made.name] = made.keep()


def refresh():
    """At the start of a cell, before values are applied: what differs for every process anew."""
    for name in ('signals', 'ipython', 'cwd', 'environ', 'path', 'umask', 'interpreter', 'hooks', 'builtins'):
        if name in fingerprints:
            fingerprints[name] = components[name].fingerprint()
    for made in components.values():
        if made.needs is not None and made.name not in fingerprints and made.needs not in sys.modules:
            imports.after_import(made.needs, lambda made=made: _note(made))


def _note(made):
    """A library has just been imported: its state now is no change made by the cell."""
    try:
        fingerprints.setdefault(made.name, made.fingerprint())
        if hasattr(made, 'keep'):
            kept.setdefault(made.name, made.keep())
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


def _apply_one(made, value):
    applied[made.name] = value
    try:
        made.apply(value)
    except Exception as error:
        _report(made.name, error)
    fingerprints[made.name] = made.fingerprint()


def changes():
    """{component: value} of those whose state differs from what it was when the cell started."""
    found = {}
    for made in components.values():
        if made.needs is not None and made.needs not in sys.modules:
            continue
        try:
            now = made.fingerprint()
            before = fingerprints.get(made.name)
            if now != before and not (before is None and made.name not in fingerprints and not made.differs()):
                found[made.name] = made.capture()
        except Exception as error:
            _report(made.name, error)
    found.update(imports.patches())
    return found


#: what went wrong with a component, for the tests: [(name, exception)]
problems = []


def _report(name, error):
    problems.append((name, error))


def copy(value):
    return list(value) if type(value) is list else dict(value) if type(value) is dict else value


class Component:
    def differs(self):
        """For a component whose module was loaded by this cell: whether it is worth writing."""
        return True

    def capture(self):
        return self.fingerprint()
