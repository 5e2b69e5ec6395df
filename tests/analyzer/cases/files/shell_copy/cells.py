# !cp a b
# %%
!echo hi > cb_c1
# %%
!cp cb_c1 cb_c2
# %%
!cat cb_c2
