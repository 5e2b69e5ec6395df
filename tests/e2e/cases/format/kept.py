# Ids, attachments, cell metadata, raw cells and unknown metadata stay as they were.
# user: yes
# %% markdown id=intro cell={"attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}}
![a](attachment:a.png)
# %% raw id=raw-1 cell={"metadata": {"format": "text/latex"}}
\LaTeX
# %% id=Code_1-x cell={"metadata": {"tags": ["own"], "collapsed": true, "mine": {"ü": [1.0, 1e22, null]}}}
1
# %% markdown id=m2
ünï 漢字 🎉 \u2028 tail
