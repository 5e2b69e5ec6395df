# %%writefile -a
# %%
%%writefile cb_w.txt
a
# %%
%%writefile -a cb_w.txt
b
# %%
!cat cb_w.txt
