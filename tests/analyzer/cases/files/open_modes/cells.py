# a, x, r+, wb
# %%
with open('cb_a', 'a') as a, open('cb_x', 'x') as x, open('cb_wb', mode='wb') as w: pass
