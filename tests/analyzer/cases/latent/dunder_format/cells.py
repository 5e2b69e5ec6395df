# an f-string runs __format__ or __str__
# %%
k = 'x'
class F:
    def __str__(self): return k
f = F()
# %%
s = f'{f}'
