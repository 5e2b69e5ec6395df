# Objects with __eq__, __hash__, __repr__, __len__, __iter__, __call__, __enter__ of the notebook's own.
# %%
class V:
    def __init__(self, *a): self.a = a
    def __eq__(self, o): return self.a == o.a
    def __hash__(self): return hash(self.a)
    def __repr__(self): return 'V%r' % (self.a,)
    def __len__(self): return len(self.a)
    def __iter__(self): return iter(self.a)
    def __call__(self): return 'called'
    def __enter__(self): return self
    def __exit__(self, *e): print('exit')
    def __getattr__(self, n):
        if n.startswith('dyn_'): return n
        raise AttributeError(n)
v = V(1, 2)
d = {v: 'found'}
s = {V(3), V(3)}
# %%
d[V(1, 2)], len(v), list(v), v(), v.dyn_x, len(s)
# %%
with v as w: print(w is v)
# %%
v
