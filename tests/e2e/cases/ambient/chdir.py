# The current directory persists.
# user: yes
# %%
import os
os.mkdir('sub')
os.chdir('sub')
# %%
print(os.getcwd())
open('here.txt', 'w').write('x')
# %%
os.listdir('.'), os.listdir('..')
# %%
%cd ..
# %%
os.getcwd(), os.path.exists('sub/here.txt')
# %%
%pwd
# %%
%cd -q sub
!pwd
