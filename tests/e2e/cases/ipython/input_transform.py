# Prompts, doctest text, help and indented code as IPython accepts them.
# %%
>>> a = 1
>>> a + 1
# %%
In [5]: a + 2
# %%
    b = 3
    b
# %%
%%html
<b>bold</b>
# %%
%%latex
$x$
# %%
%%javascript
1
# %%
%%markdown
*md*
# %%
?a
