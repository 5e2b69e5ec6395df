# a decorator factory
# %%
k = 1
def factor(n):
    def deco(f):
        def wrapper(*a): return n * f(*a)
        return wrapper
    return deco
@factor(2)
def g(): return k
# %%
g()
