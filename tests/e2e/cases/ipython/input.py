# input() has nobody to ask.
# %% tags=raises-exception
input('name? ')
# %% tags=raises-exception
import getpass
getpass.getpass()
