# `>>> ` is removed, and so is the output's prompt
# %%
x = 1
# %%
>>> y = x
>>> if y:
...     z = y
