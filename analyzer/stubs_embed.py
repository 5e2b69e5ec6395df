#!/usr/bin/python3
"""Checks stubs.txt and writes it as C tables: stubs_embed.py stubs.txt stubs_table.c

The format is described at the top of stubs.txt. Everything that can be known when the program is built is done here: names
in braces, classes' inherited methods and aliases of modules become entries of their own, so that a lookup is one probe of a
hash table (and one for each dot of the name, for entries that end with `.*`).
"""
import itertools
import re
import sys

FLAGS = ('MUTATES_SELF MUTATES_ARG INPLACE RETURNS_SELF RETURNS_ARG READS_FILE WRITES_FILE OPENS_FILE LISTS_DIR OPEN_WORLD '
         'CALLS_ARG PURE READS_AMBIENT WRITES_AMBIENT RETURNS_TYPE SETS_AMBIENT FIGURES').split()
WORD = r'[A-Za-z_][A-Za-z_0-9]*'
DOTTED = re.compile(rf'{WORD}(\.{WORD})*$')
NAME = re.compile(rf'{WORD}(\.{WORD})*(\.\*)?$')
METHOD = re.compile(rf'{WORD}\*?$')
# The longest name and the deepest wildcard, so that a lookup of `a.b.c.…` with 100,000 parts stops early (stubs.c).
MAX_NAME, MAX_DOTS = 119, 7


class Problem(Exception):
    pass


class Stub:
    """One entry's effects, in the form of struct cb_stub."""
    FIELDS = 'arg file_arg mode_arg out_arg keyword file_keyword out_keyword ambient ambient2 unless type'.split()

    def __init__(self):
        self.flags = set()
        self.arg = self.file_arg = self.mode_arg = self.out_arg = -1
        self.keyword = self.file_keyword = self.out_keyword = None
        self.ambient = self.ambient2 = self.unless = self.type = None
        self.argument = None

    def key(self):
        return (tuple(sorted(self.flags)),) + tuple(getattr(self, field) for field in self.FIELDS)

    def put_argument(self, words):
        """`2`, `0 key`, `key`: the one argument that mutates, calls and returns speak of."""
        found = place(words)
        if self.argument is not None and found[0] == self.argument[0] != -1 and None in (found[1], self.argument[1]):
            found = found[0], found[1] or self.argument[1]      # said once with its keyword, once without
        elif self.argument not in (None, found):
            raise Problem('an entry can speak of one argument only')
        self.argument = found
        self.arg, self.keyword = found

    def copy(self, **changes):
        made = Stub()
        made.__dict__.update(self.__dict__, flags=set(self.flags))
        made.__dict__.update(changes)
        return made


def place(words):
    number, keyword, rest = -1, None, list(words)
    if rest and rest[0].isdigit():
        number = int(rest.pop(0))
    if rest and re.match(WORD + '$', rest[0]):
        keyword = rest.pop(0)
    if rest or not words:
        raise Problem('expected an argument, such as "0", "0 key" or "key", not "%s"' % ' '.join(words))
    return number, keyword


def spell(pattern):
    """a.{b,c}.d is a.b.d and a.c.d."""
    choices = []
    for part in re.findall(r'\{[^}]*\}|[^{}]+', pattern):
        choices.append([name.strip() for name in part[1:-1].split(',')] if part[0] == '{' else [part])
    return [''.join(parts) for parts in itertools.product(*choices)]


