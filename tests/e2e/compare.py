"""Compare an executed notebook with the oracle's, cell by cell, and check a case's explicit expectations.

Normalised: memory addresses, the pid in ipykernel's file names, the oracle's directories (its workspace stands for /work,
its home for /home/cell). Nothing else, so ANSI sequences, counts, metadata and tracebacks count.
"""
import json
import re

ADDRESS = re.compile(r'\b0x[0-9a-f]{6,16}\b')
PID = re.compile(r'ipykernel_\d+')
CELL_HOME = '/home/cell'
LIMIT = 900  # characters of a value that a report shows


class Normaliser:
    def __init__(self, case, golden=None):
        self.literal = []
        if golden:
            self.literal = [(golden['root'], '/work'), (golden['home'], CELL_HOME)]
        self.patterns = [(re.compile(p), t) for p, t in case.substitutions]

    def __call__(self, value):
        if isinstance(value, list) and all(isinstance(x, str) for x in value):
            value = ''.join(value)
        if not isinstance(value, str):
            return value
        for old, new in self.literal:
            value = value.replace(old, new)
        value = PID.sub('ipykernel_PID', ADDRESS.sub('0xADDR', value))
        for pattern, text in self.patterns:
            value = pattern.sub(text, value)
        return value


def canonical(cell, norm, loose):
    """A code cell's outputs as a list of (kind, value). Between two rich outputs there is at most one entry for each
    stream, stdout first: how the two streams interleave is a race in Jupyter. `loose` puts all streams first."""
    result, streams, every = [], {}, {}

    def flush():
        for name in sorted(streams, reverse=True):
            result.append((name, norm(streams[name])))
        streams.clear()

    for output in cell.get('outputs', []):
        kind = output['output_type']
        if kind == 'stream':
            text = output['text'] if isinstance(output['text'], str) else ''.join(output['text'])
            bucket = every if loose else streams
            bucket[output['name']] = bucket.get(output['name'], '') + text
            continue
        flush()
        if kind == 'error':
            result.append(('error', {'ename': output['ename'], 'evalue': norm(output['evalue']),
                                     'traceback': norm('\n'.join(output['traceback']))}))
        else:
            value = {'data ' + mime: norm(data) for mime, data in output['data'].items()}
            value['metadata'] = output.get('metadata')
            if 'execution_count' in output:
                value['execution_count'] = output['execution_count']
            result.append((kind, value))
    flush()
    return [(name, norm(every[name])) for name in sorted(every, reverse=True)] + result


def same_image(a, b):
    """Equal pictures under different compression are equal."""
    if a == b:
        return True
    try:
        import base64
        import io
        from PIL import Image
        first, second = (Image.open(io.BytesIO(base64.b64decode(x))).convert('RGBA') for x in (a, b))
        return first.size == second.size and first.tobytes() == second.tobytes()
    except Exception:
        return False


def plain(value):
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text.encode('utf-8', 'backslashreplace').decode()


def show(value, start=0):
    text = plain(value)
    shown = repr(text[start:start + LIMIT])
    return shown if len(text) <= LIMIT else '%s%s… (%d characters)' % ('…' if start else '', shown, len(text))


def show_pair(a, b):
    """Two long values from a little before where they part."""
    first, second = plain(a), plain(b)
    if max(len(first), len(second)) <= LIMIT:
        return show(a), show(b)
    same = next((i for i, (x, y) in enumerate(zip(first, second)) if x != y), min(len(first), len(second)))
    start = max(0, same - 100)
    return show(a, start), show(b, start)


def cell_differences(wanted, got, norm_wanted, norm_got, loose, with_outputs=True):
    """[(what, expected, got)] of one cell."""
    found = []

    def check(what, a, b):
        if a != b:
            found.append((what, *show_pair(a, b)))

    check('type', wanted['cell_type'], got['cell_type'])
    check('source', ''.join(wanted['source']), ''.join(got['source']))
    keys = [{k: sorted(v) if k == 'execution' else v for k, v in c['metadata'].items() if k != 'cellblock'} for c in (wanted, got)]
    check('metadata', *keys)
    if wanted['cell_type'] != 'code' or found:
        return found
    check('execution_count', wanted['execution_count'], got['execution_count'])
    if not with_outputs:
        return found
    a, b = canonical(wanted, norm_wanted, loose), canonical(got, norm_got, loose)
    if [k for k, _ in a] != [k for k, _ in b]:
        check('outputs', a, b)
        return found
    for n, ((kind, x), (_, y)) in enumerate(zip(a, b)):
        if isinstance(x, str):
            check('%s (output %d)' % (kind, n), x, y)
            continue
        for key in sorted(set(x) | set(y)):
            if key.startswith('data image/') and key in x and key in y and same_image(x[key], y[key]):
                continue
            check('%s %s (output %d)' % (kind, key, n), x.get(key, '(absent)'), y.get(key, '(absent)'))
    return found


def differences(case, golden, got):
    """[(cell number or None, what, expected, got)]"""
    norm_wanted, norm_got = Normaliser(case, golden), Normaliser(case)
    wanted, found = golden['notebook'], []
    for key in ('nbformat', 'nbformat_minor'):
        if wanted[key] != got.get(key):
            found.append((None, key, wanted[key], got.get(key)))
    meta = [{k: v for k, v in nb['metadata'].items() if k != 'cellblock'} for nb in (wanted, got)]
    if meta[0] != meta[1]:
        found.append((None, 'notebook metadata', show(meta[0]), show(meta[1])))
    if len(wanted['cells']) != len(got['cells']):
        return found + [(None, 'number of cells', len(wanted['cells']), len(got['cells']))]
    number, injected = 0, case.injected()
    for position, (a, b) in enumerate(zip(wanted['cells'], got['cells'])):
        if position not in injected and a.get('id') != b.get('id'):
            found.append((number, 'id', a.get('id'), b.get('id')))
        for what, x, y in cell_differences(a, b, norm_wanted, norm_got, case.loose_order is not None, number not in case.ignored):
            found.append((number if a['cell_type'] == 'code' else None, what, x, y))
        number += a['cell_type'] == 'code'
    return found


def expectations(case, got):
    """Check the `expect-cell` lines against the program's notebook (None: it wrote none)."""
    if not case.expect_cells:
        return []
    if got is None:
        return [(None, 'notebook', 'an output notebook', 'none')]
    norm = Normaliser(case)
    code = [c for c in got['cells'] if c['cell_type'] == 'code']
    found = []
    for number, kind, pattern in case.expect_cells:
        if number >= len(code):
            found.append((number, kind, pattern, 'no such cell'))
            continue
        outputs = canonical(code[number], norm, True)
        if kind == 'no-output':
            if outputs:
                found.append((number, 'outputs', 'none', show(outputs)))
            continue
        texts = []
        for name, value in outputs:
            if kind == 'error' and name == 'error':
                texts.append('%s: %s' % (value['ename'], value['evalue']))
            elif kind == name and isinstance(value, str):
                texts.append(value)
            elif (kind, name) in (('result', 'execute_result'), ('display', 'display_data')):
                texts.extend(str(v) for k, v in value.items() if k.startswith('data text/'))
        if not any(re.search(pattern, text, re.S) for text in texts):
            found.append((number, kind, 'matches ' + pattern, show(outputs)))
    return found
