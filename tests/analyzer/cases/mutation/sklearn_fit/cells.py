# fit changes the estimator
# %%
from sklearn.linear_model import LinearRegression
model = LinearRegression()
X = [[0.], [1.]]
y = [0., 1.]
# %%
model.fit(X, y)
# %%
p = model.predict(X)
