# readers of one version are independent
# %%
x = 1
# %%
a = x
# %%
b = x
