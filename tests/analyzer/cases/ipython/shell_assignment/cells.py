# x = !cmd binds x and expands its line
# %%
d = '.'
# %%
files = !ls {d}
# %%
files[:0]
