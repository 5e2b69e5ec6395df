# pickle.dump and load
# %%
import pickle
pickle.dump([1], open('cb_k.pkl', 'wb'))
# %%
v = pickle.load(open('cb_k.pkl', 'rb'))
