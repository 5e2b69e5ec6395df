# else of a loop that has no break always runs
# %%
x = 0
# %%
for i in range(2):
    pass
else:
    x = 5
print(x)
