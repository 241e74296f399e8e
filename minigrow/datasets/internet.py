"""Download public datasets from the internet: `fetch("mnist", folder)`, checked and resumable; no other file goes online.

A file grows as NAME.part; a broken download is taken up where it stopped. Only when its SHA-256 is right does it get
its own name, in one step, so that a file that is there is whole.
"""

import hashlib
import http.client
import os
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tqdm import tqdm

from minigrow.datasets.sources import Remote, source
from minigrow.nn.door import door

BLOCK = 1 << 16
TIMEOUT = 30  # seconds without a byte


@door
def fetch(name: str, folder: str | PathLike[str], *, mirrors: str | Sequence[str] | None = None) -> list[Path]:
    """Download the files of one dataset into folder/name and return their paths; what is there already is only checked.

    name: mnist, fashion-mnist, cifar-10, cifar-100 or emnist-letters (562 MB).
    mirrors: one or several base addresses to use instead of the known ones.
    An interrupted call leaves .part files: the same call again goes on from there.

    Raises ValueError for an unknown name, a wrong SHA-256 (the part is deleted), or another file of that name in the way;
    ConnectionError when no place gave the file, and says which file to put where by hand.

    >>> fetch("imagenet", "data")
    Traceback (most recent call last):
    ValueError: dataset must be one of mnist, fashion-mnist, cifar-10, cifar-100, emnist-letters, got 'imagenet'. ...
    """
    name, files = source(name)
    mirrors = (mirrors,) if isinstance(mirrors, str) else mirrors
    chosen = [remote._replace(bases=tuple(mirrors or remote.bases)) for remote in files]
    return [download(remote, Path(folder) / name) for remote in chosen]


def download(remote: Remote, folder: str | PathLike[str]) -> Path:
    """Download one file into folder, trying its places in order; see `fetch`."""
    target = Path(folder) / remote.file
    if target.exists():
        return _keep(target, remote)
    target.parent.mkdir(parents=True, exist_ok=True)
    part, troubles = target.with_name(target.name + ".part"), []
    for base in remote.bases:
        url = base.rstrip("/") + "/" + remote.file
        try:
            if not _complete(part, remote):
                _receive(url, part, remote.size)
            return _finish(part, target, remote)
        except (OSError, ValueError, http.client.HTTPException) as error:
            troubles.append((url, error))
    raise _failure(troubles, target, remote)


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _receive(url: str, part: Path, size: int | None) -> None:
    """Append what is missing to the part; when the server cannot go on from there, start over."""
    there = part.stat().st_size if part.exists() else 0
    response, start = _open(url, there)
    with response:
        total = size if response.length is None else start + response.length
        if size is not None and total is not None and total > size:
            raise ValueError(f"the file has {size} bytes, the server offers {total}; nothing was fetched")
        _append(response, part, start, total, size)


def _open(url: str, start: int) -> tuple[http.client.HTTPResponse, int]:
    """Return the response and the byte at which it begins: `start` if the server can go on from there, else 0."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"mirrors must start with http:// or https://, got {url}.")
    headers = {"User-Agent": "minigrow"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        response = urlopen(Request(url, headers=headers), timeout=TIMEOUT)
    except HTTPError as error:
        error.close()
        if start and error.code == 416:  # the part is as long as the file, or longer, and wrong
            return _open(url, 0)
        raise
    if response.status != 206:
        return response, 0
    given = response.headers.get("Content-Range", "nothing")
    if start and given.startswith(f"bytes {start}-"):
        return response, start
    response.close()
    if start:
        return _open(url, 0)
    raise ConnectionError(f"asked for the whole file, got a piece of it ({given})")


def _append(response: http.client.HTTPResponse, part: Path, start: int, total: int | None, size: int | None) -> None:
    """Write the response after the first `start` bytes, with a progress bar if there is a terminal; stop beyond `size` bytes."""
    bar = tqdm(total=total, initial=start, unit="B", unit_scale=True, desc=part.stem, disable=None)
    with bar, part.open("ab" if start else "wb") as file:
        while block := response.read(BLOCK):
            if size is not None and file.tell() + len(block) > size:
                part.unlink()
                raise ValueError(f"the file has {size} bytes, the server sends more; the part was deleted")
            file.write(block)
            bar.update(len(block))
    found = part.stat().st_size
    if total is not None and found < total:
        raise ConnectionError(f"the connection broke off after {found} of {total} bytes; the same call again goes on")


def _complete(part: Path, remote: Remote) -> bool:
    """Return whether an earlier call was stopped between the last byte and the new name."""
    return part.exists() and remote.sha256 is not None and sha256(part) == remote.sha256


def _finish(part: Path, target: Path, remote: Remote) -> Path:
    """Give the part its name if its digest is right; delete it if not."""
    found = sha256(part)
    if remote.sha256 is None:
        print(f"{target}: SHA-256 {found}, UNCHECKED: no published value is known for this file.")
    elif found != remote.sha256:
        size = part.stat().st_size
        part.unlink()
        raise ValueError(f"SHA-256 must be {remote.sha256}, got {found} ({size} bytes); the part was deleted")
    os.replace(part, target)
    return target


def printable(text: str) -> str:
    r"""Return a text that came over the network with "?" for everything that would steer a terminal, cut at 300 letters.

    >>> printable("Not\x1b[2J Found\r\n")
    'Not?[2J Found??'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text[:300])


def _keep(target: Path, remote: Remote) -> Path:
    """Return the file that is there already, or refuse: somebody else's file is never overwritten."""
    if remote.sha256 is not None and (found := sha256(target)) != remote.sha256:
        raise ValueError(
            f"{target} is there, but its SHA-256 must be {remote.sha256}, got {found}. Move it away, then fetch again."
        )
    return target


def _failure(troubles: list[tuple[str, Exception]], target: Path, remote: Remote) -> Exception:
    told = "; ".join(f"{url}: {printable(str(error))}" for url, error in troubles)
    advice = f"Without a network: put {remote.file} into {target.parent} yourself"
    advice += f" (SHA-256 {remote.sha256})." if remote.sha256 else "."
    wrong = any(type(error) is ValueError for _, error in troubles)
    return (ValueError if wrong else ConnectionError)(f"could not fetch {remote.file}. {told}. {advice}")
