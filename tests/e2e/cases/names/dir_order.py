# dir(), vars(), locals() list the notebook's names; insertion order is the order of binding over cells.
# %%
zeta = 1
alpha = 2
# %%
mid = 3
del zeta
# %%
zeta = 4
# %%
[k for k in globals() if not k.startswith('_') and k not in ('In', 'Out', 'get_ipython', 'exit', 'quit', 'open')]
# %%
[k for k in dir() if not k.startswith('_')]
# %%
[k for k in vars() if k in ('alpha', 'mid', 'zeta')], [k for k in locals() if k in ('alpha', 'mid', 'zeta')]
