# a function changes a global in place
# %%
stack = []
def push(v): stack.append(v)
# %%
push(1)
# %%
stack
