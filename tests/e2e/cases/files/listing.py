# Directory listings follow what cells made and removed.
# user: yes
# %% file: data/in.csv
a,b
# %% file: data/other.csv
c
# %%
import os, glob
sorted(os.listdir('.')), sorted(os.listdir('data'))
# %%
os.makedirs('new/deep')
open('data/made.csv', 'w').close()
os.remove('data/other.csv')
# %%
sorted(os.listdir('data')), sorted(glob.glob('**/*.csv', recursive=True))
# %%
import shutil
shutil.rmtree('data')
# %%
sorted(os.listdir('.')), os.path.isdir('new/deep')
# %%
os.mkdir('data')
# %%
os.listdir('data')
# %%
[(d, sorted(s), sorted(f)) for d, s, f in sorted(os.walk('.'))]
