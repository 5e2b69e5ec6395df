# Out, In, _i, _ii, _ih, _oh, _dh.
# user: yes
# %%
'first'
# %%
In[1], Out[1]
# %%
_i, _ii
# %%
_i1, len(In), sorted(Out)
# %%
_ih[1:3], _oh[1], len(_dh)
# %%
Out[2] is _2
# %%
Out[99]
