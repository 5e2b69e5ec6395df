# $name in a shell line is a variable where there is one
# %%
name = 'a'
# %%
!echo $name
