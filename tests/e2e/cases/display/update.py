# update_display reaches into earlier cells.
# user: yes
# %%
from IPython.display import display, update_display
h = display('waiting', display_id='progress')
display('other', display_id=True);
# %%
update_display('half', display_id='progress')
# %%
print('between')
# %%
h.update('done')
# %%
display('again', display_id='progress')
# %%
update_display('all', display_id='progress')
# %%
update_display('nobody', display_id='unknown')
# %%
h.display_id
