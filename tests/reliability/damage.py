"""Damage bytes, archives and descriptions in random ways: what a bad disk, a cut copy, another program or a stranger does to a file."""

from __future__ import annotations

import io
import json
import os
import zipfile

import numpy as np

HUGE = 10**18
STRANGE = (
    None, True, False, 0, -1, 1, 2, 1.5, -0.0, 1e308, -1e308, float("inf"), float("nan"), 2**31, 2**53 + 1, 2**63, HUGE, 10**30,
    10**400, "", "x", "0.1", "__class__", "\x00", "\x1b[2J", "h0", "é" * 500, [], {}, [[]], [None], {"a": {}}, [1, [2, [3]]],
    [HUGE, HUGE], ["a"] * 99,
)  # fmt: skip


def ran() -> None:
    """Leave a mark that a pickle was opened."""
    os.environ["MINIGROW_PICKLE_RAN"] = "yes"


class Marked:
    """An object whose pickle runs code of a stranger's choice when it is opened."""

    def __reduce__(self):
        return ran, ()


def in_bytes(whole: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return what was done, and the bytes after bits were turned or a piece was lost, doubled or overwritten."""
    content, n = bytearray(whole), len(whole)
    way = ("bits", "cut", "zeros", "noise", "lost", "doubled", "tail")[rng.integers(7)]
    a, b = sorted(int(place) for place in rng.integers(0, n + 1, 2))
    b = min(b, a + int(rng.integers(1, 200)))
    if way == "bits":
        for place in rng.integers(0, n, rng.integers(1, 9)):
            content[place] ^= 1 << int(rng.integers(8))
    elif way == "cut":
        del content[a:]
    elif way == "zeros":
        content[a:b] = bytes(b - a)
    elif way == "noise":
        content[a:b] = rng.bytes(b - a)
    elif way == "lost":
        del content[a:b]
    elif way == "doubled":
        content[a:a] = content[a:b]
    else:
        content += rng.bytes(int(rng.integers(1, 99)))
    return f"{way} at {a}..{b}", bytes(content)


def in_value(value, rng: np.random.Generator):
    """Return what was done, and the JSON value with one place in it replaced, lost, renamed or doubled."""
    places = list(_places(value))
    holder, key = places[rng.integers(len(places))]
    way = ("replaced", "lost", "renamed", "nested")[rng.choice(4, p=(0.7, 0.12, 0.12, 0.06))]
    if way == "lost":
        del holder[key]
    elif way == "renamed" and isinstance(holder, dict):
        holder[str(STRANGE[rng.integers(len(STRANGE))])[:50]] = holder.pop(key)
    elif way == "nested":
        for _ in range(int(rng.integers(1, 400))):
            holder[key] = [holder[key]]
    else:
        holder[key] = STRANGE[rng.integers(len(STRANGE))]
    return f"{key} {way} ({str(holder)[:60]})", value


def _places(value):
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from _places(value[key])


def in_array(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> str:
    """Change one of the arrays and return what was done: another shape or type, other values, or a pickle."""
    name = sorted(arrays)[rng.integers(len(arrays))]
    array, way = arrays[name], int(rng.integers(9))
    changed = (
        lambda: np.resize(array, int(rng.integers(0, 40))),
        lambda: array.reshape(1, *array.shape),
        lambda: array.astype(("f2", "f4", "c16", "i1", "u8", "?", "U3", "S2", ">f8")[rng.integers(9)]),
        lambda: np.array([Marked()], object),
        lambda: (
            np.full_like(array, STRANGE[rng.choice([3, 4, 9, 11, 12])]) if array.dtype.kind == "f" else array[..., :0]
        ),
        lambda: np.full(array.shape, (-7, 2**31, 2**62)[rng.integers(3)]),
        lambda: np.array(["a", "bb"]),
        lambda: np.zeros(3, "M8[s]"),
        lambda: np.array(1.0),
    )[way]
    with np.errstate(all="ignore"):
        try:
            arrays[name] = changed()
        except (ValueError, TypeError, IndexError):
            del arrays[name]
    return f"array {name} changed in way {way}"


def in_archive(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> tuple[str, bytes]:
    """Return what was done, and a `.npz` with what zipfile allows and nobody needs: doubles, strange names, lies and bombs."""
    way = int(rng.integers(9))
    name, target = sorted(arrays)[rng.integers(len(arrays))], io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED if rng.integers(2) else zipfile.ZIP_STORED) as archive:
        for key, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=True)
            content = content.getvalue()
            if key == name and way == 0:  # a header that claims a shape of 10^12, or anything else
                shape = (b"(1000000000000,)", b"(-1,)", b"(3, 0x9)", b"(True,)", b"((1,),)", b"(1000000, 0, 99)")[
                    rng.integers(6)
                ]
                content = (
                    content[:8]
                    + (118).to_bytes(2, "little")
                    + (content[10:].split(b"(")[0] + shape + b", }").ljust(117)
                    + b"\n"
                )
            if key == name and way == 1:
                descr = (b"|O", b"<f3", b"<U999999999", b"|V8", b"<M8[s]", b"<f8\\n", b"i4,i4")[rng.integers(7)]
                content = content.replace(b"<f8", descr).replace(b"<i8", descr).replace(b"<U", descr)
            if key == name and way == 2:
                content = content + bytes(int(rng.choice([1, 80_000_000])))
            archive.writestr(f"{key}.npy", content)
        if way == 3:
            archive.fp.flush()
            info = zipfile.ZipInfo(f"{name}.npy")  # the same name twice, without zipfile's warning
            archive.NameToInfo.pop(info.filename)
            archive.writestr(info, b"twice")
        if way == 4:
            archive.writestr(
                ("/etc/evil.npy", "../../evil.npy", "C:\\evil.npy", "evil", "a/b/.npy")[rng.integers(5)], b"x" * 99
            )
        if way == 5:
            for i in range(11_000):
                archive.writestr(f"m{i}.npy", b"")
        if way == 6:
            archive.writestr(zipfile.ZipInfo("bomb.npy"), bytes(70_000_000), zipfile.ZIP_DEFLATED)
        if way == 7:
            archive.writestr(
                zipfile.ZipInfo("packed.npy"), b"x" * 999, zipfile.ZIP_LZMA if rng.integers(2) else zipfile.ZIP_BZIP2
            )
    whole = target.getvalue()
    if way == 8:  # the directory lies about the size of a member
        place = whole.rindex(b"PK\x01\x02") + 24
        whole = whole[:place] + (0xFFFFFFF0).to_bytes(4, "little") + whole[place + 4 :]
    return f"archive made in way {way} ({name})", whole


def written(arrays: dict[str, np.ndarray], packed: bool) -> bytes:
    """Return the bytes of an archive of these arrays."""
    file = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(file, **arrays)
    return file.getvalue()


def damaged_npz(arrays: dict[str, np.ndarray], rng: np.random.Generator) -> tuple[str, bytes]:
    """Return what was done, and a damaged archive: in its bytes, its description, its arrays, or the archive itself."""
    arrays, packed = dict(arrays), bool(rng.integers(2))
    way = rng.choice(4, p=(0.4, 0.35, 0.15, 0.1))
    if way == 0:
        said, whole = in_bytes(written(arrays, packed), rng)
        return f"{said}, {'deflated' if packed else 'stored'}", whole
    if way == 3:
        return in_archive(arrays, rng)
    if way == 2:
        said = in_array(arrays, rng)
    elif rng.integers(20):
        said, meta = in_value(json.loads(str(arrays["meta"])), rng)
        arrays["meta"] = np.array(json.dumps(meta))
    else:
        said, text = "meta of brackets", ("[" * 10**5, "9" * 5000, "nul", '{"file":1,"file":2}', '{"a":1e999}')
        arrays["meta"] = np.array(text[rng.integers(len(text))])
    return said, written(arrays, packed)
