# Chained exceptions, `from`, `from None`, notes, groups.
# %% tags=raises-exception
try:
    {}['k']
except KeyError as e:
    raise ValueError('outer') from e
# %% tags=raises-exception
try:
    1/0
except ZeroDivisionError:
    raise RuntimeError('while handling')
# %% tags=raises-exception
try:
    1/0
except ZeroDivisionError:
    raise RuntimeError('alone') from None
# %% tags=raises-exception
e = ValueError('with note'); e.add_note('a note'); raise e
# %% tags=raises-exception
raise ExceptionGroup('group', [ValueError(1), TypeError(2)])
