# print runs __str__
# %%
k = 'x'
class F:
    def __str__(self): return k
f = F()
# %%
print(f)
