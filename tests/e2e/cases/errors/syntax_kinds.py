# Indentation errors, unfinished strings, return outside functions, compile-time checks.
# %% tags=raises-exception
if True:
pass
# %% tags=raises-exception
'unfinished
# %% tags=raises-exception
return 5
# %% tags=raises-exception
x = 1
  y = 2
# %% tags=raises-exception
f(a=1, a=2)
# %% tags=raises-exception
1 = x
# %% tags=raises-exception
print 'two'
