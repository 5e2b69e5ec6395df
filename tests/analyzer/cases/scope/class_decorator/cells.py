# class decorators
# %%
import dataclasses
# %%
@dataclasses.dataclass
class P:
    x: int = 0
    y: int = 1
