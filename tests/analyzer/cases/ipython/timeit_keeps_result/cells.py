# %timeit -o is an expression whose value is bound here
# %%
x = 1
# %%
t = %timeit -o -q -n 1 -r 1 x + 1
