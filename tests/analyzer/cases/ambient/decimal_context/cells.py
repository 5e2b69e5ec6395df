# decimal.getcontext().prec = 5
# %%
import decimal
decimal.getcontext().prec = 5
# %%
v = decimal.Decimal(1) / 3
