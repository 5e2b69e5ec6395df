# Execution counts skip empty and markdown cells, count failing and tagged ones.
# user: yes
# %%
1
# %% markdown
text
# %% source="  \n\n"
# %%
# only a comment
# %% tags=raises-exception
1/0
# %% tags=skip-execution
'skipped'
# %% raw
raw
# %%
len(In), get_ipython().execution_count
