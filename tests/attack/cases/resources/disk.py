# Filling the disk meets the limit.
# args: --disk 64M --timeout 60
# expect-exit: 0|1|3
# timeout: 120
# expect-stderr: (?i)disk|space|large|file|limit
# %%
block = b'x' * (1 << 20)
with open('fill', 'wb') as f:
    for _ in range(20000): f.write(block); f.flush()
# %%
'never'
