# %%html shows its body
# %%
%%html
<b>x = y + z</b>
