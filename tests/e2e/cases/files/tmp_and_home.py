# /tmp and the home directory outlive the cell as well.
# user: yes
# %%
import os, tempfile, pathlib
name = 'cb-e2e-tmp-and-home'
pathlib.Path('/tmp', name).write_text('in tmp')
(pathlib.Path.home() / name).write_text('in home')
d = tempfile.mkdtemp(prefix=name)
# %%
pathlib.Path('/tmp', name).read_text(), (pathlib.Path.home() / name).read_text(), os.path.isdir(d)
# %%
os.path.expanduser('~') == str(pathlib.Path.home()), tempfile.gettempdir()
# %%
os.remove('/tmp/' + name); os.rmdir(d)
# %%
os.path.exists('/tmp/' + name), os.path.exists(d)
