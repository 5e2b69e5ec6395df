# Deep, duplicate-keyed, NaN-laden JSON on guessed descriptors, sent as packets and as streams.
# expect-exit: 0|1|3|4
# args: --timeout 15
# timeout: 60
# %%
import os, socket
for fd in range(3, 64):
    for blob in (b'[' * 60000, b'{"a":' * 20000, b'{"a":1,"a":2}', b'{"t":NaN}', b'{"x":"\\ud800"}', b'{"op":"output","op":"done"}'):
        try: os.write(fd, blob)
        except OSError: pass
