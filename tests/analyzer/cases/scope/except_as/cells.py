# the name of `except … as e` is gone after the handler
# %%
e = 5
# %%
try:
    1 / 0
except ZeroDivisionError as e:
    msg = str(e)
