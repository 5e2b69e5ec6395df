# The type of __builtins__ betrays the hook that loads names.
# known-gap: the namespace hook is a dictionary where Jupyter has the module
# %%
type(__builtins__).__name__
