"""embed.py BOOTSTRAP OUT.c MODULE.py…: write the agent's Python half as C arrays, with its code compiled."""
import importlib.util
import marshal
import os
import sys


def array(data):
    return ','.join(str(b) for b in data)


def main(bootstrap, out, *modules):
    lines = ['#include "runtime/agent/embedded.h"', '']
    rows = []
    for i, path in enumerate(modules):
        with open(path, 'rb') as f:
            source = f.read()
        name = os.path.basename(path)[:-3]
        code = marshal.dumps(compile(source, '<cellblock>/%s.py' % name, 'exec', optimize=0))
        lines.append('static const unsigned char source_%d[] = {%s,0};' % (i, array(source)))
        lines.append('static const unsigned char code_%d[] = {%s};' % (i, array(code)))
        rows.append('    {"%s", (const char *)source_%d, %d, code_%d, %d},' % (name, i, len(source), i, len(code)))
    with open(bootstrap, 'rb') as f:
        text = f.read()
    lines.append('const struct cb_embedded cb_embedded_modules[] = {')
    lines += rows + ['    {0},', '};']
    lines.append('const unsigned char cb_embedded_magic[4] = {%s};' % array(importlib.util.MAGIC_NUMBER))
    lines.append('const char cb_embedded_bootstrap[] = {%s,0};' % array(text))
    with open(out, 'w') as f:
        f.write('\n'.join(lines) + '\n')


main(*sys.argv[1:])
