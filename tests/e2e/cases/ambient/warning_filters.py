# Filters of one cell hold in the next; catch_warnings restores.
# user: yes
# %%
import warnings
warnings.simplefilter('ignore')
# %%
warnings.warn('not shown')
# %%
warnings.resetwarnings()
warnings.simplefilter('always')
# %%
warnings.warn('shown')
# %%
with warnings.catch_warnings():
    warnings.simplefilter('error')
    try:
        warnings.warn('boom', DeprecationWarning)
    except DeprecationWarning as e:
        print('raised', e)
# %%
warnings.warn('shown again', RuntimeWarning)
# %%
warnings.filters[:1]
