# a with block may end early
# %%
import contextlib
x = 0
# %%
with contextlib.suppress(ValueError):
    x = int('a')
print(x)
