# _, __, ___ and _N are results of earlier cells.
# user: yes
# %%
1 + 1
# %%
_ * 10
# %%
_, __
# %%
_1, _2, Out[1], Out[2]
# %%
x = 5
# %%
_, ___
# %%
None
# %%
_2
