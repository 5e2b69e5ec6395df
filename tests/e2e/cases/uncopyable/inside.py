# A value that cannot be copied deep inside one that looks harmless.
# no-oracle: until the ladder's third rung is built
# expect-exit: 1
# expect-cell 2 error: (?s)config.*generator
# expect-cell 1 stdout: ^fine$
# %%
config = {'a': [1, {'deep': (i for i in range(3))}]}
plain = 'fine'
# %%
print(plain)
# %%
config['a'][0]
