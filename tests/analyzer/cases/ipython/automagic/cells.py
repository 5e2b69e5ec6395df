# a word that is a magic needs no % where it is the line's first
# %%
cd .
