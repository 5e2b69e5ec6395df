# builtins are no reads
# %%
x = sorted([1]); y = len(x)
