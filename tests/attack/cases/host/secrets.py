# Files that hold secrets, kernel knobs, devices.
# expect-cell 0 result: ^\[\]$
# expect-cell 1 result: ^\[\]$
# expect-cell 2 result: next
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
[p for p in ('/etc/shadow', '/etc/sudoers', '/etc/machine-id', '/root/.bashrc', '/proc/1/environ', '/proc/kcore', '/proc/kallsyms', '/proc/kmsg',
             '/proc/sysrq-trigger', '/dev/mem', '/dev/kmsg', '/dev/sda', '/dev/vda', '/dev/fuse', '/dev/net/tun', '/dev/kvm', '/var/run/docker.sock', '/sys/kernel/notes') if can(p, os.O_RDONLY)]
# %%
[p for p in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sysrq-trigger', '/proc/sys/vm/drop_caches', '/proc/sys/kernel/hostname',
             '/sys/fs/cgroup/release_agent', '/sys/power/state', '/usr/bin/python3', '/etc/passwd', '/etc/ld.so.preload') if can(p, os.O_WRONLY)]
# %%
'next'
