# magics that only tell something
# %%
x = 1
# %%
%autosave 60
%lsmagic
y = x
