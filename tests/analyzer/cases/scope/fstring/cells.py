# expressions in f-strings, nested in the format too
# %%
w = 8
v = 3.14159
d = {'k': 1}
# %%
s = f"{v:{w}.2f} {d['k']!r} {{not_a_name}}"
