# locale.setlocale
# %%
import locale
locale.setlocale(locale.LC_NUMERIC, 'C')
