# Shared members of containers and object attributes.
# %%
inner = [0]
outer = {'x': inner, 'y': [inner, inner]}
class O: pass
o = O(); o.ref = inner; o.back = o
# %%
inner.append(1)
# %%
outer, o.ref
# %%
o.ref.append(2)
# %%
inner, outer['y'][0] is inner, o.back is o
# %%
outer['x'] = None
# %%
inner, outer
# %%
del inner
# %%
o.ref.append(3)
outer['y'][1]
