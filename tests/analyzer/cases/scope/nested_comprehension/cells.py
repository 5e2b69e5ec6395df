# later clauses see earlier targets
# %%
rows = [[1], [2]]
# %%
flat = [c for r in rows for c in r if c]
