# a path that is not known names no file
# %%
import sys
p = sys.argv[0] + '.cb'
