# Names and attributes that overlay file systems and layers give a meaning to.
# expect-exit: 0|1|4
# %% file: keep.txt
kept
# %%
import os
for name in ('.wh.keep.txt', '.wh..wh..opq', '.wh..', '.wh...'):
    try: open(name, 'w').close()
    except OSError as e: print(name, e)
os.mkdir('opaque')
for attribute in ('user.overlay.opaque', 'trusted.overlay.opaque', 'user.overlay.redirect', 'trusted.overlay.redirect', 'security.capability', 'user.overlay.whiteout'):
    try: os.setxattr('opaque', attribute, b'y' if 'opaque' in attribute else b'/../../etc')
    except OSError as e: print(attribute, e.errno)
try: os.mknod('whiteout', 0o20000, 0)
except OSError as e: print(e.errno)
# %%
open('keep.txt').read()
