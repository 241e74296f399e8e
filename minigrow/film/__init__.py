"""Draw a replay with matplotlib: `write_film(history, "growth.gif")`, and `write_still(history, "still.svg", step=120)`.

What is drawn is what the replay page plays, from the same data and in the same colours. In this order of files: `reel` unpacks a
run of the page, `palette` reads the colours of its style sheet, `network`, `surface`, `fields`, `charts` each draw one panel, `sheet`
puts them on one picture, `film` chooses the moments and `gif` and `webm` write them, `still` writes one of them.
"""

from minigrow.film.film import write_film
from minigrow.film.still import write_still

__all__ = [
    "write_film", "write_still",
]  # fmt: skip
