# a default is the object of the day of the definition
# %%
k = [1]
def f(a=k): a.append(1)
# %%
f()
