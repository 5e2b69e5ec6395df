# Renaming a directory that an earlier cell or the workspace left.
# known-gap: overlayfs in a user namespace renames only directories of the cell itself (EXDEV, no redirect_dir with userxattr)
# %% file: keep/me.txt
kept
# %%
import os
os.rename('keep', 'moved')
# %%
os.listdir('moved')
