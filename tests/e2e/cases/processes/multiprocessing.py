# Processes and pools within a cell.
# %%
import multiprocessing as mp
def square(x): return x * x
# %%
with mp.get_context('fork').Pool(2) as pool:
    print(pool.map(square, range(4)))
del pool
# %%
from concurrent.futures import ProcessPoolExecutor
with ProcessPoolExecutor(2) as pool: print(list(pool.map(square, [5, 6])))
del pool
# %%
q = mp.get_context('fork').Queue()
p = mp.get_context('fork').Process(target=lambda: q.put('child'))
p.start(); print(q.get()); p.join(); print(p.exitcode)
del p, q
