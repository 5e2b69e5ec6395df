# a def without a body
# %%
def f():
