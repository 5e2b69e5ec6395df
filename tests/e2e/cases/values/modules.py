# Modules travel by reference, submodules and aliases too; setting an attribute of one is seen later.
# %%
import os.path, json as j, xml.etree.ElementTree as ET
import collections.abc
mods = [os, j]
# %%
os.path.join('a', 'b'), j.dumps([1]), ET.fromstring('<a/>').tag, mods[0] is os
# %%
import sys
sys.modules['json'] is j, collections.abc.Mapping is not None
# %%
j.my_mark = 'set'
# %%
import json
json.my_mark, mods[1].my_mark
