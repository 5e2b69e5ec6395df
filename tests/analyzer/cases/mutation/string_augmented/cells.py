# s += 'x' rebinds
# %%
s = 'a'
t = s
# %%
s += 'b'
# %%
t
