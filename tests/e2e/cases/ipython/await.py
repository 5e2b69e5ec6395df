# Top-level await, asyncio, async for, gather.
# user: yes
# %%
import asyncio
async def work(n):
    await asyncio.sleep(0.01)
    return n * 2
# %%
await work(4)
# %%
results = await asyncio.gather(*(work(i) for i in range(3)))
# %%
results
# %%
async with asyncio.timeout(5):
    r = await work(1)
print(r)
# %%
[x async for x in (i async for i in (lambda: (j for j in []))())] if False else 'ok'
# %% tags=raises-exception
asyncio.run(work(1))
# %%
task = asyncio.ensure_future(work(5))
await task
