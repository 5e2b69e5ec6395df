# Escape sequences in exception names, messages, output and file names do not reach the terminal.
# expect-exit: 1
# expect-cell 0 stdout: \x1b\]0;owned\x07
# %%
print('\x1b]0;owned\x07\x1b[2J\x1b[6n\x9b2J')
E = type('E\x1b]0;owned\x07', (Exception,), {})
# %%
raise E('\x1b[2J\x1b]52;c;aGVsbG8=\x07 \x1bP0;0|0\x1b\\ \r\n\x1b[1A')
