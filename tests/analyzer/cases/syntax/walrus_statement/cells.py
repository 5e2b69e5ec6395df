# := as a statement
# %%
x := 1
