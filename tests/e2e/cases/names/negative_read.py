# A name that nobody wrote raises NameError, inside try as well, and a later cell may define it.
# user: yes
# %%
try:
    ready
except NameError as e:
    print('not yet:', e)
# %%
def probe():
    try:
        return ready
    except NameError as e:
        return str(e)
probe()
# %%
ready = True
# %%
probe()
# %%
class C:
    try:
        v = absent
    except NameError as e:
        v = e.args[0]
C.v