class File:
    def __init__(self):
        self.entries = {}       # name -> (Stub, line)
        self.methods = {}
        self.classes = {}       # name -> (bases, line)
        self.aliases = {}       # name -> (target, line)
        self.ambient = {}       # dotted name -> (component, line)
        self.items = {}         # type -> (types, line)
        self.builtins, self.immutable, self.components = {}, {}, {}
        self.written = 0        # entries as they stand in the file, names in braces counted one by one

    # -- one clause

    def clause(self, stub, text):
        words = text.split()
        if not words:
            raise Problem('an empty clause')
        handler = getattr(self, 'do_' + words[0], None)
        if handler is None:
            raise Problem('unknown clause "%s"' % text)
        handler(stub, words[1:])

    def do_pure(self, stub, words):
        if words:
            raise Problem('"pure" stands alone')
        stub.flags.add('PURE')

    def do_mutates(self, stub, words):
        if words == ['self']:
            stub.flags.add('MUTATES_SELF')
        elif words == ['self', 'if', 'inplace']:
            stub.flags |= {'MUTATES_SELF', 'INPLACE'}
        else:
            stub.put_argument(words)
            stub.flags.add('MUTATES_ARG')

    def do_calls(self, stub, words):
        stub.put_argument(words)
        stub.flags.add('CALLS_ARG')

    def do_returns(self, stub, words):
        text = ' '.join(words)
        if text == 'self':
            stub.flags.add('RETURNS_SELF')
        elif words and words[0].isdigit():
            stub.put_argument(words)
            stub.flags.add('RETURNS_ARG')
        else:
            if stub.type is not None:
                raise Problem('two result types')
            stub.type = self.result(text)
            stub.flags.add('RETURNS_TYPE')

    def result(self, text):
        found = re.match(r'tuple\((.*)\)$', text)
        if not found:
            if not DOTTED.match(text):
                raise Problem('"%s" is no type' % text)
            return text
        parts = [part.strip() for part in found.group(1).split(',')]
        for part in parts:
            if not DOTTED.match(part):
                raise Problem('"%s" is no type' % part)
        made = 'tuple[%s]' % ','.join(parts)
        self.items.setdefault(made, (parts, 0))
        return made

    def file(self, stub, words, flag):
        """`file 0 path`, `file self`."""
        if not words or words[0] != 'file':
            raise Problem('expected "file" and an argument')
        mode = None
        if 'mode' in words:
            cut = words.index('mode')
            words, mode = words[:cut], words[cut + 1:]
        if words[1:] == ['self']:
            found = (-2, None)
        else:
            found = place(words[1:])
        if stub.flags & {'READS_FILE', 'WRITES_FILE', 'OPENS_FILE', 'LISTS_DIR'} and found != (stub.file_arg, stub.file_keyword):
            raise Problem('a second file; only "to file" can name one')
        stub.file_arg, stub.file_keyword = found
        stub.flags.add(flag)
        if (mode is not None) != (flag == 'OPENS_FILE'):
            raise Problem('"opens file" needs a mode, others have none')
        if mode is not None:
            stub.mode_arg = int(mode[0])

    def do_reads(self, stub, words):
        self.file(stub, words, 'READS_FILE')

    def do_writes(self, stub, words):
        self.file(stub, words, 'WRITES_FILE')

    def do_opens(self, stub, words):
        self.file(stub, words, 'OPENS_FILE')

    def do_lists(self, stub, words):
        self.file(stub, words, 'LISTS_DIR')

    def do_to(self, stub, words):
        if words[:1] != ['file'] or stub.file_arg == -1:
            raise Problem('"to file" follows "reads file"')
        stub.out_arg, stub.out_keyword = place(words[1:])

    def do_ambient(self, stub, words):
        kinds = {'read': {'READS_AMBIENT'}, 'write': {'WRITES_AMBIENT'}, 'set': {'WRITES_AMBIENT', 'SETS_AMBIENT'},
                 'rw': {'READS_AMBIENT', 'WRITES_AMBIENT'}}
        if len(words) < 2 or words[0] not in kinds:
            raise Problem('expected "ambient read|write|set|rw COMPONENT"')
        if stub.ambient is not None:
            raise Problem('two ambient clauses; two components are joined by "+"')
        if len(words) == 4 and words[2] == 'unless':
            stub.unless = words[3]
        elif len(words) != 2:
            raise Problem('expected nothing, or "unless KEYWORD", after the component')
        names = words[1].split('+')
        if len(names) > 2 or any(name not in self.components for name in names):
            raise Problem('"%s" is no component; "components" lists them' % words[1])
        stub.ambient, stub.ambient2 = (names + [None])[:2]
        stub.flags |= kinds[words[0]]

    def do_open(self, stub, words):
        if words != ['world']:
            raise Problem('expected "open world"')
        stub.flags.add('OPEN_WORLD')

    def do_figures(self, stub, words):
        if words:
            raise Problem('"figures" stands alone')
        stub.flags.add('FIGURES')

    # -- one line

    def line(self, text, number):
        words = text.split(None, 1)
        directive = getattr(self, 'line_' + words[0], None)
        if directive is not None and len(words) == 2:
            directive(words[1].strip(), number)
            return
        names, rest = self.names(text)
        for name in names:
            if not NAME.match(name):
                raise Problem('"%s" is no name' % name)
            self.put(self.entries, name, self.effects(rest), number)

    def names(self, text):
        """The names before the clauses, those in braces spelt out; and the rest."""
        found = re.match(r'((?:[^\s{]|\{[^}]*\})+)\s+(.*)$', text)
        if not found:
            raise Problem('expected a name and what it does')
        return spell(found.group(1)), found.group(2)

    def effects(self, text):
        stub = Stub()
        for part in text.split(';'):
            self.clause(stub, part.strip())
        if 'PURE' in stub.flags and stub.flags & {'MUTATES_SELF', 'MUTATES_ARG', 'OPEN_WORLD'}:
            raise Problem('pure, and yet it changes something')
        return stub

    def put(self, table, name, value, number):
        if name in table:
            raise Problem('"%s" is on line %d already' % (name, table[name][1]))
        if len(name) > MAX_NAME or name.count('.') > MAX_DOTS:
            raise Problem('"%s" is too long a name' % name)
        table[name] = (value, number)
        if table is self.entries or table is self.methods:
            self.written += 1

    def line_method(self, text, number):
        names, rest = self.names(text)
        for name in names:
            if not METHOD.match(name) or name.endswith('*') and not name.endswith('_*'):
                raise Problem('"%s" is no method name' % name)
            self.put(self.methods, name, self.effects(rest), number)

    def line_class(self, text, number):
        head, _, bases = text.partition(':')
        bases = bases.split(',') if bases.strip() else []
        for name in spell(head.strip()):
            if not DOTTED.match(name):
                raise Problem('"%s" is no name' % name)
            self.put(self.classes, name, [base.strip() for base in bases], number)

    def line_alias(self, text, number):
        left, _, right = (part.strip() for part in text.partition('='))
        if not DOTTED.match(left) or not DOTTED.match(right):
            raise Problem('expected "alias NAME = NAME"')
        self.put(self.aliases, left, right, number)

    def line_component(self, text, number):
        for name in text.split():
            self.put(self.components, name, name, number)

    def line_state(self, text, number):
        words = text.split()
        if len(words) != 2 or not DOTTED.match(words[0]) or words[1] not in self.components:
            raise Problem('expected "state NAME COMPONENT"')
        self.put(self.ambient, words[0], words[1], number)

    def line_items(self, text, number):
        words = text.split()
        if len(words) != 2 or not all(DOTTED.match(word) for word in words):
            raise Problem('expected "items TYPE TYPE"')
        self.put(self.items, words[0], [words[1]], number)

    def line_builtin(self, text, number):
        for name in text.split():
            self.put(self.builtins, name, name, number)

    def line_immutable(self, text, number):
        for name in text.split():
            if not DOTTED.match(name):
                raise Problem('"%s" is no type' % name)
            self.put(self.immutable, name, name, number)

    # -- what the whole file says

    def inherit(self):
        """Methods of the bases become entries of the class; calling it makes one."""
        own = {}
        for name in self.entries:
            owner = name.rpartition('.')[0]
            while owner and owner not in self.classes:
                owner = owner.rpartition('.')[0]
            own.setdefault(owner, []).append(name[len(owner) + 1:])
        done = {}

        def methods(name, line, chain=()):
            if name in chain:
                raise Problem('line %d: class %s inherits from itself' % (line, name))
            if name not in self.classes:
                raise Problem('line %d: base %s is no class of this file' % (line, name))
            if name not in done:
                found = {}
                for base in reversed(self.classes[name][0]):
                    found.update(methods(base, self.classes[name][1], chain + (name,)))
                found.update((attribute, self.entries[name + '.' + attribute]) for attribute in own.get(name, ()))
                done[name] = found
            return done[name]
        made = {}
        for name, (_, line) in self.classes.items():
            for attribute, (stub, _) in methods(name, line).items():
                made[name + '.' + attribute] = (stub, line)
            stub, where = self.entries.get(name, (None, line))
            stub = stub.copy() if stub else Stub()
            if stub.type is None:
                stub.type = name
                stub.flags |= {'RETURNS_TYPE'} if stub.flags else {'RETURNS_TYPE', 'PURE'}
            made[name] = (stub, where)
        self.entries.update(made)

    def spell_aliases(self):
        for left, (right, line) in self.aliases.items():
            for table in self.entries, self.ambient, self.classes:
                for name in list(table):
                    if name == right or name.startswith(right + '.'):
                        table.setdefault(left + name[len(right):], table[name])

    def check_types(self):
        """A result type that nothing is known about is a slip of the pen, unless it is listed as immutable."""
        for name, (stub, line) in self.entries.items():
            for part in self.items[stub.type][0] if stub.type in self.items else [stub.type]:
                if part and part not in self.classes and part not in self.immutable:
                    raise Problem('line %d: %s returns %s, which is no class of this file' % (line, name, part))


