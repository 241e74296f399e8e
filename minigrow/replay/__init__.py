"""Play a network's life back in a browser: `write_page(open_history("history.npz"), "growth.html", "my run")`.

The page is one file without any library or network access. What is in it, in this order of files:
`columns` reads sizes, times, weights out of a history and `about` what it says of its whole life; `names` calls them by plain words;
`lives` follows each neuron from birth to death through the events, which `shows` finds a row for; `thinning` chooses the rows that
become frames; `scene` puts this together. `layout` gives each neuron one place for life, `cast` all of them; `edges` are the
strongest edges, `story` the events, `births` which of them made and ended a life. `surfaces`, `fields`, `activity` and `cards` show
what the network computes. `data` gathers it all, and `page` writes it down; the scripts named in `template.html` draw it.
"""

from minigrow.replay.opening import open_history
from minigrow.replay.page import page, write_page

__all__ = [
    "open_history", "page", "write_page",
]  # fmt: skip
