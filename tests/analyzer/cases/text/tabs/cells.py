# tabs as indentation
# %%
x = 1
# %%
if x:
	y = x
	z = y
