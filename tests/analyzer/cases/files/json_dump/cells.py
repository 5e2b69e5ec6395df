# json.dump through a stream
# %%
import json
with open('cb_j.json', 'w') as f:
    json.dump({'a': 1}, f)
# %%
with open('cb_j.json') as f:
    d = json.load(f)
