# !cat a | grep x > b
# %%
!echo hi > cb_p1
# %%
!cat cb_p1 | grep h > cb_p2
