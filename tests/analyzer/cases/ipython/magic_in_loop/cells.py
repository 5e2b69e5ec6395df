# %time inside a loop's block
# %%
for i in range(2):
    %time y = i
# %%
y
