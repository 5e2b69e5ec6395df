# Nesting deeper than any stack.
# expect-exit: 0|1
# expect-cell 1 stdout: fine
# %%
deep = []
for _ in range(200000): deep = [deep]
fine = 'fine'
# %%
print(fine)
# %% tags=raises-exception
x = deep
for _ in range(10): x = x[0]
print(len(x))
