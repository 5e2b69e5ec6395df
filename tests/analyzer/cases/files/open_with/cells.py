# with open(f, 'w') as g
# %%
with open('cb.txt', 'w') as g:
    g.write('1')
# %%
with open('cb.txt', 'r') as g:
    s = g.read()
