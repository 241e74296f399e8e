"""Draw a motif in text: `draw(adjacency)` gives lines of arrows, the colour of each edge at its arrow's head.

.     o---1>o     .      an edge of colour 1
o---------2>o---1>o      colour 2, then colour 1
o<3-------------2>o      colour 2 to the right and colour 3 back
"""

import numpy as np

from minigrow.motifs.classes import orders

GAP = 6  # columns from one vertex to the next


def arrow_order(adjacency: np.ndarray) -> np.ndarray:
    """Return the order (k,) of the vertices of A (k, k) in which the fewest edges run from right to left.

    >>> arrow_order(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]])).tolist()
    [2, 1, 0]
    """
    adjacency = np.asarray(adjacency)
    backward = [np.count_nonzero(np.tril(adjacency[np.ix_(order, order)])) for order in orders(len(adjacency))]
    return orders(len(adjacency))[int(np.argmin(backward))]


def draw(adjacency: np.ndarray) -> list[str]:
    r"""Return lines of text for the motif with colours A (k, k); arrows that do not overlap share a line.

    >>> print("\n".join(draw(np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0, 2, 0, 0], [0, 3, 0, 0]]))))
    o---------2>o---1>o
    .     o---3>o     .
    """
    order = arrow_order(adjacency)
    a = np.asarray(adjacency)[np.ix_(order, order)]
    bonds = [(i, j) for i in range(len(a)) for j in range(i + 1, len(a)) if a[i, j] or a[j, i]]
    lines: list[list[tuple[int, int]]] = []
    for i, j in bonds:
        row = next((line for line in lines if line[-1][1] <= i), None)
        if row is None:
            lines.append([(i, j)])
        else:
            row.append((i, j))
    return [_line(a, line) for line in lines]


def _line(a: np.ndarray, bonds: list[tuple[int, int]]) -> str:
    text = list((".".ljust(GAP) * len(a))[: GAP * (len(a) - 1) + 1])
    for i, j in bonds:
        arrow = ["o", *"-" * (GAP * (j - i) - 1), "o"]
        if a[i, j]:
            arrow[-3:-1] = [str(a[i, j]), ">"]
        if a[j, i]:
            arrow[1:3] = ["<", str(a[j, i])]
        text[GAP * i : GAP * j + 1] = arrow
    return "".join(text)
