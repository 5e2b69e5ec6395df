# A file on the host: by its name, by a link in the workspace, through /proc and by parent directories.
# expect-cell 0 stdout: ^blocked blocked blocked blocked blocked blocked \n$
# expect-cell 1 result: next
# %%
import os
for path in ('@CANARY@', 'link-to-canary', '../../../../..@CANARY@', '/proc/1/root@CANARY@', '/proc/self/root@CANARY@', '/proc/self/cwd/../..@CANARY@'):
    try:
        open(path).read()
        print('READ', path, end=' ')
    except OSError:
        print('blocked', end=' ')
print()
# %%
'next'
