# the word exec in a string or a comment is nothing
# %%
s = 'exec(code)'  # eval(x)
