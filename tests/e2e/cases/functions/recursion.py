# Recursion and mutual recursion over cells, and a helper defined after its user.
# %%
def fact(n): return 1 if n < 2 else n * fact(n - 1)
def even(n): return True if n == 0 else odd(n - 1)
# %%
def odd(n): return False if n == 0 else even(n - 1)
# %%
fact(10), even(10), odd(7)
# %%
keep = fact
def fact(n): return 'replaced'
# %%
keep(3)
