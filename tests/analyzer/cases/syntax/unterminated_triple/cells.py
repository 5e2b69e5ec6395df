# a triple-quoted string without an end
# %%
x = 1
s = """abc
