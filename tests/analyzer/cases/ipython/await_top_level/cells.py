# await at the top level of a cell
# %%
async def f(): return k
k = 1
# %%
v = await f()
