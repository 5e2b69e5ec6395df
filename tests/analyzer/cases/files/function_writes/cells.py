# a function that writes a file does so at its call
# %%
def save(name): open(name, 'w').write('x')
# %%
save('cb_fn.txt')
# %%
open('cb_fn.txt').read()
