# finally runs always
# %%
x = 0
# %%
try:
    pass
finally:
    x = 2
print(x)
