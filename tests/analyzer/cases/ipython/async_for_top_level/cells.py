# async for and async with at the top level
# %%
async def gen():
    yield k
k = 1
# %%
out = []
async for v in gen():
    out.append(v)
