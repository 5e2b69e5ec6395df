# A SyntaxError's text, line and caret.
# expect-exit: 1
# %%
x = 1
# %%
def broken(:
    pass
