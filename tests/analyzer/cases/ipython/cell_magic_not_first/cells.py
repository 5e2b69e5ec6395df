# %% only counts on the first line of the cell
# %%
x = 1
# %%
y = x
s = '''
%%bash
'''
