# The position of iterators that can be copied is state that advances.
# %%
import itertools
it = iter([1, 2, 3, 4])
ids = itertools.count(10)
# %%
next(it), next(ids)
# %%
next(it), next(ids)
# %%
list(it), next(ids)
