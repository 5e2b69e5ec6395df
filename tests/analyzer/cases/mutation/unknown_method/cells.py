# an unknown method may change its object; the object is read
# %%
import fractions
q = fractions.Fraction(1, 2)
# %%
r = q.limit_denominator(10)
