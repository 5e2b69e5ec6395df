# A trailing semicolon shows nothing and stores nothing; a comment after it as well.
# %%
10
# %%
20;
# %%
30;  # comment
# %%
_
# %%
print('no result')
# %%
_
# %%
40
50
# %%
sorted(Out), Out
