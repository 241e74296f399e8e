"""Read thousands of damaged and hostile files: each gives one sentence, runs no pickle, and takes no more memory than its size allows.

    tried(seed, seconds) -> (files, failures in words)

Histories, checkpoints of every network, what `replay` opens, data sets (IDX, EMNIST's archive, CIFAR's, own arrays), packed graphs,
results.json and finished jobs. What is read all the same is then used: a network that a file could smuggle in must train.
"""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import struct
import sys
import tarfile
import tempfile
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from damage import Marked, damaged_npz, in_bytes, in_value

from minigrow import differentiable_structure, growth, isotropic, nimble, urn
from minigrow.datasets import cifar, idx, own
from minigrow.experiments import gallery, jobs, registry, results
from minigrow.growth import Event, History, Plan
from minigrow.growth.archives import SMALL
from minigrow.motifs.files import read_graph
from minigrow.nn import MLP, AdamW, Pull
from minigrow.replay import page
from minigrow.replay.opening import open_history

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((12, 4)), np.arange(12) % 3
TOLD = (ValueError, FileNotFoundError, growth.Diverged)
LAYOUT = cifar.CIFAR10._replace(records=dict.fromkeys(cifar.CIFAR10.records, 3))
GRAPH = b"".join(b"n%d n%d\n" % (i, (i * i + 1) % 50) for i in range(200))


class Subject(NamedTuple):
    """A kind of file: how a good one is damaged, under which name it lies, and what is done with it."""

    name: str
    damaged: Callable[[np.random.Generator], tuple[str, bytes]]
    file: str
    use: Callable[[Path], Any]


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a good archive."""
    with np.load(path) as archive:
        return {name: archive[name] for name in archive.files}


def used_history(history: History) -> None:
    """Read every column, and write the history again."""
    for name in history.rows[0] if history.rows else ():
        history[name]
    with tempfile.TemporaryDirectory() as folder:
        history.save(Path(folder) / "again.npz")


def used_run(path: Path, kind: type) -> None:
    """Load a checkpoint and go on from it; a network whose numbers are of no use may diverge, in words."""
    run = growth.load(path, kind)
    used_history(run.history)
    if hasattr(run.net, "alphabet") or kind is urn.Network:
        return
    plan = Plan(
        steps=run.step + 2 if run.step < 10**6 else None,
        epochs=run.epoch + 1 if run.epoch < 10**6 else 1,
        batch=5,
        quiet=True,
    )
    growth.train(run, np.resize(X, (12, run.net.widths[0])), Y % run.net.widths[-1], plan)


def checkpoints(folder: Path) -> Iterator[tuple[type, dict[str, np.ndarray]]]:
    """Yield a small checkpoint of every network."""
    nets = (
        (MLP.create([4, 3, 3], rng=0), Pull(AdamW(), 1e-3)),
        (isotropic.Network.create([4, 3, 3], rng=0), AdamW()),
        (nimble.controller([4, 3, 3], rng=0), AdamW()),
    )
    for net, optimiser in nets:
        run = growth.train(growth.start(net, optimiser, rng=0), X, Y, Plan(epochs=2, batch=5, quiet=True))
        growth.save(
            run._replace(history=run.history.with_events([Event("grow", "h1", 1, "why", 2, 3)])), folder / "run.npz"
        )
        yield type(net), arrays_of(folder / "run.npz")
    for net in (urn.Network.create(2, 1, size=6, rng=0), differentiable_structure.Network.create("ab", rng=0)):
        growth.save(growth.start(net, AdamW(), rng=0), folder / "run.npz")
        yield type(net), arrays_of(folder / "run.npz")


def archive_subjects(folder: Path) -> Iterator[Subject]:
    """Yield histories and checkpoints."""
    history = History(about={"task": "a task"}).with_first({"epoch": 0, "widths": (4, 3, 2)})
    for i in range(3):
        history = history.with_row(
            {"epoch": i, "loss": 1 / (i + 1), "widths": (4, 3 + i, 2), "word": "é", "size": np.ones((i, 2))}
        )
    history.with_events([Event("grow", "h1", 1, "why", 3, 4)]).save(folder / "h.npz")
    arrays = arrays_of(folder / "h.npz")
    yield Subject(
        "a history", lambda rng: damaged_npz(arrays, rng), "h.npz", lambda path: used_history(History.load(path))
    )
    yield Subject("a replay", lambda rng: damaged_npz(arrays, rng), "h.npz", lambda path: page(open_history(path)))
    for kind, arrays in checkpoints(folder):
        name = f"a checkpoint of {kind.__module__}.{kind.__name__}"
        yield Subject(
            name, lambda rng, a=arrays: damaged_npz(a, rng), "run.npz", lambda path, kind=kind: used_run(path, kind)
        )


def idx_bytes(array: np.ndarray) -> bytes:
    """Return an array as an IDX file."""
    return (
        bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(np.uint8).tobytes()
    )


def damaged_idx(rng: np.random.Generator) -> tuple[str, bytes]:
    """An IDX file, packed or not, with a lie in its header or damage in its bytes; sometimes a bomb."""
    whole = idx_bytes(RNG.integers(0, 255, (5, 4, 3)))
    said, packed = "", rng.integers(3)
    if rng.integers(2):
        place = 4 + int(rng.integers(12))
        whole, said = whole[:place] + rng.bytes(1) + whole[place + 1 :], f"byte {place} of the header, "
    if packed == 2 and rng.integers(10) == 0:
        return "a bomb", gzip.compress(bytes([0, 0, 8, 3]) + struct.pack(">3I", 1 << 20, 16, 128) + bytes(SMALL + 1))
    more, whole = in_bytes(gzip.compress(whole) if packed else whole, rng)
    return said + more, whole


def tar_bytes(rng: np.random.Generator) -> bytes:
    """CIFAR's archive with three records a file, sometimes with a link, a lie or a member twice in it."""
    target, way = io.BytesIO(), int(rng.integers(8))
    with tarfile.open(fileobj=target, mode="w") as tar:
        for file, size in (*LAYOUT.size.items(), (LAYOUT.names, 0)):
            member = tarfile.TarInfo(("cifar-10-batches-bin/", "/", "../../")[way if way < 3 else 0] + file)
            content = bytes(size) if size else b"\n".join(b"c%d" % i for i in range(10))
            member.size = len(content)
            if way == 3 and rng.integers(3) == 0:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/hostname"
            for _ in range(2 if way == 4 else 1):
                tar.addfile(member, io.BytesIO(content))
        if way == 5:
            tar.addfile(bomb := tarfile.TarInfo("bomb"), None)
            bomb.size = 3_000_000
            tar.addfile(bomb, io.BytesIO(bytes(bomb.size)))
    return target.getvalue()


