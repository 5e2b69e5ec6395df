# no later cell sees the name of an except clause
# %%
try:
    1 / 0
except ZeroDivisionError as err:
    msg = str(err)
# %%
ok = msg
