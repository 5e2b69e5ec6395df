# identifiers are compared after NFKC
# %%
ﬁ = 1
# %%
r = fi
