"""Read and write real notebooks: the bytes must be those of nbformat. Also floats against repr, and parameters against
PyYAML and Python's int() and float(). Exit 77 (left out) where the packages or the notebooks are not installed.

    compare_nbformat.py TOOL corpus|floats|parameters
"""
import gzip
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import warnings

TOOL = sys.argv[1]
CORPUS = os.environ.get("CELLBLOCK_CORPUS") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "../../../shared/corpus/debian.json")


def left_out(why):
    print("left out:", why)
    sys.exit(77)


def tool(mode, text):
    data = text.encode("utf-8", "surrogatepass")
    return subprocess.run([TOOL, mode], input=data, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")


def corpus():
    try:
        import nbformat
    except ImportError:
        left_out("nbformat is not installed")
    if not os.path.exists(CORPUS):
        left_out("there is no list of notebooks at " + CORPUS)
    warnings.simplefilter("ignore")
    import logging
    logging.disable(logging.CRITICAL)
    paths = [p for p in (e["path"] for e in json.load(open(CORPUS))) if os.path.exists(p)]
    if not paths:
        left_out("none of the listed notebooks is installed")
    with tempfile.TemporaryDirectory() as d:
        pairs, wanted, excluded = [], [], {}
        for i, path in enumerate(paths):
            raw = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
            try:
                found = json.loads(raw)
                if found.get("nbformat") != 4:
                    excluded.setdefault("nbformat %s" % found.get("nbformat"), []).append(path)
                    continue
                if found["nbformat_minor"] >= 5 and len({c.get("id") for c in found["cells"]}) < len(found["cells"]):
                    excluded.setdefault("cell ids missing or double: nbformat's are random", []).append(path)
                    continue
                nb = nbformat.reads(raw.decode("utf-8"), as_version=4)
                text = nbformat.writes(nb)
            except Exception as e:
                excluded.setdefault("nbformat cannot copy it: %s" % type(e).__name__, []).append(path)
                continue
            here = os.path.join(d, "%d.ipynb" % i)
            open(here, "wb").write(raw)
            pairs.append((path, here, here + ".out"))
            wanted.append((text if text.endswith("\n") else text + "\n").encode("utf-8"))
        answers = tool("copy", "".join("%s\t%s\n" % p[1:] for p in pairs)).splitlines()
        equal, refused, wrong = 0, {}, []
        for (path, _, out), want, answer in zip(pairs, wanted, answers):
            if answer != "ok":
                refused.setdefault(answer.split(".ipynb ")[-1], []).append(path)
            elif open(out, "rb").read() == want:
                equal += 1
            else:
                wrong.append(path)
    print("%d notebooks equal to nbformat's bytes" % equal)
    for why, which in excluded.items():
        print("excluded, %s: %d, e.g. %s" % (why, len(which), which[0]))
    for why, which in refused.items():
        print("refused, %s: %d, e.g. %s" % (why, len(which), which[0]))
    for path in wrong:
        print("DIFFERS", path)
    # A notebook in another language is refused by design; any other refusal is a fault.
    bad = [w for w in refused if "only Python notebooks" not in w]
    if wrong or bad or not equal or len(answers) != len(pairs):
        sys.exit(1)


def floats():
    rng = random.Random(4)
    values = [2.0 ** e for e in range(-1074, 1024)] + [10.0 ** e for e in range(-323, 309)]
    values += [math.nextafter(v, s) for v in values[:] for s in (0, math.inf)]
    import struct
    while len(values) < 60000:
        v = struct.unpack("d", rng.getrandbits(64).to_bytes(8, "little"))[0]
        if math.isfinite(v):
            values.append(v)
    values += [rng.randrange(10 ** rng.randrange(1, 18)) / 10 ** rng.randrange(20) for _ in range(20000)]
    values += [0.0, -0.0, 1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 0.1, -1.5, 5e-324, 1.7976931348623157e308]
    values = [v for v in values if math.isfinite(v)]
    texts = ["%r" % v for v in values]
    answers = tool("repr", "\n".join("%.17g" % v if "." in "%.17g" % v or "e" in "%.17g" % v else "%.17g.0" % v
                                     for v in values) + "\n").splitlines()
    wrong = [(t, a) for t, a in zip(texts, answers) if t != a]
    for t, a in wrong[:10]:
        print("repr %s, here %s" % (t, a))
    print("%d floats, %d differ" % (len(values), len(wrong)))
    sys.exit(bool(wrong) or len(answers) != len(values))


def escaped(s):  # papermill's translate_escaped_str
    return '"%s"' % s.encode("unicode_escape").decode("utf-8").replace('"', r"\"")


def literal(v):  # papermill's PythonTranslator
    if v is None or isinstance(v, (bool, int)):
        return str(v)
    if isinstance(v, float):
        return ("%s" % v if math.isfinite(v) else "float('nan')" if math.isnan(v)
                else "float('-inf')" if v < 0 else "float('inf')")
    if isinstance(v, dict):
        return "{%s}" % ", ".join("%s: %s" % (escaped(str(k)), literal(x)) for k, x in v.items())
    if isinstance(v, list):
        return "[%s]" % ", ".join(literal(x) for x in v)
    return escaped(v)


def typed(text):  # papermill's _resolve_type
    if text in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


TYPED = ["True", "true", "False", "None", "none", "", " ", "0", "-0", "7", " 7 ", "\t7\n", "\u00a07\u2003", "+7", "- 7",
         "1_000", "1__000", "_1", "1_", "007", "0x10", "1e3", "1E+3", "1e", "1e400", "-1e400", "1.", ".5", "-.5", ".", "1_0.2_5",
         "1_.5", "1._5", "1e1_0", "nan", "NaN", "-nan", "inf", "-Infinity", "infinit", "+inf", "123456789012345678901234567890",
         "-9223372036854775808", "9223372036854775808", "1" * 25, "9" * 4301, "a\"b", "a\\b", "\x01\x7f\u00e9\u20ac\U0001f600",
         "1 2", "1,5", "tab\there", "it's", "#x", "0.1", "1e-7", "1e16", "123456789.125"]

YAML = ["x: 1", "x: 017", "x: 0o17", "x: 0x1F", "x: 0b101", "x: 1_000", "x: 1:30", "x: 1:30.5", "x: -0", "x: 0", "x: +12",
        "x: 1e5", "x: 1.5e5", "x: 1.5e+5", "x: .5", "x: -.5", "x: 1.", "x: .inf", "x: -.INF", "x: .nan", "x: .NaN", "x: yes",
        "x: No", "x: on", "x: y", "x: TRUE", "x: tRUE", "x: ~", "x:", "x: null", "x: 'yes'", 'x: "1"', "x: 2020-01-02",
        "x: 12:30:45", "x: [1, two, 3.0, [~]]", "x: {a: 1, 2: b, true: c, ~: d, 1.5: e}", "x: &a [1]\ny: *a",
        "x: |\n  a\n  b\n", "x: >\n  a\n  b\n", "x: !!str 12", "x: !!int '12'", "x: !!float 1", "x: ! 12", "x: 08", "x: 0_",
        "x: 123456789012345678901234567890", "x: é€", 'x: "\\u20ac\\n"', "b: 1\na: 2", "{x: 1, y: 2}", "---\nx: 1\n",
        "x: &m {a: 1, b: 2}\ny: {b: 3, <<: *m}", "x: 1__0", "x: 1_", "x: _1", "x: '=' ", "x: 0.1_5", "x: 685_230.15",
        "x: .e5", "x: 1.e", "x: -1:30", "x: 1:60", "x: 00", "x: 0.", "x: -0.0", "x: a: b", "x: [1", "- 1", "x: *nope",
        "x: 1\n---\ny: 2", "# only a comment", "x: 1\nx: 2", "x: 'it''s'", "x: %", "x: @y"]


def parameters():
    try:
        import yaml
    except ImportError:
        left_out("PyYAML is not installed")

    class Loader(yaml.SafeLoader):
        pass
    Loader.yaml_implicit_resolvers = {k: [(t, r) for t, r in v if t != "tag:yaml.org,2002:timestamp"]
                                      for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    wrong = 0

    def compare(what, want, got):
        nonlocal wrong
        if want is None and got.startswith("error: "):
            return
        if want != got:
            wrong += 1
            print("%r: want %r, here %r" % (what, want, got))

    for text in TYPED:
        compare(text, "# Parameters\nx = %s\n" % literal(typed(text)), tool("typed", text))
    for text in YAML:
        try:
            values = yaml.load(text, Loader) or {}
            want = "# Parameters\n" + "".join("%s = %s\n" % (k, literal(v)) for k, v in dict(values).items())
            want = "" if not values else want
        except Exception:
            want = None
        compare(text, want, tool("yaml", text))
    print("%d values compared, %d differ" % (len(TYPED) + len(YAML), wrong))
    sys.exit(bool(wrong))


{"corpus": corpus, "floats": floats, "parameters": parameters}[sys.argv[2]]()
