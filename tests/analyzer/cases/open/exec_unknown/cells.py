# exec of text that is not known
# %%
code = ''.join(['a', '=1'])
# %%
exec(code)
