# nbformat 4.4.
# minor: 4
# %%
1
# %%
1/0
