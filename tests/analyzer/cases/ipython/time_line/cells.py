# %time runs its statement in the notebook's namespace
# %%
def f(v): return v
x = 1
# %%
%time y = f(x)
# %%
y
