# code behind sys.exit() may not run
# %%
import sys
x = 0
# %%
if x:
    sys.exit()
y = x
