# annotations of parameters are evaluated at the definition
# %%
T = int
# %%
def f(a: T) -> T: return a
