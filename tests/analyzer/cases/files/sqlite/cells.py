# sqlite3.connect opens a file
# %%
import sqlite3
db = sqlite3.connect('cb.sqlite')
db.execute('create table t (a)')
db.commit()
db.close()
del db
