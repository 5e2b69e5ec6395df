# Names that only exec and eval mention.
# %%
a = 5
# %%
exec('b = a * 2')
# %%
eval('a + b')
# %%
code = compile('c = a + b\nprint(c)', 'made-up', 'exec')
exec(code)
# %%
ns = {}
exec('d = 1', ns)
'd' in globals(), ns['d'], c
# %%
exec('del a')
try:
    eval('a')
except NameError as e:
    print(e)