def damaged_tar(rng: np.random.Generator) -> tuple[str, bytes]:
    """The archive, damaged before or after it is packed, or whole."""
    whole, way = tar_bytes(rng), int(rng.integers(3))
    said, inner = in_bytes(whole, rng) if way == 0 else ("", whole)
    packed = gzip.compress(inner, 1)
    return (f"inside, {said}", packed) if way == 0 else in_bytes(packed, rng) if way == 1 else ("crafted", packed)


def emnist_zip(rng: np.random.Generator) -> tuple[str, bytes]:
    """EMNIST's archive of packed files, damaged in itself or in one of them."""
    target = io.BytesIO()
    with zipfile.ZipFile(
        target, "w", int(rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]))
    ) as archive:
        for file in idx.EMNIST_LETTERS.files:
            content = gzip.compress(idx_bytes(np.ones((4, 2, 2) if "images" in file else 4)))
            archive.writestr(f"gzip/{file}.gz", in_bytes(content, rng)[1] if rng.integers(6) == 0 else content)
    return in_bytes(target.getvalue(), rng)


def damaged_npy(rng: np.random.Generator) -> tuple[str, bytes]:
    """X.npy, damaged, or full of objects, or with a header that lies."""
    target, way = io.BytesIO(), int(rng.integers(4))
    np.save(target, np.array([[Marked()]], object) if way == 0 else RNG.standard_normal((6, 2)), allow_pickle=True)
    whole = target.getvalue()
    if way == 1:
        shape = (b"(10**12, 2)", b"(1000000000000, 2)", b"(-6, -2)", b"(6, 2", b"((((((((6, 2)", b"(6.0, 2)")[
            rng.integers(6)
        ]
        return f"shape {shape!r}", whole.replace(b"(6, 2), }" + b" " * (len(shape) - 6), shape + b", }")
    return ("objects", whole) if way == 0 else in_bytes(whole, rng)


