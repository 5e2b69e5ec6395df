# what %timeit binds is local to its own function
# %%
x = 1
# %%
%timeit -n 1 -r 1 t = x + 1
