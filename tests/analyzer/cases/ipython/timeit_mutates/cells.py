# %%timeit's function still changes the notebook's objects
# %%
acc = []
# %%
%%timeit -n 1 -r 1
acc.append(1)