def damaged_graph(rng: np.random.Generator) -> tuple[str, bytes]:
    """A packed list of edges, damaged; sometimes a bomb of remarks."""
    if rng.integers(200) == 0:
        return "a bomb", gzip.compress((b"#" + b"x" * 1022 + b"\n") * (SMALL // 1024 + 9), 1)
    return in_bytes(gzip.compress(GRAPH), rng)


def data_subjects(folder: Path) -> Iterator[Subject]:
    """Yield data sets and graphs."""
    np.save(folder / "y.npy", np.arange(6) % 2)
    yield Subject("an IDX file", damaged_idx, "a.gz", lambda path: idx.read_idx(path, 3))
    yield Subject("EMNIST's archive", emnist_zip, "gzip.zip", lambda path: idx.emnist_letters(path.parent))
    yield Subject(
        "CIFAR's archive", damaged_tar, "cifar-10-binary.tar.gz", lambda path: cifar._load(path, LAYOUT, np.float32)
    )
    yield Subject("own arrays", damaged_npy, "X.npy", lambda path: own.whole_set(path.parent, np.float64))
    yield Subject("a packed graph", damaged_graph, "g.txt.gz", read_graph)


def result_subjects() -> Iterator[Subject]:
    """Yield a results.json, damaged in its bytes or its values, and a finished job, damaged or somebody else's."""
    experiment = next(e for e in registry.EXPERIMENTS if e.name == "isotropic.abundance")
    claim = dict.fromkeys(results.CLAIM, "holds") | dict.fromkeys(("measured", "low", "high", "spread", "n"), 1.5)
    setting = dict.fromkeys(results.SETTING, "a setting")
    found = {"experiment": experiment.name, "mode": "quick", "seed": 0, "repeats": 1, "seconds": 1.5, "versions": {"numpy": "2"}} | {
        "config": {}, "protocol": [setting], "claims": [claim], "data": {},
    }  # fmt: skip

    def damaged_json(rng):
        said, value = in_value(json.loads(json.dumps(found)), rng)
        return (said, json.dumps(value).encode()) if rng.integers(2) else in_bytes(json.dumps(found).encode(), rng)

    def shown(path):
        (path.parent / experiment.name).mkdir(exist_ok=True)
        os.replace(path, path.parent / experiment.name / "results.json")
        gallery.page([results.read(path.parent / experiment.name, experiment)])

    def damaged_job(rng):
        with tempfile.TemporaryDirectory() as folder:
            jobs.kept(abs, Path(folder, "a.pickle"), -25)
            whole = Path(folder, "a.pickle").read_bytes()
        import pickle

        return in_bytes(whole, rng) if rng.integers(2) else ("a stranger's", pickle.dumps(Marked()) + bytes(32))

    def computed(path):
        if jobs.kept(abs, path, -25) != 25:
            raise AssertionError("a damaged job gave another result")

    yield Subject("results.json", damaged_json, "results.json", shown)
    yield Subject("a finished job", damaged_job, "job.pickle", computed)


def attempts(seed: int, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (what was damaged and how, what is wrong with the answer or ""), kinds in turn, without end."""
    subjects = [*archive_subjects(folder), *data_subjects(folder), *result_subjects()]
    for number in itertools.count():
        subject = subjects[number % len(subjects)]
        rng = np.random.default_rng([seed, number])
        said, content = subject.damaged(rng)
        path = folder / subject.file
        path.write_bytes(content)
        yield (
            f"{subject.name}, {said} (seed {seed}, number {number})",
            answer(subject, path, len(content), said, number),
        )


def answer(subject: Subject, path: Path, size: int, said: str, number: int) -> str:
    """Return what is wrong with what reading this file did: "" for a ValueError of one sentence, or for a file that could be used."""
    os.environ.pop("MINIGROW_PICKLE_RAN", None)
    wrong = ""
    measured = "bomb" in said or "way 2" in said or number % 5 == 0  # which slows everything else down
    if measured:
        tracemalloc.start(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            subject.use(path)
    except (ValueError, FileNotFoundError, growth.Diverged) as error:
        text = str(error)
        if type(error) not in TOLD or "\n" in text or len(text) > 1200:
            wrong = f"{type(error).__name__} is no sentence: {text[:300]!r}"
    except Exception as error:
        place = error.__traceback__
        while place.tb_next is not None:
            place = place.tb_next
        wrong = f"{type(error).__name__}: {str(error)[:200]} ({place.tb_frame.f_code.co_filename}:{place.tb_lineno})"
    peak = tracemalloc.get_traced_memory()[1] if measured else 0
    tracemalloc.stop()
    if os.environ.get("MINIGROW_PICKLE_RAN"):
        wrong = "a pickle ran"
    if peak > 3 * SMALL + 100 * size:
        wrong = f"took {peak} bytes for a file of {size}"
    return wrong


def tried(seed: int, seconds: float, most: int | None = None) -> tuple[int, list[str]]:
    """Damage files for so many seconds, or `most` of them; return how many were tried, and what failed, in words."""
    end, failures, count = time.monotonic() + seconds, [], 0
    with tempfile.TemporaryDirectory() as folder:
        for said, wrong in itertools.islice(attempts(seed, Path(folder)), most):
            count += 1
            failures += [f"{said}: {wrong}"] if wrong else []
            if time.monotonic() > end:
                break
    return count, failures
