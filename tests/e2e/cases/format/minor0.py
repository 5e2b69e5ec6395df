# nbformat 4.0: no ids, and the minor version stays.
# minor: 0
# user: yes
# %% markdown
text
# %%
1
# %%
print('x')
