# an async function runs when awaited
# %%
k = 1
async def f(): return k
# %%
r = await f()
