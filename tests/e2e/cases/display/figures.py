# Inline figures with and without show, two at once, a returned artist.
# user: yes
# timeout: 120
# %%
import matplotlib.pyplot as plt
plt.plot([1, 2])
# %%
plt.plot([1, 3]);
# %%
print('before'); plt.figure(figsize=(2, 1)); plt.plot([2, 1]); plt.show(); print('after')
# %%
for i in range(2):
    plt.figure(figsize=(1, 1))
    plt.plot([i, 1])
# %%
plt.get_fignums()
# %%
fig, ax = plt.subplots(figsize=(2, 2))
plt.close(fig)
# %%
fig
