# compile runs nothing
# %%
c = compile('x = 1', 'a', 'exec')
