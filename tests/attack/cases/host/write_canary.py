# Writing it, by link and by hard link, creating the path to it.
# expect-cell 1 result: next
# %%
import os
for path in ('@CANARY@', 'link-to-canary'):
    try:
        with open(path, 'w') as f: f.write('overwritten')
    except OSError as e: print(e)
try:
    os.makedirs(os.path.dirname('@CANARY@'), exist_ok=True)
    open('@CANARY@', 'w').write('overwritten')
except OSError as e: print(e)
try:
    os.link('@CANARY@', 'hard')
except OSError as e: print(e)
# %%
'next'
