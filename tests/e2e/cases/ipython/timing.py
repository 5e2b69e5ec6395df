# %time, %timeit and %%timeit: their text is time, their effects are not.
# normalise: \d[\d.,]* ?(ns|µs|us|ms|s)\b => T
# normalise: The slowest run took [^\n]*\n => 
# normalise: mean ± std.*?each\) => STATS
# normalise: T ± T => T
# normalise: \d[\d,]* loops? => L
# normalise: user T, sys: T, total: T => CPU
# %%
%time y = sum(range(10))
# %%
y
# %%
%timeit -n 2 -r 2 sum(range(5))
# %%
t = %timeit -o -q -n 1 -r 1 pass
type(t).__name__
# %%
%%time
z = 3
print(z)
# %%
z
