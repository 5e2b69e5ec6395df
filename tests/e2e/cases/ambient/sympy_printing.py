# init_printing changes how later results are shown; symbols keep identity and assumptions.
# timeout: 120
# %%
import sympy
x, y = sympy.symbols('x y', positive=True)
# %%
x**2 + 1
# %%
sympy.init_printing(use_latex='mathjax')
# %%
sympy.sqrt(x) / y
# %%
e = (x + y)**2
# %%
sympy.expand(e), sympy.sqrt(x**2), sympy.Symbol('x', positive=True) == x
