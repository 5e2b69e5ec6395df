# a function defined on one path only
# %%
fast = True
# %%
if fast:
    def f(): return 1
# %%
f()
