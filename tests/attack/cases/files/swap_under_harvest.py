# A directory that turns into a link while files are collected.
# expect-exit: 0|1
# expect-cell 1 stdout: next
# %%
import os, subprocess
os.mkdir('d'); open('d/canary', 'w').write('mine')
subprocess.Popen(['sh', '-c', 'while :; do mv d e; ln -s @TOP@ d; rm d; mv e d; done'], stderr=subprocess.DEVNULL, start_new_session=True);
# %%
print('next')
