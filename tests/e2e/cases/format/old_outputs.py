# Outputs of an earlier run are replaced; those of empty and skipped cells stay.
# %% cell={"outputs":[{"output_type":"stream","name":"stdout","text":["old\n"]}],"execution_count":7}
print('new')
# %% source="" cell={"outputs":[{"output_type":"stream","name":"stdout","text":["kept\n"]}],"execution_count":8}
# %% tags=skip-execution cell={"outputs":[{"output_type":"stream","name":"stdout","text":["kept too\n"]}],"execution_count":9}
print('not run')
# %%
2
