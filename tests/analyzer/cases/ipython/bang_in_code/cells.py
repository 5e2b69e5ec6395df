# != and ! in strings are no shell
# %%
x = 1
# %%
y = x != 2
z = 'wow!'
!true
