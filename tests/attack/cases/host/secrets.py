# Files that hold secrets, kernel knobs, devices.
# expect-cell 0 result: ^\[\]$
# expect-cell 1 result: ^\[\]$
# expect-cell 2 result: ^\[\]$
# expect-cell 3 result: ^\[\]$
# expect-cell 4 result: next
# %%
import os
def can(path, flags):
    try:
        fd = os.open(path, flags | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return bool(flags & os.O_WRONLY) or bool(os.read(fd, 10))
    except OSError:
        return False
    finally:
        os.close(fd)
[p for p in ('/etc/shadow', '/etc/sudoers', '/etc/machine-id', '/root/.bashrc', '/proc/1/environ', '/proc/kcore', '/proc/kallsyms', '/proc/kmsg', '/proc/sys/kernel/random/boot_id', '/proc/cmdline', '/proc/interrupts',
             '/proc/sysrq-trigger', '/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/fuse', '/dev/net/tun', '/dev/kvm', '/var/run/docker.sock', '/sys/kernel/notes') if can(p, os.O_RDONLY)]
# %%
[p for p in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sysrq-trigger', '/proc/sys/vm/drop_caches', '/proc/sys/kernel/hostname',
             '/sys/fs/cgroup/release_agent', '/sys/power/state', '/usr/bin/python3', '/etc/passwd', '/etc/ld.so.preload') if can(p, os.O_WRONLY)]
# %%
shown = {'self', 'thread-self', 'mounts', 'net', 'stat', 'meminfo', 'cpuinfo', 'loadavg', 'uptime', 'filesystems', 'vmstat', 'version', 'swaps', 'sys'}
[p for p in sorted(os.listdir('/proc')) if not p.isdigit() and p not in shown and (can('/proc/' + p, os.O_RDONLY) or can('/proc/' + p, os.O_WRONLY) or os.access('/proc/' + p + '/.', os.F_OK))]
# %%
[os.path.join(folder, n) for folder, _, names in os.walk('/proc/sys') for n in names if can(os.path.join(folder, n), os.O_WRONLY)]
# %%
'next'
