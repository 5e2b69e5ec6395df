# Calls that make namespaces, mounts, tracers and kernel objects are refused.
# expect-cell 0 result: ^\[\]$
# expect-cell 1 result: next
# %%
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
def tried(number, *args):
    ctypes.set_errno(0)
    r = libc.syscall(number, *args)
    if r == 0 and number in (56, 435): os._exit(0)
    return r
numbers = {'unshare': (272, 0x10000000), 'setns': (308, 3, 0), 'mount': (165, b'none', b'/tmp', b'tmpfs', 0, 0), 'umount2': (166, b'/work', 2), 'pivot_root': (155, b'/', b'/'),
           'chroot': (161, b'/tmp'), 'open_tree': (428, -100, b'/', 1), 'move_mount': (429, -100, b'/', -100, b'/tmp', 0), 'fsopen': (430, b'tmpfs', 0), 'mount_setattr': (442, -100, b'/', 0, 0, 0),
           'io_uring_setup': (425, 1, 0), 'bpf': (321, 0, 0, 0), 'userfaultfd': (323, 0), 'perf_event_open': (298, 0, 0, -1, -1, 0), 'keyctl': (250, 0, -3, 0), 'add_key': (248, b'user', b'k', b'v', 1, -3),
           'ptrace': (101, 0, 0, 0, 0), 'process_vm_readv': (310, 1, 0, 0, 0, 0, 0), 'personality': (135, 0x0040000), 'open_by_handle_at': (304, -100, 0, 0), 'name_to_handle_at': (303, -100, b'/', 0, 0, 0),
           'setuid': (105, 0), 'sethostname': (170, b'x', 1), 'clock_settime': (227, 0, 0), 'kexec_load': (246, 0, 0, 0, 0), 'init_module': (175, 0, 0, b''), 'reboot': (169, 0, 0, 0, 0), 'swapon': (167, b'/tmp', 0),
           'acct': (163, b'/tmp/a'), 'fanotify_init': (300, 0, 0), 'pidfd_getfd': (438, 3, 0, 0), 'clone_newuser': (56, 0x10000000 | 17, 0, 0, 0, 0), 'mknod_chr': (133, b'/tmp/dev', 0o20666, 0x101), 'sched_fifo': (144, 0, 1, ctypes.byref(ctypes.c_int(50)))}
[name for name, call in numbers.items() if tried(*call) >= 0]
# %%
'next'
