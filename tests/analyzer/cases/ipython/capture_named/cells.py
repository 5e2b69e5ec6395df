# %%capture out binds out; the body is Python
# %%
x = 1
# %%
%%capture out
print(x)
y = 2
# %%
out.show()
