# the line of a cell magic is expanded, its body is not
# %%
opt = 'a'
# %%
%%bash -s {opt}
echo $1
