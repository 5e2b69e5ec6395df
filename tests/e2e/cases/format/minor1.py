# nbformat 4.1.
# minor: 1
# %%
1
