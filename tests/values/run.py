"""Runs the cases of cases_*.py: python3 run.py [substring of a case's name]…"""
import os
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402

CASES = []


def case(name, *sources, **expect):
    CASES.append((name, [_dedent(source) for source in sources], expect))


def _dedent(source):
    import textwrap
    return textwrap.dedent(source).strip('\n') + '\n'


def check(name, sources, expect):
    """What is wrong with the case, or None."""
    text, commits, reads, _ = harness.run_split(sources, expect.get('keep_results', False))
    wanted = expect['prints'] if 'prints' in expect else harness.oracle(sources)
    if text != wanted:
        return 'printed\n%s\nwanted\n%s' % (text, wanted)
    for number, names in (expect.get('writes') or {}).items():
        if harness.written(commits[number]) != sorted(names):
            return 'cell %d wrote %s, not %s' % (number, harness.written(commits[number]), sorted(names))
    for number, names in (expect.get('reads') or {}).items():
        seen = [root for root in reads[number] + commits[number]['bound'] if not root.startswith('@')]
        if seen != list(names):
            return 'cell %d read %s, not %s' % (number, seen, names)
    for number, names in (expect.get('carried') or {}).items():
        got = sorted(root for group in commits[number]['groups'] for root in group.get('carried', ()))
        if got != sorted(names):
            return 'cell %d carried %s, not %s' % (number, got, sorted(names))
    for number, names in (expect.get('uncopyable') or {}).items():
        got = sorted(item['root'] for item in commits[number]['uncopyable'])
        if got != sorted(names):
            return 'cell %d: uncopyable %s, not %s' % (number, commits[number]['uncopyable'], sorted(names))
    if not expect.get('refused') and not expect.get('uncopyable') and '!!' not in wanted:
        bad = [item for commit in commits for item in commit['uncopyable']]
        if bad:
            return 'uncopyable: %s' % bad
    return None


def main():
    work = tempfile.mkdtemp(prefix='cellblock-values-')
    try:
        harness.load_agent(work)
        return run(sys.argv[1:])
    finally:
        for entry in os.listdir(work):
            os.unlink(os.path.join(work, entry))
        os.rmdir(work)


def run(wanted):
    import colorsys, statistics, numpy, pandas, matplotlib, sympy, sklearn  # noqa: F401,E401
    matplotlib.use('agg')
    import matplotlib.pyplot  # noqa: F401
    from cellblock_agent import ambient
    ambient.baseline()
    sys.modules['run'] = sys.modules[__name__]
    for entry in sorted(os.listdir(harness.HERE)):
        if entry.startswith('cases_') and entry.endswith('.py'):
            __import__(entry[:-3])
    failed = 0
    started = time.monotonic()
    chosen = [c for c in CASES if not wanted or any(w in c[0] for w in wanted)]
    for name, sources, expect in chosen:
        wrong = check(name, sources, expect)
        if wrong:
            failed += 1
            print('FAIL %s: %s' % (name, wrong), flush=True)
    # The suite must be able to fail: this pair differs by construction.
    planted = check('planted', ['import os\nprint(os.getpid() > 0)\n'], {'prints': 'nothing of the kind'})
    if planted is None:
        failed += 1
        print('FAIL planted: a wrong output went unnoticed')
    print('%d cases, %d failed, %.1f s' % (len(chosen), failed, time.monotonic() - started))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
