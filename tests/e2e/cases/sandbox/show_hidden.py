# --show-hidden shows them.
# args: --show-hidden
# no-oracle: an option of ours
# expect-cell 0 result: SECRET=1
# %% file: .env
SECRET=1
# %%
open('.env').read()
