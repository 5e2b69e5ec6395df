# %%
import math
a = 1
# %%
b = a + 1
# %%
c = math.sqrt(a)
# %%
print(b)
# %%
print(c, b)
# %%
x = 5
# %%
x += 1
del c
# %%
def f():
    global g
    g = x
# %%
f()
# %%
g
