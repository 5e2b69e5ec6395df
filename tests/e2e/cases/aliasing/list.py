# b = a is one list, in any later cell.
# user: yes
# %%
a = [1]
b = a
# %%
b.append(2)
# %%
a
# %%
a is b
# %%
a = [9]
# %%
a, b
# %%
c = b
b.append(3)
# %%
c, c is b
