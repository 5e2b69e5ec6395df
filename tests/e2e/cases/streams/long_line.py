# A line of a megabyte, and many short ones.
# %%
print('x' * 1_000_000)
# %%
for i in range(20000): print(i)
# %%
'y' * 100_000
