# exec of a literal may be understood; it never reads less
# %%
d = {}
# %%
exec("d['a'] = 1")
