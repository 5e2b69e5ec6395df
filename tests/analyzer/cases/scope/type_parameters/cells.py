# type parameters are scopes of their own (3.12)
# %%
T = 1
# %%
def f[T](x: T) -> T: return x
class C[T]: pass
type A[T] = list[T]
