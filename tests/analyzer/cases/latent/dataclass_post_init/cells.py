# dataclasses call __post_init__
# %%
import dataclasses
k = 1
@dataclasses.dataclass
class P:
    x: int = 0
    def __post_init__(self): self.y = k
# %%
p = P()
