# stdout, stderr and displays in the order they were made.
# user: yes
# %%
import sys
from IPython.display import display
print('1'); print('e1', file=sys.stderr); display(1); print('2'); display(2); print('e2', file=sys.stderr); 'result'
# %%
print('a', end=''); print('b', end=''); sys.stdout.flush(); print('c')
# %%
sys.stdout.write('returns count\n')
# %%
sys.stdout.writelines(['x\n', 'y\n'])
sys.stdout.isatty(), sys.stdout.encoding, sys.stderr.name if hasattr(sys.stderr, 'name') else ''
