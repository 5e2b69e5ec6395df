# async comprehension
# %%
async def g():
    yield 1
# %%
r = [v async for v in g()]
