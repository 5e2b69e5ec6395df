# %who, %whos and %who_ls list the visible scope.
# user: yes
# %%
number = 1
text = 'abc'
import math
def function(): pass
# %%
%who
# %%
%whos
# %%
%who_ls
# %%
%who int str
# %%
values = [1, 2]
%who list
