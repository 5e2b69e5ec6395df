# Exceptions of the notebook's own are caught by class in other cells.
# %%
class MyError(ValueError):
    def __init__(self, code):
        super().__init__('code %d' % code)
        self.code = code
# %%
def fail(): raise MyError(7)
# %%
try:
    fail()
except MyError as e:
    saved = e
    print(e, e.code)
# %%
type(saved) is MyError, saved.args
# %%
str(saved)
