# non-ASCII identifiers
# %%
α_1 = 1
变量 = 2
# %%
β = α_1 + 变量
