#!/usr/bin/python3
"""Seeds for fuzz-analyze: fuzz_seeds.py DIR writes the cells of each case there, one file a case."""
import os
import sys

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'cases')


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for folder, _, files in os.walk(CASES):
        if 'cells.py' in files:
            with open(os.path.join(folder, 'cells.py'), 'rb') as f:
                text = f.read().split(b'# %%\n', 1)[1]
            with open(os.path.join(sys.argv[1], os.path.relpath(folder, CASES).replace('/', '-')), 'wb') as f:
                f.write(text)


if __name__ == '__main__':
    main()
