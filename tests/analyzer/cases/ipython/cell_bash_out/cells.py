# %%bash --out binds a name
# %%
%%bash --out res --err problems
echo hi
# %%
res
