# exec in a function is an open world at the call, not at the definition
# %%
def f(code): exec(code, globals())
# %%
f('zz = 1')
