# An analysis as people write it: state over many cells, functions, a class, a figure, a file.
# timeout: 120
# user: yes
# %%
import numpy as np, pandas as pd, matplotlib.pyplot as plt
np.random.seed(0)
# %%
def walk(n):
    return np.cumsum(np.random.choice([-1, 1], n))
class Experiment:
    runs = []
    def __init__(self, n): self.path = walk(n); Experiment.runs.append(self)
# %%
for n in (10, 20): Experiment(n)
# %%
df = pd.DataFrame({'end': [e.path[-1] for e in Experiment.runs], 'n': [len(e.path) for e in Experiment.runs]})
df
# %%
df['mean'] = [e.path.mean() for e in Experiment.runs]
df.to_csv('runs.csv', index=False)
# %%
fig, ax = plt.subplots(figsize=(2, 2)); [ax.plot(e.path) for e in Experiment.runs];
# %%
back = pd.read_csv('runs.csv')
back.equals(df), back.round(3)
# %%
Experiment.runs[0].path[:] = 0
# %%
[e.path.sum() for e in Experiment.runs], np.random.rand()