def read(path):
    """The file, with names spelt out but nothing inherited yet. Raises Problem with every line at fault."""
    file, problems = File(), []
    with open(path, encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            text = re.sub(r'(^|\s)#.*', '', line).strip()
            if not text:
                continue
            try:
                file.line(text, number)
            except (Problem, ValueError, IndexError) as error:
                problems.append('%s:%d: %s' % (path, number, error))
    if problems:
        raise Problem('\n'.join(problems))
    return file


def load(path):
    file = read(path)
    file.inherit()
    file.spell_aliases()
    file.check_types()
    return file


# ---- C ----

def fnv(name):
    """The same as in stubs.c."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xffffffff
    return value


class Strings:
    def __init__(self):
        self.places, self.text, self.size = {}, [], 0

    def add(self, name):
        if name not in self.places:
            self.places[name] = self.size
            self.text.append(name)
            self.size += len(name) + 1
        return self.places[name]


def table(out, label, names, strings):
    """An open-addressing table, at most half full: name -> number."""
    size = 16
    while size < 2 * len(names):
        size *= 2
    slots = [None] * size
    for name in sorted(names):
        at = (fnv(name) ^ fnv(name) >> 15) % size
        while slots[at] is not None:
            at = (at + 1) % size
        slots[at] = (fnv(name), strings.add(name), names[name])
    out.append('static const struct slot %s_slots[%d] = {' % (label, size))
    for at, slot in enumerate(slots):
        if slot is not None:
            out.append('    [%d] = {0x%08xu, %d, %d},' % ((at,) + slot))
    out.append('};')
    out.append('const struct cb_stub_table cb_stub_%s = {%s_slots, %d};' % (label, label, size - 1))


def literal(text):
    return 'NULL' if text is None else '"%s"' % text


def write(file, path):
    out = ['/* Made from stubs.txt by stubs_embed.py. */', '#include "analyzer/stubs_table.h"', '#define slot cb_stub_slot']
    strings, stubs = Strings(), {}

    def number(stub):
        return stubs.setdefault(stub.key(), len(stubs))
    strings.add('')             # place 0 means an empty slot
    functions = {name: number(stub) for name, (stub, _) in sorted(file.entries.items())}
    methods = {name: number(stub) for name, (stub, _) in sorted(file.methods.items())}
    components = sorted(file.components)
    items = sorted(file.items)
    table(out, 'functions', functions, strings)
    table(out, 'methods', methods, strings)
    table(out, 'ambient_names', {name: components.index(found) for name, (found, _) in file.ambient.items()}, strings)
    table(out, 'builtins', dict.fromkeys(file.builtins, 0), strings)
    table(out, 'immutable', dict.fromkeys(file.immutable, 0), strings)
    table(out, 'item_names', {name: at for at, name in enumerate(items)}, strings)
    out.append('const struct cb_stub cb_stub_effects[] = {')
    for key in stubs:
        flags = ' | '.join('CB_STUB_' + flag for flag in FLAGS if flag in key[0]) or '0'
        numbers, texts = key[1:5], [literal(text) for text in key[5:]]
        out.append('    {%s, %d, %d, %d, %d, %s},' % ((flags,) + numbers + (', '.join(texts),)))
    out.append('};')
    out.append('const char *const cb_stub_components[] = {%s};' % ', '.join(map(literal, components)))
    for at, name in enumerate(items):
        out.append('static const char *const items_%d[] = {%s, NULL};' % (at, ', '.join(map(literal, file.items[name][0]))))
    out.append('const struct cb_stub_items cb_stub_item_types[] = {')
    for at, name in enumerate(items):
        out.append('    {items_%d, %s},' % (at, 'true' if name.startswith('tuple[') else 'false'))
    out.append('};')
    out.append('const char cb_stub_names[] =')
    out.extend('    "%s\\0"' % text for text in strings.text)
    out.append('    ;')
    with open(path, 'w', encoding='utf-8') as made:
        made.write('\n'.join(out) + '\n')


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        file = load(sys.argv[1])
    except Problem as problem:
        text = str(problem)
        sys.exit(text if text.startswith(sys.argv[1]) else '%s: %s' % (sys.argv[1], text))
    write(file, sys.argv[2])


if __name__ == '__main__':
    main()
