# deque, OrderedDict, defaultdict, Counter, bytearray, array, set, frozenset, ChainMap, memoryview-free buffers.
# %%
import array, collections
dq = collections.deque([1, 2], maxlen=3)
dd = collections.defaultdict(list)
ct = collections.Counter('abca')
ba = bytearray(b'abc'); ba2 = ba
ar = array.array('i', [1, 2]); ar2 = ar
st = {1, 2}; st2 = st
od = collections.OrderedDict(a=1, b=2)
cm = collections.ChainMap(od, {'c': 3})
# %%
dq.append(3); dq.append(4)
dd['x'].append(1)
ct.update('aa')
ba += b'd'
ar.append(3)
st.add(3)
od.move_to_end('a')
# %%
dq, dd, ct, ba2, ar2, st2, od, dict(cm), list(cm)
# %%
dd['fresh'], dq.maxlen, cm.maps[0] is od
