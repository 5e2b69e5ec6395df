# a byte order mark at the start
# %%
﻿x = 1
