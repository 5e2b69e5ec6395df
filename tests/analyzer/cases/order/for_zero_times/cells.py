# a loop may run no time: its target may be the old one
# %%
xs = [1]
i = 9
# %%
for i in xs:
    pass
print(i)
