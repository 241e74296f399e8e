"""Play a network's life back in a browser: `write_page(History.load("history.npz"), "growth.html", "my run")`.

The page is one file without any library or network access. What is in it, in this order of files:
`columns` reads names, sizes, times out of a history; `lives` follows each neuron from birth to death through the events;
`thinning` chooses the rows that become frames; `layout` gives each neuron one place for life; `edges` the strongest edges;
`page` writes it all down. `picture.js`, `curves.js` and `player.js` draw it.
"""

from minigrow.replay.page import page, write_page

__all__ = [
    "page", "write_page",
]  # fmt: skip
