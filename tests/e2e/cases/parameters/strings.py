# Quotes, backslashes, newlines and unicode in a parameter.
# args: -p s "a\"b'c\\d" -p u "ünï 漢" -p n "two\nlines" -p big 123456789012345678901234567890 -p under 1_000 -p sci 1e3
# no-oracle: written by hand
# expect-cell 2 stdout: a"b'c\\d\|ünï 漢\|
# expect-cell 2 result: \(123456789012345678901234567890, 1000, 1000\.0\)
# %% tags=parameters
s = u = n = ''
# %%
print(s, u, n, sep='|')
(big, under, sci)
