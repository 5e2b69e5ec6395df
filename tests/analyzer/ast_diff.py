#!/usr/bin/python3
"""Compare the analyzer's AST with CPython's over Python files. ast_diff.py DUMP [--time] [PATH...]

DUMP is the program of ast_dump.c. CPython's tree is brought into the form of analyzer/ast.h, which leaves out operators,
conversions of f-strings and their format texts. Files that CPython refuses are passed over.
Without PATH: the standard library, numpy, pandas, sklearn and sympy; of these, in an order by the hash of their names, what
fits into 20 seconds, unless CELLBLOCK_LONG is set. --time: processor time of both parsers instead.
"""
import ast
import hashlib
import io
import os
import subprocess
import sys
import time
import tokenize
import warnings

STORE, DEL, ASYNC, STAR, DOUBLE, KEYWORD_ONLY, POSITIONAL_ONLY, PARENTHESIZED = 1, 2, 4, 8, 16, 32, 64, 128
DEFAULT = ["/usr/lib/python3.11", *(f"/usr/lib/python3/dist-packages/{p}" for p in ("numpy", "pandas", "sklearn", "sympy"))]


def text_of(value):
    try:
        data = value.encode()
    except UnicodeEncodeError:
        return None
    return None if b"\0" in data or len(data) > 4096 else data


def quote(data):
    out = []
    for c in data:
        out.append(f"\\{c:02x}" if c < 0x21 or c > 0x7E or c in b"'\\" else chr(c))
    return "'" + "".join(out) + "'"


