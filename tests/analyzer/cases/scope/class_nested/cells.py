# classes in classes
# %%
k = 1
# %%
class A:
    k = 2
    class B:
        v = k
