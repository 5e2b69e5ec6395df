# !rm f needs the file and takes it away
# %%
!echo hi > cb_rm
# %%
!rm cb_rm
# %%
import os
os.path.exists('cb_rm')
