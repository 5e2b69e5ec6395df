# Interpreter settings: recursion limit, switch interval, displayhook-free excepthook, gc thresholds, int digits.
# %%
import sys, gc
sys.setrecursionlimit(5000)
gc.disable()
sys.set_int_max_str_digits(5000)
# %%
sys.getrecursionlimit(), gc.isenabled(), sys.get_int_max_str_digits()
# %%
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
deep(3000)
# %%
sys.setrecursionlimit(1000)
# %% tags=raises-exception
try:
    deep(3000)
except RecursionError as e:
    print(type(e).__name__)
