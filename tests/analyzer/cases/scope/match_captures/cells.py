# captures of patterns are bound
# %%
point = {'x': 1, 'r': [1, 2, 3]}
# %%
match point:
    case {'x': px, 'r': [head, *tail], **rest}:
        r = px
    case [a, b] | (a, b):
        pass
