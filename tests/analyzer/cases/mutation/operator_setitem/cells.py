# operator.setitem
# %%
import operator
d = {}
# %%
operator.setitem(d, 'a', 1)
