# display(), HTML, JSON, Markdown, LaTeX, several objects, metadata, own _repr_*_.
# user: yes
# %%
from IPython.display import display, HTML, JSON, Markdown, Latex, Image, SVG, Math
display(HTML('<b>x</b>'), 1, 'text')
# %%
HTML('<i>y</i>')
# %%
JSON({'a': [1, None]})
# %%
display(Markdown('*m*'), metadata={'text/markdown': {'k': 1}})
# %%
class R:
    def _repr_html_(self): return '<r/>'
    def _repr_json_(self): return {'r': 1}
    def __repr__(self): return 'R()'
R()
# %%
class Mime:
    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/plain': 'm', 'application/x-own+json': {'v': 1}}, {'meta': 2}
Mime()
# %%
display({'text/plain': 'raw bundle', 'text/html': '<u/>'}, raw=True)
# %%
Math('x^2'), Latex('$y$')
# %%
print('before'); display('shown'); print('after')
# %%
SVG('<svg xmlns="http://www.w3.org/2000/svg"/>')
