# A repr that raises shows a traceback and the run goes on, or ends, as in Jupyter.
# %%
class Bad:
    def _repr_html_(self):
        raise ValueError('html broke')

    def __repr__(self):
        return 'Bad'
# %%
Bad()
# %%
class Worse:
    def __repr__(self):
        raise RuntimeError('repr broke')
# %% tags=raises-exception
Worse()
# %%
'alive'
