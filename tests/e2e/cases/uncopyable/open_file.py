# An open file is not silently turned into something else.
# no-oracle: until the ladder's third rung is built
# expect-exit: 1
# expect-cell 1 error: (?s)handle.*(TextIOWrapper|file)
# %%
handle = open('f.txt', 'w')
handle.write('begun')
# %%
handle.write('never')
