# assignment anywhere in a function makes the name local in all of it
# %%
x = 1
# %%
def f():
    if False:
        x = 2
    try:
        return x
    except UnboundLocalError:
        return None
r = f()
