"""Take a network elsewhere and back: `state_dict(net)` with PyTorch's names, `to_json(net)` for everything else.

| kind | class | fields beside its sizes |
|---|---|---|
| `plain` | `nn.MLP` | activation |
| `isotropic` | `isotropic.Network` | activation, o, psi |
| `recurrent` | `differentiable_structure.Network` | alphabet |

Reading order: `kinds`, `pytorch` (which names, which equations differ), `text` (the format).
"""

from minigrow.export.pytorch import from_state_dict, state_dict
from minigrow.export.text import from_json, to_json

__all__ = ["from_json", "from_state_dict", "state_dict", "to_json"]
