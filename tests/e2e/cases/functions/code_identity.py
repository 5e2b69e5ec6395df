# A function keeps its file name, line numbers and code over cells; warnings name the defining cell.
# %%
import warnings
def noisy():
    warnings.warn('careful')
    return 1
# %%
noisy()
# %%
noisy()
# %%
noisy.__code__.co_name, noisy.__code__.co_filename.rsplit('/', 1)[1]
