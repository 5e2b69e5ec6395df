# %run of a workspace script brings its names; -i shows it ours.
# %% file: script.py
made_by_script = [1, 2]
def from_script(): return made_by_script
print('script', __name__)
# %% file: reader.py
print('reader sees', given)
result = given * 2
# %%
%run script.py
# %%
made_by_script, from_script()
# %%
given = 21
%run -i reader.py
# %%
result
# %%
made_by_script.append(3)
from_script()
