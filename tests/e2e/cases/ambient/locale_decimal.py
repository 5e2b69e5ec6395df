# Locale, decimal context.
# %%
import locale, decimal
decimal.getcontext().prec = 5
locale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')
# %%
decimal.Decimal(1) / 3
# %%
locale.setlocale(locale.LC_NUMERIC)
# %%
with decimal.localcontext() as c:
    c.prec = 2
    print(decimal.Decimal(1) / 3)
# %%
decimal.setcontext(decimal.ExtendedContext)
# %%
decimal.Decimal(1) / 0
