# Everything a fresh namespace holds, private names as well.
# %%
x = 1
# %%
sorted(k for k in globals() if not k.startswith('_i') and k[1:2] not in '0123456789')
# %%
__name__, __doc__
