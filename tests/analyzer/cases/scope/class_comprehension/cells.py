# a comprehension in a class body does not see the class's names, but its first iterable does
# %%
n = 5
m = 6
# %%
class C:
    n = 2
    rows = [m for _ in range(n)]
    cells = [n for _ in range(1)]
