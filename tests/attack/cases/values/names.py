# Names in the namespace that are no identifiers, are huge, or are no strings.
# expect-exit: 0|1|4
# %%
globals()['not an identifier'] = 1
globals()['x' * 100000] = 2
globals()['\ud800'] = 3
globals()[''] = 4
globals()['\x1b]0;t\x07'] = 5
globals()['../../etc/passwd'] = 6
# %%
'next'
