# f.calls += 1
# %%
def f(): return 1
f.calls = 0
# %%
f.calls += 1
