# %%
# a comment first
code = "y = 1"
# %%
exec(code)
# %%
y + 1
# %%
z = = 3
# %%

# %%
undefined_name
# %%
with open("out.txt", "w") as f:
    f.write("1")
# %%
import random
random.seed(1)
# %%
random.random(), open("out.txt").read()
# %%
t = "]0;pwned ‮" + "é漢字"
# %%
for i in range(3):
    y = i