class Writer:
    """A method a kind of node; each adds lines as ast_dump.c prints them."""

    def __init__(self):
        self.out = []
        self.lines = True

    def node(self, kind, line=None, name=None, text=None, unknown=False, value=None, flags=0, parts=()):
        head = kind
        if line is not None and self.lines:
            head += f" @{line}"
        if name is not None:
            head += " " + quote(name.encode())
        if text is not None:
            head += " " + quote(text)
        elif unknown:
            head += " ~"
        if value is not None:
            head += f" {value}"
        if flags:
            head += f" !{flags}"
        self.out.append(head)
        parts = list(parts)
        while parts and not parts[-1]:
            parts.pop()
        for i, part in enumerate(parts):
            self.out.append("|" if i else "(")
            for item in part:
                item() if callable(item) else self.visit(item)
        # ast_dump.c ends lists with the bracket on a line of its own.
        if parts:
            self.out.append(")")

    def visit(self, node):
        getattr(self, type(node).__name__)(node)

    def many(self, kind, node, *parts, **more):
        self.node(kind, getattr(node, "lineno", None), parts=[[p] if isinstance(p, ast.AST) else p or [] for p in parts], **more)

    # statements
    def Expr(self, n): self.many("EXPR", n, n.value)
    def Assign(self, n): self.many("ASSIGN", n, n.targets, n.value)
    def AugAssign(self, n): self.many("AUG_ASSIGN", n, n.target, n.value)
    def Delete(self, n): self.many("DELETE", n, n.targets)
    def For(self, n, flags=0): self.many("FOR", n, n.target, n.iter, n.body, n.orelse, flags=flags)
    def AsyncFor(self, n): self.For(n, ASYNC)
    def While(self, n): self.many("WHILE", n, n.test, None, n.body, n.orelse)
    def If(self, n): self.many("IF", n, n.test, None, n.body, n.orelse)
    def With(self, n, flags=0): self.many("WITH", n, n.items, None, n.body, flags=flags)
    def AsyncWith(self, n): self.With(n, ASYNC)
    def withitem(self, n): self.many("WITH_ITEM", n, n.context_expr, n.optional_vars)
    def Return(self, n): self.many("RETURN", n, n.value)
    def Raise(self, n): self.many("RAISE", n, n.exc, n.cause)
    def Assert(self, n): self.many("ASSERT", n, n.test, n.msg)
    def Pass(self, n): self.many("PASS", n)
    def Break(self, n): self.many("BREAK", n)
    def Continue(self, n): self.many("CONTINUE", n)
    def Import(self, n): self.many("IMPORT", n, n.names)

    def AnnAssign(self, n):
        n.target.parenthesized = isinstance(n.target, ast.Name) and not n.simple
        self.many("ANN_ASSIGN", n, n.target, n.annotation, n.value)

    def Try(self, n, flags=0):
        for h in n.handlers:
            h.star = flags
        self.many("TRY", n, n.handlers, n.finalbody, n.body, n.orelse)

    def TryStar(self, n): self.Try(n, STAR)
    def ExceptHandler(self, n): self.many("HANDLER", n, n.type, None, n.body, name=n.name, flags=n.star)
    def Match(self, n): self.many("MATCH", n, n.subject, n.cases)
    def match_case(self, n): self.many("CASE", n, n.pattern, n.guard, n.body)

    def FunctionDef(self, n, flags=0):
        self.many("FUNCTION", n, self.parameters(n.args), n.decorator_list, n.body, n.returns, name=n.name, flags=flags)

    def AsyncFunctionDef(self, n): self.FunctionDef(n, ASYNC)

    def ClassDef(self, n):
        self.many("CLASS", n, self.arguments(n.bases, n.keywords), n.decorator_list, n.body, name=n.name)

    def ImportFrom(self, n):
        star = [a for a in n.names if a.name == "*"]
        self.many("IMPORT_FROM", n, [] if star else n.names, text=(n.module or "").encode(), value=n.level or 0,
                  flags=STAR if star else 0)

    def alias(self, n): self.many("ALIAS", n, name=n.asname, text=n.name.encode())

    def names(self, kind, n):
        self.many(kind, n, [(lambda name=name: self.node("NAME", n.lineno, name=name)) for name in n.names])

    def Global(self, n): self.names("GLOBAL", n)
    def Nonlocal(self, n): self.names("NONLOCAL", n)

    # expressions
    def context(self, n):
        flags = {ast.Store: STORE, ast.Del: DEL}.get(type(n.ctx), 0)
        return flags | (PARENTHESIZED if getattr(n, "parenthesized", False) else 0)

    def Name(self, n): self.many("NAME", n, name=n.id, flags=self.context(n))
    def Attribute(self, n): self.many("ATTRIBUTE", n, n.value, name=n.attr, flags=self.context(n))
    def Subscript(self, n): self.many("SUBSCRIPT", n, n.value, n.slice, flags=self.context(n))
    def Starred(self, n): self.many("STARRED", n, n.value, flags=self.context(n))
    def Call(self, n): self.many("CALL", n, n.func, self.arguments(n.args, n.keywords))
    def keyword(self, n): self.many("KEYWORD", n, n.value, name=n.arg)
    def BoolOp(self, n): self.many("BOOL_OP", n, n.values)
    def UnaryOp(self, n): self.many("UNARY", n, n.operand)
    def BinOp(self, n): self.many("BINARY", n, n.left, n.right)
    def Compare(self, n): self.many("COMPARE", n, [n.left, *n.comparators])
    def IfExp(self, n): self.many("IF_EXP", n, n.test, n.body, n.orelse)
    def Tuple(self, n): self.many("TUPLE", n, n.elts, flags=self.context(n))
    def List(self, n): self.many("LIST", n, n.elts, flags=self.context(n))
    def Set(self, n): self.many("SET", n, n.elts)
    def ListComp(self, n): self.many("LIST_COMP", n, n.elt, n.generators)
    def SetComp(self, n): self.many("SET_COMP", n, n.elt, n.generators)
    def GeneratorExp(self, n): self.many("GENERATOR", n, n.elt, n.generators)
    def DictComp(self, n): self.many("DICT_COMP", n, n.key, n.generators, n.value)
    def comprehension(self, n): self.many("CLAUSE", n, n.target, n.iter, n.ifs, flags=ASYNC if n.is_async else 0)
    def Lambda(self, n): self.many("LAMBDA", n, self.parameters(n.args), None, n.body)
    def Await(self, n): self.many("AWAIT", n, n.value)
    def Yield(self, n): self.many("YIELD", n, n.value)
    def YieldFrom(self, n): self.many("YIELD_FROM", n, n.value)
    def NamedExpr(self, n): self.many("NAMED", n, n.target, n.value)
    def Slice(self, n): self.many("SLICE", n, n.lower, n.upper, n.step)

    def Dict(self, n):
        parts = []
        for key, value in zip(n.keys, n.values):
            if key is None:
                parts.append(lambda value=value: self.node("DOUBLE_STAR", parts=[[value]]))
            else:
                parts += [key, value]
        self.many("DICT", n, parts)

    def Constant(self, n):
        v = n.value
        if isinstance(v, (str, bytes)):
            data = text_of(v) if isinstance(v, str) else None
            self.many("STRING", n, text=data, unknown=data is None)
        elif v is None or v is True or v is False or v is ...:
            self.many("CONSTANT", n, value=[None, True, False, ...].index(v))
        else:
            small = type(v) is int and v < 2**31
            self.many("NUMBER", n, value=v if small else -1)

    def JoinedStr(self, n):
        parts = []

        def spec(s):
            for part in s.values if s else ():
                if isinstance(part, ast.FormattedValue):
                    parts.append(part.value)
                    spec(part.format_spec)

        for part in n.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(part.value)
                spec(part.format_spec)
            else:
                parts.append(part)
        lines = self.lines
        line = n.lineno
        head = len(self.out)
        self.lines = False
        self.node("FSTRING", line, parts=[parts])
        self.lines = lines
        if lines:
            self.out[head] = f"FSTRING @{line}"

    def arguments(self, args, keywords):
        return sorted([*args, *keywords], key=lambda a: (a.lineno, a.col_offset))

    def parameters(self, a):
        out = []
        positional = a.posonlyargs + a.args
        defaults = [None] * (len(positional) - len(a.defaults)) + a.defaults
        rows = [(arg, default, POSITIONAL_ONLY if i < len(a.posonlyargs) else 0)
                for i, (arg, default) in enumerate(zip(positional, defaults))]
        if a.vararg:
            rows.append((a.vararg, None, STAR))
        rows += [(arg, default, KEYWORD_ONLY) for arg, default in zip(a.kwonlyargs, a.kw_defaults)]
        if a.kwarg:
            rows.append((a.kwarg, None, DOUBLE))
        for arg, default, flags in rows:
            out.append(lambda arg=arg, default=default, flags=flags: self.many(
                "PARAM", arg, default, arg.annotation, name=arg.arg, flags=flags))
        return out

    # patterns
    def MatchValue(self, n): self.many("P_VALUE", n, n.value)
    def MatchSingleton(self, n):
        self.many("P_VALUE", n, [lambda: self.node("CONSTANT", n.lineno, value=[None, True, False].index(n.value))])
    def MatchSequence(self, n): self.many("P_SEQUENCE", n, n.patterns)
    def MatchStar(self, n): self.many("P_STAR", n, name=n.name)
    def MatchMapping(self, n):
        self.many("P_MAPPING", n, [x for pair in zip(n.keys, n.patterns) for x in pair], name=n.rest)
    def MatchClass(self, n): self.many("P_CLASS", n, n.cls, n.patterns + n.kwd_patterns)
    def MatchAs(self, n): self.many("P_CAPTURE", n, n.pattern, name=n.name)
    def MatchOr(self, n): self.many("P_OR", n, n.patterns)


