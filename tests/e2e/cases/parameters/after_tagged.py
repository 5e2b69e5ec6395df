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
# %% oracle-only tags=injected-parameters source="# Parameters\nalpha = 3\nratio = 0.5\nflag = True\nname = \"text\"\nnothing = None\n"
# %%
alpha, ratio, flag, name, nothing
