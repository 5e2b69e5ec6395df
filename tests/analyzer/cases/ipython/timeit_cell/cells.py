# the line of %%timeit is setup, its body runs in a function: no name is left
# %%
x = 1
k = 2
# %%
%%timeit -n 1 -r 1 a = x
b = a + k
# %%
b = 3
