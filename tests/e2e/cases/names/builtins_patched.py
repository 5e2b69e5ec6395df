# Putting a name into builtins makes it visible to every later cell.
# %%
import builtins
builtins.answer = 42
# %%
answer
# %%
del builtins.answer
# %%
try:
    answer
except NameError as e:
    print(e)
