# io.StringIO is no file
# %%
import io
f = io.StringIO('a')
