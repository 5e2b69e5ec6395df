# with a break else may be left out
# %%
xs = [1, 2]
found = None
# %%
for i in xs:
    if i == 1:
        found = i
        break
else:
    found = -1
print(found)
