# The cell replaces the machinery that runs it: its shell, hooks, json, pickle and sys.modules.
# expect-exit: 0|1|3|4
# args: --timeout 15
# timeout: 60
# expect-cell 0 result: first
# %%
'first'
# %%
import sys, json, pickle, builtins, gc
class Liar:
    def __getattr__(self, n): return self
    def __call__(self, *a, **k): return self
for name in list(sys.modules):
    if 'cellblock' in name or 'agent' in name: sys.modules[name] = Liar()
json.dumps = pickle.dumps = lambda *a, **k: b'lies'
builtins.open = Liar(); builtins.type = Liar()
# %%
'third'
