# !cmd >> f
# %%
!echo hi > cb_sa.txt
# %%
!echo ho >> cb_sa.txt
# %%
s = open('cb_sa.txt').read()
