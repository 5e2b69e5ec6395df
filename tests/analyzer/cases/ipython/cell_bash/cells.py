# the body of %%bash is no Python: words in it read nothing
# %%
x = 1
# %%
%%bash
x=2
echo $x {x}
for f in a b; do echo $f; done
