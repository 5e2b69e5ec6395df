# either of two
# %%
x = []
y = []
c = True
# %%
t = x if c else y
t.append(1)
