# csv through a stream
# %%
import csv
with open('cb_c.csv', 'w', newline='') as f:
    csv.writer(f).writerow([1])
# %%
with open('cb_c.csv') as f:
    rows = list(csv.reader(f))
