# %%capture around %time
# %%
x = 2
# %%
%%capture cap
%time y = x
!echo {y}
