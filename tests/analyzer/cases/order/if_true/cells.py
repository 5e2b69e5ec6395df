# if True: binds always
# %%
x = 0
# %%
if True:
    x = 1
print(x)
