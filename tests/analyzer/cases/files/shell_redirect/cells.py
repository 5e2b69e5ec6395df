# !cmd > f
# %%
!echo hi > cb_sh.txt
# %%
!cat cb_sh.txt
