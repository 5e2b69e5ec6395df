# A database connection.
# no-oracle: until the ladder's third rung is built
# expect-exit: 1
# expect-cell 1 error: (?s)db.*Connection
# %%
import sqlite3
db = sqlite3.connect(':memory:')
# %%
db.execute('select 1')
