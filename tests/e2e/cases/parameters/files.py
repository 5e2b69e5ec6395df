# -f and -y; later sources win: -f < -y < -p < -r.
# args: -f params.yaml -y "{b: 20, c: 30, l: [1, two, {k: null}]}" -p c 300 -r d 7
# no-oracle: written by hand
# expect-cell 2 result: \(1, 20, 300, '7', \[1, 'two', \{'k': None\}\], 1\.5, 'x: y'\)
# %% file: params.yaml
a: 1
b: 2
e: 1.5
f: 'x: y'
# %% tags=parameters
a = b = c = d = 0
# %%
(a, b, c, d, l, e, f)
