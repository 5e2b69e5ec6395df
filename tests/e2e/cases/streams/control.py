# Carriage returns, backspaces, ANSI, tabs, NUL and other separators stay as they were printed.
# %%
print('10%\r20%\rdone')
# %%
print('\x1b[31mred\x1b[0m\ttab\x08\x08 \x0c \x0b \x00 \x85 \u2028 \u2029 end')
# %%
for i in range(3): print(i, end='\r')
# %%
print('a\r\nb\r\n')
# %%
print('ünïcödé 漢字 🎉 \udc80'.encode('utf-8', 'replace').decode())
