# Representations that raise, exit, hang briefly, return what they should not.
# expect-cell 4 result: next
# %% tags=raises-exception
class A:
    def _repr_html_(self): raise SystemExit(3)
    def __repr__(self): return 'A'
A()
# %% tags=raises-exception
class B:
    def _repr_mimebundle_(self, **k): return {'text/plain': 5, 7: 'x', 'text/html': b'bytes'}
B()
# %% tags=raises-exception
class C:
    def _repr_html_(self): return '\ud800'
    def __repr__(self): return '\udfff lone'
C()
# %% tags=raises-exception
class D:
    def _repr_json_(self): return {'nan': float('nan'), 'deep': [[[[]]]]}
D()
# %%
'next'
