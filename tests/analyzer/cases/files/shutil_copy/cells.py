# shutil.copy reads one and writes the other
# %%
import shutil
open('cb_1.txt', 'w').write('x')
# %%
shutil.copy('cb_1.txt', 'cb_2.txt')
# %%
open('cb_2.txt').read()
