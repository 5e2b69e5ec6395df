# __getattr__ answers unknown attributes
# %%
k = 1
class G:
    def __getattr__(self, n): return k
g = G()
# %%
g.anything
