# get_ipython().user_ns reads and writes the notebook's names.
# %%
x = 1
# %%
ip = get_ipython()
ip.user_ns['x'], 'x' in ip.user_ns
# %%
ip.push({'pushed': 11})
ip.user_ns['direct'] = 12
# %%
pushed, direct
# %%
ip.ev('x + pushed')
# %%
ip.run_cell('ran = pushed + 1');
# %%
ran
