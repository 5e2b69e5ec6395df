# PIL
# %%
from PIL import Image
Image.new('L', (2, 2)).save('cb_i.png')
# %%
im = Image.open('cb_i.png').copy()
