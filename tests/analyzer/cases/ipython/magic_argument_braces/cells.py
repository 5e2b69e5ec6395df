# {expr} in the arguments of a magic is Python
# %%
k = '1'
# %%
%env CB_CASE={k}
