# The notebook's own names may look like anybody's internals.
# %%
cell = 'c'; agent = 'a'; pickle = 'p'; sys = 's'; os = 'o'; data = 'd'; self = 'me'; _private = 1; __dunder = 2
# %%
cell, agent, pickle, sys, os, data, self, _private, __dunder
# %%
id = 7; type = 8; print(id, type); input = 9
# %%
id, type, input
# %%
del id, type, input
callable(id), callable(type), callable(input)
