# A 32-bit system call is death by SIGSYS.
# expect-exit: 4|3
# expect-cell 0 result: first
# %%
'first'
# %%
import ctypes, mmap
code = b'\xb8\x14\x00\x00\x00\xcd\x80\xc3'  # mov eax, getpid; int 0x80; ret
m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
m.write(code)
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(m)))()
# %%
'never'
