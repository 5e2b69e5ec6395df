# %prun runs a statement with the namespace
# %%
def f(v): return v
x = 1
# %%
%prun -q f(x)
