# names differ by case
# %%
X = 1
# %%
x = 2
# %%
y = X
