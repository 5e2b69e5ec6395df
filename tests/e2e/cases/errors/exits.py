# SystemExit, exit(), KeyboardInterrupt.
# %% tags=raises-exception
raise SystemExit(3)
# %% tags=raises-exception
import sys; sys.exit('message')
# %% tags=raises-exception
raise KeyboardInterrupt
# %% tags=raises-exception
raise BaseException('base')
# %%
'still here'
