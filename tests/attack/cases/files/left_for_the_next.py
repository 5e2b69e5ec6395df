# sitecustomize, .pth, LD_PRELOAD, __pycache__ and PYTHON* variables left for the next cell run with no more rights than it has.
# expect-cell 2 result: ^True$
# %%
import os, pathlib
home = pathlib.Path.home()
site = home / '.local/lib/python3.11/site-packages'
site.mkdir(parents=True)
evil = 'import os; open("/tmp/evil-ran", "a").write("%d\\n" % os.getuid())\n'
(site / 'sitecustomize.py').write_text(evil); (site / 'usercustomize.py').write_text(evil); (site / 'x.pth').write_text(evil)
pathlib.Path('sitecustomize.py').write_text(evil); pathlib.Path('json.py').write_text(evil + 'raise SystemExit\n')
(home / '.ipython/profile_default/startup').mkdir(parents=True); (home / '.ipython/profile_default/startup/0.py').write_text(evil)
os.environ['LD_PRELOAD'] = '/work/evil.so'; os.environ['PYTHONSTARTUP'] = '/work/sitecustomize.py'
pathlib.Path('evil.so').write_bytes(b'not a library')
# %%
import os
os.environ.pop('LD_PRELOAD', None); os.environ.pop('PYTHONSTARTUP', None)
# %%
import json
not os.path.exists('/tmp/evil-ran')
