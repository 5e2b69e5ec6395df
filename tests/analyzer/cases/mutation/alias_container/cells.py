# a list in a list
# %%
inner = []
outer = [inner]
# %%
outer[0].append(1)
