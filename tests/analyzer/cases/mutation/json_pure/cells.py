# json.dumps and copy change nothing
# %%
import json, copy
x = [1]
# %%
s = json.dumps(x)
y = copy.deepcopy(x)
y.append(2)
