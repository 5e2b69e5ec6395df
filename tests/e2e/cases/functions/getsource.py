# inspect.getsource, linecache and `f?`-less help know the source of earlier cells.
# %%
def f(x):
    # a comment
    return x + 1

class C:
    def m(self):
        return 'm'
# %%
import inspect
print(inspect.getsource(f))
# %%
print(inspect.getsource(C.m))
# %%
inspect.getsourcelines(f)[1], f.__code__.co_firstlineno, inspect.getdoc(f)
# %%
%psource f
