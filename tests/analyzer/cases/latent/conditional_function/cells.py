# either definition may be called
# %%
c = True
j = 1
k = 2
# %%
if c:
    def f(): return j
else:
    def f(): return k
# %%
f()
