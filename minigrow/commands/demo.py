"""`minigrow demo`: train a small network that grows and shrinks with its task, and watch it in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minigrow.commands.options import at_least


def add(commands: Any) -> None:
    """Add the command `demo`."""
    demo = commands.add_parser(
        "demo",
        help="train a small network that grows and shrinks, and watch it in the browser",
        description="Trains a network of two inputs on a task that becomes harder and then easy again, for a few seconds; the network "
        "adds neurons while it makes mistakes and gives up those that it no longer needs. Then it writes the page that plays this "
        "life and opens it in the browser.",
        epilog="examples: minigrow demo;  minigrow demo --seed 1 -o another.html;  minigrow demo --no-open --film growth.gif",
    )
    demo.add_argument(
        "-o", "--out", type=Path, default=Path("growth.html"), metavar="FILE", help="default: growth.html"
    )
    demo.add_argument("--film", type=Path, metavar="FILE", help="write a film, too: .gif or .webm (which needs ffmpeg)")
    demo.add_argument("--no-open", action="store_true", help="write the page and open no browser")
    demo.add_argument("--seed", type=at_least(0), help="another seed is another life")
    demo.set_defaults(act=_act)


def _act(args):
    from minigrow.commands.browser import show
    from minigrow.commands.replay import film
    from minigrow.demo import TITLE, life
    from minigrow.growth.outputs import Output, check
    from minigrow.replay import write_page

    films = [Output("--film", args.film, "film")] if args.film else []
    check([Output("-o", args.out, "page"), *films])
    print("training a network that grows and shrinks with its task, a few seconds ...", flush=True)
    history = life() if args.seed is None else life(args.seed)
    widest = history["widths"][:, 1:-1].max(axis=0).astype(int)
    write_page(history, args.out, TITLE)
    print(
        f"{args.out}: {len(history.events)} growth events; its hidden layers had up to {widest[0]} and {widest[1]} neurons"
    )
    if args.film:
        film(args.film, history, TITLE, [TITLE])
    if not args.no_open:
        show(args.out)
    return 0
