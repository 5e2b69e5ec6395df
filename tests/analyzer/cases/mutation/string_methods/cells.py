# strings never change
# %%
s = 'abc'
# %%
t = s.replace('a', 'b').upper().strip()
parts = s.split(',')
