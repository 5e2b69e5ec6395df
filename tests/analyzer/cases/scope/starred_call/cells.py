# *args and **kw in calls
# %%
a = [1]
k = {'sep': ''}
# %%
print(*a, **k)
