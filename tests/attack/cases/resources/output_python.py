# The same through Python's own stream, as results, as displays.
# args: --timeout 120
# expect-exit: 3
# timeout: 180
# expect-stderr: (?i)output
# %%
while True: print('y' * (1 << 20))
