# ? and ?? page as display data; %pinfo, %pdoc.
# %%
def documented(a, b=2):
    """What it does."""
    return a
# %%
%pdoc documented
# %%
documented?
# %%
1
