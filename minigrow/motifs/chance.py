"""Say what chance may change and draw such graphs: `NullModel`, `randomise(graph, rng, null)`."""

from typing import Any, NamedTuple

import numpy as np

from minigrow.motifs.graph import Graph
from minigrow.motifs.passes import GRAPHS, PASSES, TRIES, offered
from minigrow.motifs.switching import SWITCHES, walk
from minigrow.nn.door import door, fields
from minigrow.nn.validate import choice, generator

PROCEDURES = ("uniform", "fanmod")
MOST = 1e6  # switches per edge: 30 000 times what `mixing` finds to be enough


class NullModel(NamedTuple):
    """How random graphs are drawn: how many, with how many switches per edge, keeping what besides degrees and colours.

    random       number R of random graphs; 0 counts without comparing
    switches     steps per bond of the uniform walk, refused ones included
    blocks       (n,) an integer for each vertex in the order of `graph.names`, or "paint", the vertices' colours:
                 the number of edges of each colour between any two blocks is kept too
    procedure    "uniform", or "fanmod": its passes and tries, one chain; not uniform, but what published numbers rest on
    """

    random: int = 100
    switches: float = SWITCHES
    blocks: np.ndarray | str | None = None
    procedure: str = "uniform"
    passes: int = PASSES
    tries: int = TRIES

    @classmethod
    def fanmod(cls, random: int = GRAPHS, **more: Any) -> "NullModel":
        """Return FANMOD's null model: 101 graphs in one chain, each 3 passes of 3 tries from the last.

        >>> NullModel.fanmod().procedure
        'fanmod'
        """
        return cls(random=random, procedure="fanmod", **more)


def check_null(null: NullModel) -> None:
    """Check that random graphs can be drawn so.

    Raises ValueError when the number of graphs or passes is negative, a try or a switch is missing, or a word is not known.

    >>> check_null(NullModel())
    """
    fields(null)
    choice(null.procedure, PROCEDURES, "procedure")
    if null.random < 0:
        raise ValueError(f"the number of random graphs must be >= 0, got {null.random}. 0 counts without comparing.")
    if not 0 < null.switches < np.inf:
        raise ValueError(f"switches per edge must be above 0, got {null.switches}. {SWITCHES:g} are usual.")
    if float(null.switches) > MOST:  # float16 cannot hold it
        raise ValueError(
            f"switches per edge must be at most {MOST:g}, got {null.switches:g}: a walk has forgotten its start after about "
            f"{SWITCHES:g}, and more only takes longer."
        )
    if null.passes < 0 or null.tries < 1:
        raise ValueError(
            f"passes must be >= 0 and tries >= 1, got {null.passes} and {null.tries}. FANMOD takes {PASSES} and {TRIES}."
        )
    if isinstance(null.blocks, str) and null.blocks != "paint":
        raise ValueError(f"blocks are integers, one for each vertex, or 'paint', got {null.blocks!r}.")


def draw(graph: Graph, rng: np.random.Generator, null: NullModel) -> Graph:
    """Return a random graph drawn as the null model says; `randomise` is the same for users.

    >>> from minigrow.motifs.graph import edges, from_edges
    >>> g = from_edges([0, 0, 1, 2], [3, 4, 4, 5])
    >>> sorted(edges(draw(g, np.random.default_rng(0), NullModel.fanmod()))[1].tolist())
    [3, 4, 4, 5]
    """
    blocks = graph.paint if isinstance(null.blocks, str) else null.blocks
    if null.procedure == "fanmod":
        return offered(graph, rng, null.passes, null.tries, blocks)[0]
    return walk(graph, rng, null.switches, blocks)[0]


@door
def randomise(graph: Graph, rng: Any = None, null: NullModel | None = None) -> Graph:
    """Return a random graph in which each vertex keeps its edges per colour and direction and its mutual edges.

    Raises ValueError as `check_null` does, or when blocks is not one integer for each vertex.

    >>> from minigrow.motifs.graph import edges, from_edges
    >>> g = from_edges([0, 0, 1, 2], [3, 4, 4, 5])
    >>> [c.tolist() for c in edges(randomise(g, np.random.default_rng(0)))[:2]]
    [[0, 0, 1, 2], [3, 4, 5, 4]]

    Three layers, {0, 1, 2}, {3, 4, 5} and {6, 7, 8}: whatever is switched, edges run from a layer to the next.

    >>> g = from_edges([0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8])
    >>> for blocks in (None, g.names // 3):
    ...     random = [edges(randomise(g, np.random.default_rng(seed), NullModel(blocks=blocks))) for seed in range(20)]
    ...     sorted({int(step) for s, t, _ in random for step in t // 3 - s // 3})
    [0, 1, 2]
    [1]
    """
    null = null or NullModel()
    check_null(null)
    return draw(graph, generator(rng), null)
