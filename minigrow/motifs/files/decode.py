"""From bytes to text: `opened(path)` unpacks gzip and decodes, `format_of(path, head)` says which format a file has."""

import gzip
import io
import re
import zlib
from pathlib import Path
from typing import IO

from minigrow.growth.archives import allowed, bounded

HEAD = 65536
REFUSED = {  # how a file begins, or how its name ends: what it is, and what to do
    b"PK\x03\x04": "a zip archive (or a spreadsheet); unpack it, or save the sheet as CSV",
    b"BZh": "packed with bzip2; unpack it first",
    b"\xfd7zXZ": "packed with xz; unpack it first",
    b"%PDF": "a PDF document; save its table as CSV",
    b"%%MatrixMarket": "a matrix in Matrix Market's format; read it with scipy.io.mmread, then from_scipy",
    b"{": "JSON; read it with networkx.node_link_graph, then from_networkx",
    b"[": "JSON; read it with networkx.node_link_graph, then from_networkx",
    ".adjlist": "a list of neighbours, not of edges; read it with networkx.read_adjlist, then from_networkx",
    ".multiline_adjlist": "a list of neighbours; read it with networkx.read_multiline_adjlist, then from_networkx",
    ".lgl": "LGL, whose lines that begin with # hold vertices; save it as NCOL",
    ".metis": "METIS, whose lines are lists of neighbours; save it as a list of edges",
    ".dot": "a drawing in Graphviz's language; read it with networkx.nx_pydot, then from_networkx",
    ".gv": "a drawing in Graphviz's language; read it with networkx.nx_pydot, then from_networkx",
    ".dl": "UCINET's DL; save it as a list of edges",
    ".json": "JSON; read it with networkx.node_link_graph, then from_networkx",
    ".mtx": "a matrix in Matrix Market's format; read it with scipy.io.mmread, then from_scipy",
}
MARKS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16


def opened(path: str | Path, encoding: str = "utf-8") -> IO[bytes]:
    """Open a file as a stream of UTF-8 bytes, whatever it is packed or encoded in.

    Raises ValueError for a format that is known and not read, a broken archive, bytes that are no text in the encoding;
    OSError when the file cannot be read.
    """
    with open(path, "rb") as file:
        head = file.read(64).lstrip()
    suffix = "".join(s for s in Path(path).suffixes[-2:] if s != ".gz")
    for mark, what in REFUSED.items():
        if head.startswith(mark) if isinstance(mark, bytes) else suffix.lower().endswith(mark):
            raise ValueError(f"{path}: this is {what}.")
    stream = Gunzip(path) if head.startswith(b"\x1f\x8b") else open(path, "rb")  # noqa: SIM115
    return _as_utf8(stream, str(path), encoding)


class Gunzip(io.BufferedReader):
    """A stream of what a gzip file holds; a file that is broken off or damaged is a ValueError.

    >>> Gunzip("nothing.gz")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'nothing.gz'
    """

    def __init__(self, path: str | Path):
        self.path = path
        super().__init__(bounded(gzip.GzipFile(path, "rb"), allowed(Path(path).stat().st_size), str(path)).detach())

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, all of them if it is negative."""
        try:
            return super().read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(
                f"{self.path}: the gzip file is broken off or damaged ({error}). Fetch it again."
            ) from None


def _as_utf8(stream, name, encoding):
    """Give back the stream itself if it is UTF-8 (without its mark), else all of it decoded and encoded anew."""
    head = stream.read(3)
    utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
    if utf8 and head[:2] not in MARKS:
        return stream if head == b"\xef\xbb\xbf" else _Joined(head, stream)
    data = head + stream.read()
    stream.close()
    try:
        text = data.decode("utf-16" if head[:2] in MARKS else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"{name}: the file is no plain text in {encoding} ({error}). Save it as UTF-8.") from None
    return io.BytesIO(text.encode())


class _Joined(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head, stream):
        self.head, self.stream = head, stream

    def read(self, size=-1):
        head, self.head = self.head, b""
        return head + self.stream.read(size if size < 0 else max(size - len(head), 0))

    def close(self):
        self.stream.close()
        super().close()


def decoded(data: bytes, name: str, line: int = 1) -> str:
    """Return the text of UTF-8 bytes that begin at a line of the file.

    Raises ValueError, with the line, for bytes that are not UTF-8 and for control characters.

    >>> decoded("né".encode("cp1252"), "g.txt")
    Traceback (most recent call last):
    ValueError: g.txt, line 1: a graph is plain text, got bytes that are not UTF-8 (... Save it as UTF-8, or name its encoding...
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        place = line + data[: error.start].count(b"\n")
        raise ValueError(
            f"{name}, line {place}: a graph is plain text, got bytes that are not UTF-8 ({error.reason}). "
            "Save it as UTF-8, or name its encoding (`encoding`, for example cp1252)."
        ) from None
    strange = re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
    if strange:
        place = line + text.count("\n", 0, strange.start())
        raise ValueError(
            f"{name}, line {place}: a graph is plain text, got the control character {strange[0]!r}. "
            "Is this a binary file? Save the graph as text."
        )
    return text


def format_of(path: str | Path, head: str) -> str:
    """Say which format a file has: by how it begins, and else by its suffix.

    >>> format_of("a.txt", "<?xml version='1.0'?><gexf>"), format_of("b.net", ""), format_of("c.csv.gz", "a,b")
    ('gexf', 'pajek', 'table')
    """
    begin = re.sub(r"^(\s*(#|%|/\*).*\n)+", "", head).lstrip()
    if begin.startswith("<"):
        return _markup(str(path), begin)
    if re.match(r"(?i)(strict\s+)?(di)?graph\b[^\n\[]*\{", begin):
        raise ValueError(f"{path}: this is {REFUSED['.dot']}.")
    for name, pattern in (
        ("pajek", r"(?i)\*(vertices|network|arcs|edges|arcslist|edgeslist|matrix)\b"),
        ("gml", r"(Creator|Version|[Cc]omment)\b[\s\S]*?\bgraph\s*\[|graph\s*\["),
        ("dictionaries", r"\S+[ \t]+\S+[ \t]*\{.*\}\s*(\n|$)"),
    ):
        if re.match(pattern, begin):
            return name
    suffix = [s.lower() for s in Path(path).suffixes if s.lower() != ".gz"][-1:]
    known = {".graphml": "graphml", ".gexf": "gexf", ".gml": "gml", ".net": "pajek", ".paj": "pajek", ".ncol": "ncol"}
    return known.get("".join(suffix), "table")


def _markup(name, begin):
    root = re.search(r"<([A-Za-z_][\w:.-]*)", begin)
    kind = root[1].split(":")[-1] if root else "nothing"
    if kind not in ("graphml", "gexf"):
        raise ValueError(f"{name}: of XML files GraphML and GEXF are read, this one holds <{kind}>.")
    return kind
