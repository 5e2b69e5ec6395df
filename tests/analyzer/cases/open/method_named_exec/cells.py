# a method called exec or eval is not the builtin
# %%
import types
db = types.SimpleNamespace(eval=len, exec=len)
# %%
n = db.eval('abc') + db.exec('a')
