# m = LinearRegression().fit(X, y)
# %%
from sklearn.linear_model import LinearRegression
X = [[0.], [1.]]
y = [0., 1.]
# %%
m = LinearRegression().fit(X, y)
