# %precision, %xmode, %config, %load_ext, %alias, macros hold for later cells.
# user: yes
# %%
%precision 2
# %%
3.14159
# %%
%xmode Minimal
# %% tags=raises-exception
1 / 0
# %%
%config InteractiveShell.ast_node_interactivity = 'all'
# %%
1
2
# %%
%config InteractiveShell.ast_node_interactivity = 'last_expr'
%alias hello echo hello %s
# %%
hello world
# %%
1
2
