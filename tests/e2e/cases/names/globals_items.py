# globals() is the live namespace, to read, write and delete, and sees names no cell has touched here.
# %%
alpha, beta = 1, [2]
# %%
globals()['gamma'] = 3
# %%
gamma, globals()['alpha'], 'beta' in globals(), globals().get('nope', 'absent')
# %%
globals().update(delta=4)
globals().pop('alpha')
# %%
'alpha' in globals(), delta
# %%
sorted(k for k in globals() if k in ('alpha', 'beta', 'gamma', 'delta'))
