# A deleted name is gone for later cells; deleting what is not there raises NameError.
# user: yes
# %%
a, b, c = 1, 2, 3
# %%
del a
# %%
try:
    a
except NameError as e:
    print(e)
# %%
del b, c
'b' in globals(), 'c' in dir()
# %%
b = 'again'
# %%
b
# %%
try:
    del never
except NameError as e:
    print(e)
