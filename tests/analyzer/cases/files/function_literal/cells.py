# … or to a path of its own
# %%
def save(): open('cb_fl.txt', 'w').write('x')
# %%
save()
