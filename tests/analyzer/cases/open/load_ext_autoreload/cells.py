# a known extension is no open world for names
# %%
x = 1
# %%
%load_ext autoreload
%autoreload 0
y = x
