# global makes a function bind the notebook's name when it is called
# %%
def set_it():
    global counter
    counter = 5
# %%
set_it()
# %%
counter
