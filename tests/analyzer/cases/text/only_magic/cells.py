# a cell of nothing but a pure magic
# %%
%lsmagic
