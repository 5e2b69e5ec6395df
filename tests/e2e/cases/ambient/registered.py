# Magics, formatters, event callbacks and input transformers registered in one cell work in the next.
# %%
from IPython.core.magic import register_line_magic, register_cell_magic
@register_line_magic
def shout(line): return line.upper()
@register_cell_magic
def twice(line, cell):
    print(line); print(cell * 2)
# %%
%shout quiet
# %%
%%twice head
body
# %%
class M: pass
get_ipython().display_formatter.formatters['text/plain'].for_type(M, lambda o, p, c: p.text('formatted M'))
# %%
M()
# %%
def after(result): print('after', result.success)
get_ipython().events.register('post_run_cell', after)
# %%
1
# %%
get_ipython().events.unregister('post_run_cell', after)
# %%
2
