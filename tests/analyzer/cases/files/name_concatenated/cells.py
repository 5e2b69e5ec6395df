# 'a' + '.txt', f'{d}/x'
# %%
stem = 'cb_s'
# %%
open(stem + '.txt', 'w').write('x')
# %%
open(f'{stem}.txt').read()
