# A patched library module is patched for the later cells.
# %%
import colorsys
original = colorsys.rgb_to_hsv
colorsys.rgb_to_hsv = lambda *a: ('patched', original(*a))
# %%
colorsys.rgb_to_hsv(1, 1, 1)
# %%
import colorsys as c
c.rgb_to_hsv(0, 0, 0), c.rgb_to_hsv is original
# %%
colorsys.rgb_to_hsv = original
# %%
colorsys.rgb_to_hsv(1, 1, 1)
# %%
import statistics
class Wrapped(statistics.NormalDist): pass
statistics.NormalDist = Wrapped
# %%
statistics.NormalDist is Wrapped
