# code in a docstring is none
# %%
def f():
    """
    >>> y = z
    """
    return 1
f()
