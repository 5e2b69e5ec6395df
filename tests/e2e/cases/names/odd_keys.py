# Keys of globals() that are no identifiers.
# %%
globals()['not an identifier'] = 1
globals()['1'] = 2
# %%
globals()['not an identifier'], '1' in globals()
# %%
del globals()['1']
# %%
'1' in globals()
