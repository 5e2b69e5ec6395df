# while True runs its body
# %%
x = 0
# %%
while True:
    x = 1
    break
print(x)