def source_of(path):
    with open(path, "rb") as f:
        data = f.read()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def ours(process, text):
    data = text.encode()
    process.stdin.write(b"%d\n" % len(data) + data)
    process.stdin.flush()
    line = process.stdout.readline()
    if process.poll() is not None or not line:
        raise SystemExit("ast_dump ended")
    return float(line) if b"." in line else process.stdout.read(int(line)).decode().splitlines()


def same(mine, theirs, text):
    """None, or the index of the first line that differs. Names of characters (\\N{…}) are not looked up here."""
    if len(mine) != len(theirs):
        for i, (a, b) in enumerate(zip(mine, theirs)):
            if a != b and not a.endswith(" ~"):
                return i
        return min(len(mine), len(theirs))
    named = "\\N{" in text
    for i, (a, b) in enumerate(zip(mine, theirs)):
        if a != b and not (named and a.endswith(" ~") and b.startswith(a[:-1])):
            return i
    return None


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for directory, subdirectories, names in os.walk(path):
            subdirectories.sort()
            yield from (os.path.join(directory, name) for name in sorted(names) if name.endswith(".py"))


def main():
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    options = [a for a in sys.argv[1:] if a.startswith("--")]
    program, *paths = [a for a in sys.argv[1:] if not a.startswith("--")]
    process = subprocess.Popen([program] + (["--time", "5"] if "--time" in options else []), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    sample = not paths and not os.environ.get("CELLBLOCK_LONG")
    paths = paths or DEFAULT
    if sample:
        paths = sorted(files(paths), key=lambda p: hashlib.sha256(p.encode()).digest())
    compared = refused = different = size = 0
    seconds = [0.0, 0.0]
    begin = time.monotonic()
    for path in files(paths):
        if sample and time.monotonic() - begin > 20:
            break
        try:
            text = source_of(path)
            tree = ast.parse(text)
        except (SyntaxError, ValueError, UnicodeError):
            refused += 1
            continue
        size += len(text.encode())
        compared += 1
        if "--time" in options:
            best = 1e9
            for _ in range(5):
                now = time.process_time()
                ast.parse(text)
                best = min(best, time.process_time() - now)
            seconds[0] += best
            seconds[1] += ours(process, text)
            continue
        writer = Writer()
        writer.out.append("error line 0")
        for statement in tree.body:
            writer.visit(statement)
        mine = [line for line in ours(process, text) if line]
        at = same(mine, writer.out, text)
        if at is not None:
            different += 1
            print(f"{path}: ours against Python's")
            for i in range(max(0, at - 3), at + 4):
                print(f"  {mine[i] if i < len(mine) else '':50} {writer.out[i] if i < len(writer.out) else ''}")
    print(f"{compared} files, {size / 1e6:.1f} MB, {refused} that Python refuses, {different} different")
    if "--time" in options:
        print(f"CPython's ast.parse {size / 1e6 / seconds[0]:.2f} MB/s, cb_parse {size / 1e6 / seconds[1]:.2f} MB/s, "
              f"{seconds[0] / seconds[1]:.2f} times as fast")
    return different != 0


if __name__ == "__main__":
    sys.exit(main())
