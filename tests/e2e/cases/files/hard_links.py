# A hard link, written through one of its names in a later cell.
# known-gap: overlayfs copies up one name of a file of an earlier layer; the other one keeps the old content
# %%
import os
open('f', 'w').write('x')
os.link('f', 'hard')
# %%
open('f', 'a').write('y')
# %%
open('hard').read()
