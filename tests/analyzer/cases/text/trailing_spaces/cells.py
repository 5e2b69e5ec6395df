# spaces and tabs at ends of lines
# %%
x = 1   
y = x	
