# Pickle, copy and repr of the notebook's own classes inside one cell, as Jupyter does it.
# %%
class T:
    def __init__(self, n): self.n = n
    def __repr__(self): return 'T(%d)' % self.n
# %%
import pickle
blob = pickle.dumps(T(3))
# %%
pickle.loads(blob), T.__module__, b'__main__' in blob
# %%
open('t.pickle', 'wb').write(pickle.dumps([T(1), T(2)]))
# %%
pickle.load(open('t.pickle', 'rb'))
