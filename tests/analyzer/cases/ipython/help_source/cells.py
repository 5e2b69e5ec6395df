# x.y?? looks at x
# %%
import json
# %%
json.dumps??
