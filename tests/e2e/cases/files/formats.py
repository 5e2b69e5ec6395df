# pickle, json, csv, sqlite, npz, parquet-free formats over cells.
# %%
import csv, json, sqlite3, numpy as np, pandas as pd
json.dump({'a': [1]}, open('x.json', 'w'))
with open('x.csv', 'w', newline='') as f: csv.writer(f).writerows([[1, 2], ['a', 'b,c']])
np.savez('x.npz', a=np.arange(3))
pd.DataFrame({'a': [1, 2]}).to_csv('df.csv', index=False)
with sqlite3.connect('x.db') as db:
    db.execute('create table t (n)'); db.executemany('insert into t values (?)', [(1,), (2,)])
db.close(); del db, f
# %%
json.load(open('x.json')), list(csv.reader(open('x.csv'))), np.load('x.npz')['a']
# %%
db = sqlite3.connect('x.db'); db.execute('insert into t values (3)'); db.commit()
print(db.execute('select sum(n) from t').fetchone()); db.close(); del db
# %%
db = sqlite3.connect('x.db'); print(db.execute('select count(*), sum(n) from t').fetchone()); db.close(); del db
# %%
pd.read_csv('df.csv').assign(b=lambda d: d.a * 2)
# %%
np.save('big.npy', np.arange(1000000))
# %%
m = np.load('big.npy', mmap_mode='r'); int(m[-1])
