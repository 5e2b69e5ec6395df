# a stream moves when it is read or written
# %%
import io
buf = io.StringIO()
# %%
buf.write('x')
# %%
buf.getvalue()
