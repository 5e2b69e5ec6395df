# Generator functions travel, exhausted and fresh generators made in the same cell work.
# %%
def gen(n):
    for i in range(n):
        yield i * factor
# %%
factor = 10
# %%
list(gen(3))
# %%
factor = 2
sum(gen(4))
# %%
async def agen():
    for i in range(2):
        yield i
# %%
[i async for i in agen()]
