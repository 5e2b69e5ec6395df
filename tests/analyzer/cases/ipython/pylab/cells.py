# %pylab brings some thousand names
# %%
%pylab inline
# %%
x = linspace(0, 1)
