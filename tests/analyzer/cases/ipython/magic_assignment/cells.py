# x = %magic binds x
# %%
import os
# %%
here = %pwd
# %%
here and 1
