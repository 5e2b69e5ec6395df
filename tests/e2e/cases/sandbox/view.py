# What a cell sees of the world.
# no-oracle: Jupyter has no sandbox
# user: yes
# expect-cell 0 result: ^\('/work', '/home/cell', True\)$
# expect-cell 1 result: ^\[\]$
# expect-cell 2 result: ^\(True, True\)$
# expect-cell 3 result: ^0$
# expect-cell 4 result: ^True$
# %%
import os
os.getcwd(), os.path.expanduser('~'), os.getuid() == os.geteuid() != 0
# %%
[p for p in ('/root', '/var/lib/dpkg', '/var/log', '/etc/shadow', '/etc/machine-id', '/boot', '/srv', '/mnt', '/media') if os.path.exists(p) and (os.path.isfile(p) or os.listdir(p))]
# %%
os.path.exists('/dev/null'), sorted(os.listdir('/dev')) == sorted(set(os.listdir('/dev')) & {'null', 'zero', 'full', 'random', 'urandom', 'ptmx', 'pts', 'shm', 'fd', 'stdin', 'stdout', 'stderr', 'tty', 'mqueue', 'core'})
# %%
len([p for p in os.listdir('/proc') if p.isdigit() and open('/proc/%s/comm' % p).read().strip() in ('systemd', 'sshd', 'cron')])
# %%
[l for l in open('/proc/self/status') if l.startswith(('CapEff', 'CapBnd', 'CapPrm', 'NoNewPrivs', 'Seccomp:'))] == ['CapPrm:\t0000000000000000\n', 'CapEff:\t0000000000000000\n', 'CapBnd:\t0000000000000000\n', 'NoNewPrivs:\t1\n', 'Seccomp:\t2\n']
