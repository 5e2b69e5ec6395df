# sys.last_value and %tb after an expected error.
# %% tags=raises-exception
int('x')
# %%
import sys
sys.last_type.__name__, str(sys.last_value)
# %%
%tb
