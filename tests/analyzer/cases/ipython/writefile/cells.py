# %%writefile f: its body is text
# %%
x = 1
# %%
%%writefile cb_out.txt
x = y + z
# %%
print(open('cb_out.txt').read())
