# characters beyond the BMP
# %%
s = '😀 = x'
t = s
