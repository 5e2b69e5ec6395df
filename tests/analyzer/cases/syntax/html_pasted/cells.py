# something that is no Python at all
# %%
<div>hello</div>
