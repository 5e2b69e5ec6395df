"""Ambient state: what cells leave behind in the interpreter outside any variable."""

_captured = False


def captured():
    return _captured


def baseline():
    global _captured
    from cellblock_agent import pickler
    pickler.index_modules()


def apply(values):
    pass


def changes():
    return {}
