# A great many files, and a deep tree.
# args: --timeout 60
# expect-exit: 0|1|3
# timeout: 180
# %%
import os
for i in range(30000): open('f%d' % i, 'w').close()
for i in range(3000):
    os.mkdir('d'); os.chdir('d')
# %%
'next'
