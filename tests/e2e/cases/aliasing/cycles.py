# Reference cycles through lists, dictionaries and objects.
# %%
l = [1]
l.append(l)
d = {}
d['self'] = d
a = {'other': None}; b = {'other': a}; a['other'] = b
# %%
l[1] is l, d['self'] is d, a['other'] is b, b['other'] is a
# %%
l.append('end')
# %%
l[1][1][2], l
