# no ambient effect without a cause
# %%
import math
x = math.sqrt(2)
