# nbformat 4.3.
# minor: 3
# %%
1
