# Identifiers are NFKC-normalised; names in any script travel.
# %%
größe = 1
变量 = 2
ﬁ = 3
# %%
größe, 变量, fi
# %%
globals()['größe'], 'ﬁ' in globals(), 'fi' in globals()
