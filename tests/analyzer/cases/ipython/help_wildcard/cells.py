# np.*load*? looks at np
# %%
import json
# %%
json.*load*?
