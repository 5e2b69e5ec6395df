# Module-level annotations gather in __annotations__ over cells; a bare one binds nothing.
# %%
x: int = 3
y: str
# %%
z: float = 1.0
# %%
__annotations__
# %%
try:
    y
except NameError as e:
    print(e)
# %%
x: str = 'now text'
__annotations__, x
