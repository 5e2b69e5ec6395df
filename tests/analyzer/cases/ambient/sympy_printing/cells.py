# sympy.init_printing
# %%
import sympy
sympy.init_printing()
