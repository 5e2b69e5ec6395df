# $obj.attr reads obj
# %%
import types
cfg = types.SimpleNamespace(path='p')
# %%
!echo $cfg.path
