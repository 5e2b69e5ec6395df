# !cmd, its assignment, expansion of $var and {expr}, exit codes.
# user: yes
# %%
name = 'world'; n = [1, 2]
# %%
!echo hello $name {n[1] * 10}
# %%
out = !printf 'a\nb\n'
out, type(out).__name__
# %%
out.n, out.s, _exit_code
# %%
!false
# %%
_exit_code
# %%
!echo to-stderr 1>&2
# %%
!!echo listed
# %%
!this-program-is-not-there
