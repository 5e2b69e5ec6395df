# annotations in quotes are text
# %%
def f(a: 'Later') -> 'Later': return a
