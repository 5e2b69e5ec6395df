# sys.setrecursionlimit
# %%
import sys
sys.setrecursionlimit(5000)
