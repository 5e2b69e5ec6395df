# clear_output, at once and when waiting.
# %%
from IPython.display import clear_output, display
print('a'); clear_output(); print('b')
# %%
print('one'); clear_output(wait=True); print('two')
# %%
print('stays'); clear_output(wait=True)
# %%
for i in range(3):
    clear_output(wait=True)
    display(i)
# %%
display('x', display_id='cleared'); clear_output()
# %%
from IPython.display import update_display
update_display('y', display_id='cleared')
'end'
