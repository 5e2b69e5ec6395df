# decorators are read and called at the definition
# %%
calls = []
def deco(f):
    calls.append(f.__name__)
    return f
# %%
@deco
def g(): pass
