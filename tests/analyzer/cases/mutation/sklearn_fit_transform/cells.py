# a scaler's fit_transform
# %%
from sklearn.preprocessing import StandardScaler
sc = StandardScaler()
X = [[0.], [1.]]
# %%
Z = sc.fit_transform(X)
# %%
W = sc.transform(X)
