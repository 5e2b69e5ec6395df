# SystemExit without a tag fails the run.
# expect-exit: 1
# %%
1
# %%
import sys
sys.exit(0)
# %%
'never'
