"""`minigrow replay HISTORY.npz`: write a page that plays a network's growth, a film of it, or the picture of one moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command `replay`."""
    replay = commands.add_parser(
        "replay",
        help="write a page that plays a network's growth, or a film of it",
        description="Writes one HTML file that plays one or two lives in any browser, without a network: neurons, edges, what the "
        "network computes, growth events and their reasons, loss and size. It takes histories and checkpoints. Those with weights "
        "(every `minigrow run` of isotropic.selfsizing, nimble.anatomy, differentiable_structure.neurons and urn.lifetime writes "
        "one) show edges too. With --film it writes a film instead, with --moment a picture of one moment.",
        epilog="examples: minigrow replay figures/isotropic.selfsizing/history.npz -o growth.html;  open growth.html#step=120;  "
        "minigrow replay a.npz b.npz --open;  minigrow replay a.npz --film a.gif;  minigrow replay a.npz --moment 120 -o still.svg",
    )
    replay.add_argument(
        "histories", type=Path, nargs="+", metavar="HISTORY.npz", help="one or two that `minigrow run` or you saved"
    )
    replay.add_argument(
        "-o", "--out", type=Path, metavar="FILE", help="default: growth.html; with --moment: moment.svg"
    )
    replay.add_argument("--title", help="the page's title (default: the name of the file or its folder)")
    replay.add_argument("--film", type=Path, metavar="FILE", help="write a film, .gif or .webm (which needs ffmpeg)")
    replay.add_argument("--moment", type=float, metavar="STEP", help="write the picture of this step, .svg or .png")
    replay.add_argument("--open", action="store_true", help="open what was written in the browser")
    replay.set_defaults(act=_act)


def _act(args):
    from minigrow.commands.browser import show
    from minigrow.replay import open_history

    out = args.out or (Path("moment.svg" if args.moment is not None else "growth.html") if _wanted(args) else None)
    _check(args, out)
    if len(args.histories) > 2:
        raise ValueError(f"replay plays one life, or two side by side, got {len(args.histories)} files.")
    names = distinct([_name(path.resolve()) for path in args.histories])
    told = [open_history(path) for path in args.histories], args.title or " and ".join(names), names
    if args.film:
        film(args.film, *told)
    if out:
        (_page if args.moment is None else _still)(args, out, *told)
    if args.open:
        show(out or args.film)
    return 0


def _check(args, out):
    """Refuse what would replace a history, the other output, or a file that minigrow did not write."""
    from minigrow.growth.outputs import Output, check

    films = [Output("--film", args.film, "film")] if args.film else []
    pages = [Output("-o", out, "page" if args.moment is None else "picture")] if out else []
    check([*films, *pages], args.histories)


def _wanted(args):
    """Whether a page or a moment is to be written though no name is given for it: always but for a film alone."""
    return args.film is None or args.moment is not None


def _name(path):
    return (path.parent.name if path.stem == "history" else path.stem) or "growth"


def distinct(names: list[str]) -> list[str]:
    """Return the names, numbered where they are alike.

    >>> distinct(["a", "b"]), distinct(["a", "a"])
    (['a', 'b'], ['a (1)', 'a (2)'])
    """
    return names if len(set(names)) == len(names) else [f"{name} ({i + 1})" for i, name in enumerate(names)]


def _page(args, out, histories, title, names):
    from minigrow.replay import write_page

    page = write_page(histories, out, title, names)
    print(f"{out}: {page.frames} moments of {page.rows} rows, {page.events} events, {_megabytes(out)}")
    for words in page.left:
        print(f"  left out: {words}")


def film(path: Path, histories: Any, title: str, names: list[str]) -> None:
    """Write a film and say what is in it."""
    from minigrow.film import write_film

    moments = write_film(histories, path, title, names)
    print(f"{path}: a film of {moments} moments, {_megabytes(path)}")


def _still(args, out, histories, title, names):
    from minigrow.film import write_still

    moment = write_still(histories, out, args.moment, title, names)
    print(f"{out}: the moment {moment}, {_megabytes(out)}")


def _megabytes(path):
    return f"{path.stat().st_size / 1e6:.2f} MB"
