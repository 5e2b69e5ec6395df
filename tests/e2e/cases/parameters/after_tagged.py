# -p types its value; the cell is put after the one tagged `parameters`.
# args: -p alpha 3 -p ratio 0.5 -p flag True -p name text -p nothing None
# user: yes
# %%
'first'
# %% tags=parameters
alpha = 1
ratio = 0.1
flag = False
name = 'default'
nothing = 0
# %% oracle-only tags=injected-parameters
# Parameters
alpha = 3
ratio = 0.5
flag = True
name = "text"
nothing = None

# %%
alpha, ratio, flag, name, nothing
