# copy and deepcopy separate; id() is stable within a cell.
# %%
import copy
a = {'n': [1]}
shallow, deep = copy.copy(a), copy.deepcopy(a)
# %%
a['n'].append(2)
# %%
shallow, deep, shallow['n'] is a['n'], deep['n'] is a['n']
