# Traceback modes.
# %%
%xmode Context
def f(a):
    return a / 0
# %%
%xmode Plain
# %% tags=raises-exception
f(3)
# %%
%xmode Verbose
# %% tags=raises-exception
f(4)
