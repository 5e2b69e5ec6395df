# An object trained step by step in cells, with its own generator and history.
# %%
import random
class Model:
    def __init__(self, seed):
        self.rng = random.Random(seed); self.w = [0.0]; self.history = []
    def fit(self, steps):
        for _ in range(steps):
            self.w[0] += self.rng.random(); self.history.append(round(self.w[0], 3))
        return self
model = Model(1); weights = model.w; best = model
# %%
model.fit(2).history
# %%
weights, best is model
# %%
best.fit(1)
model.history, weights[0] == model.w[0]
# %%
snapshot = list(model.history); model.history.clear()
# %%
snapshot, best.history
