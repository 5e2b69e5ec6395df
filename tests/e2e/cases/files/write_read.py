# Written in one cell, read in the next; append, truncate, rename, delete.
# user: yes
# %%
open('a.txt', 'w').write('one\n')
# %%
open('a.txt').read()
# %%
open('a.txt', 'a').write('two\n')
# %%
import os
os.rename('a.txt', 'b.txt')
# %%
os.path.exists('a.txt'), open('b.txt').read()
# %%
os.remove('b.txt')
# %%
try:
    open('b.txt')
except FileNotFoundError as e:
    print(e)
# %%
open('b.txt', 'w').close()
os.path.getsize('b.txt')
