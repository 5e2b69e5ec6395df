# globals()[name] = v
# %%
name = 'made'
# %%
globals()[name] = 1
# %%
made
