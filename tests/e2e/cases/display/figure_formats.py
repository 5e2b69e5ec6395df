# SVG, retina and figure formats set in one cell hold for the next.
# normalise: (id="|xlink:href="#|url\(#)[a-z0-9]{8,} => \1ID
# normalise: <dc:date>[^<]*</dc:date> => DATE
# timeout: 120
# %%
%matplotlib inline
import matplotlib.pyplot as plt
plt.rcParams['svg.hashsalt'] = 'fixed'
%config InlineBackend.figure_format = 'svg'
# %%
plt.figure(figsize=(1, 1)); plt.plot([1, 2]);
# %%
%config InlineBackend.figure_format = 'retina'
# %%
plt.figure(figsize=(1, 1)); plt.plot([1, 2]);
# %%
from matplotlib_inline.backend_inline import set_matplotlib_formats
set_matplotlib_formats('png')
# %%
plt.figure(figsize=(1, 1)); plt.plot([1, 2]);
