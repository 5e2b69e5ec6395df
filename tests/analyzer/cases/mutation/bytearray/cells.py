# bytearray
# %%
b = bytearray(b'ab')
# %%
b[0] = 65
b.extend(b'c')
