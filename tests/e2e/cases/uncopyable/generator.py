# A generator cannot be copied: the reader is told so by name, type and producer.
# no-oracle: until the ladder's third rung is built
# expect-exit: 1
# expect-cell 2 error: (?s)numbers.*generator
# expect-stderr: numbers
# %%
def gen():
    yield 1
    yield 2
numbers = gen()
other = 5
# %%
print(other)
# %%
next(numbers)
