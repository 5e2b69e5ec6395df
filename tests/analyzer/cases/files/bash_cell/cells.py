# redirections in a %%bash body
# %%
%%bash
echo hi > cb_b1
cat cb_b1 > cb_b2
