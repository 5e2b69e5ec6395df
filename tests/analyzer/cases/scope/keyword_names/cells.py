# keyword names in calls are no names
# %%
x = 1
# %%
d = dict(x=2, y=x)
