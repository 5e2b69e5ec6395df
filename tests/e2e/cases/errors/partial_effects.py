# What a failing cell did before it failed holds, when the run goes on.
# user: yes
# %%
l = []
# %% tags=raises-exception
l.append('before')
x = 'bound'
open('left.txt', 'w').write('left')
print('printed')
raise ValueError('stop')
l.append('after')
# %%
l, x, open('left.txt').read()
