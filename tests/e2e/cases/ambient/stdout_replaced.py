# sys.stdout redirected within a cell and restored; umask; signal handlers set in one cell.
# %%
import io, sys, contextlib
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print('captured')
# %%
buffer.getvalue()
# %%
buffer.write('more')
# %%
buffer.getvalue()
# %%
import os
old = os.umask(0o077)
# %%
open('private', 'w').close()
oct(os.stat('private').st_mode & 0o777)
