# %%javascript is no Python
# %%
%%javascript
var x = y; import z from 'w'
