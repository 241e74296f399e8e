"""Options of `minigrow motifs`: what they change in the result, and which ones are refused before anything is counted."""

import argparse
import csv
import json
from collections import Counter

import numpy as np
import pytest

from minigrow.laws.motifs.cases import draw_graph
from minigrow.motifs import NullModel, analyse, command, edges, read_edges


def motifs(*words):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(w) for w in words]))


def written(path, rows):
    path.write_text("\n".join(" ".join(map(str, row)) for row in rows))
    return path


@pytest.fixture
def graph_file(tmp_path):
    return written(tmp_path / "graph.txt", zip(*edges(draw_graph(np.random.default_rng(0), 15, 0.15)), strict=True))


def body(path):
    return json.loads(path.read_text())


def test_several_sizes_get_a_file_each_and_one_page(graph_file, tmp_path):
    out = ("--json", tmp_path / "a.json", "--roles", tmp_path / "r.csv", "--html", tmp_path / "a.html")
    assert motifs(graph_file, "--size", "3,4", 5, "--random", 3, *out) == 0
    assert [body(tmp_path / f"a-size{k}.json")["size"] for k in (3, 4, 5)] == [3, 4, 5]
    assert all(body(tmp_path / f"a-size{k}.json")["mixing"].startswith("mixing: ") for k in (3, 4, 5))
    assert (tmp_path / "r-size4.csv").exists()
    assert "5 vertices" in (tmp_path / "a.html").read_text()
    assert motifs(graph_file, "--size", 4, "--random", 3, "--json", tmp_path / "b.json") == 0
    assert body(tmp_path / "b.json") == body(tmp_path / "a-size4.json")


def test_one_motif_is_asked_for_and_its_occurrences_are_written(graph_file, tmp_path, capsys):
    words = (
        "--only",
        "0>1:1,1>2:1",
        "--random",
        19,
        "--occurrences",
        tmp_path / "o.csv",
        "--json",
        tmp_path / "a.json",
    )
    assert motifs(graph_file, *words) == 0
    asked = [c for c in body(tmp_path / "a.json")["classes"] if np.ravel(c["adjacency"]).tolist() in (
        [0, 0, 1, 1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 1, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1, 1, 0, 0])]  # fmt: skip
    rows = list(csv.reader((tmp_path / "o.csv").read_text().splitlines()))[1:]
    assert len(asked) == 1
    assert len(rows) == asked[0]["count"] > 0
    assert f"It occurs {len(rows)} times; p = {asked[0]['p']:.3g} that chance gives as much" in capsys.readouterr().out


def test_blocks_are_kept_and_named_in_the_notes(tmp_path):
    """Two layers of three: with blocks each edge runs from `in` to `out`, in every random graph; without, classes differ."""
    graph = written(tmp_path / "g.txt", [("a", "x"), ("b", "y"), ("c", "z"), ("a", "y"), ("x", "q"), ("y", "r")])
    layers = [(v, "one") for v in "abc"] + [(v, "two") for v in "xyz"] + [(v, "three") for v in "qr"]
    blocks = written(tmp_path / "b.txt", layers)
    assert motifs(graph, "--size", 3, "--random", 30, "--blocks", blocks, "--json", tmp_path / "a.json") == 0
    told = body(tmp_path / "a.json")
    assert "3 blocks: one (3 vertices), three (2 vertices), two (3 vertices)" in told["notes"]
    assert "between blocks" in told["null"]
    order = [dict(layers)[name] for name in read_edges(graph).names]
    found = analyse(read_edges(graph), 3, 0, NullModel(random=30, blocks=np.unique(order, return_inverse=True)[1]))
    assert sorted(c["mean"] for c in told["classes"]) == sorted(found.mean.tolist())


def test_fanmods_procedure_is_named_and_strict(graph_file, tmp_path):
    assert motifs(graph_file, "--fanmod", "--passes", 2, "--json", tmp_path / "a.json") == 0
    told = body(tmp_path / "a.json")
    assert (told["procedure"], told["passes"], told["tries"], told["random"]) == ("fanmod", 2, 3, 101)
    assert "mixing" not in told
    assert any(c["p"] == 0 for c in told["classes"])
    assert all(c["p_low"] is None for c in told["classes"])


def test_undirected_and_coloured_vertices(tmp_path):
    graph = written(tmp_path / "g.txt", [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)])
    paint = written(tmp_path / "v.txt", [(v, 1 + v % 2) for v in range(5)])
    words = ("--undirected", "--vertex-colours", paint, "--keep-colours", "--size", 3, "--random", 5)
    assert motifs(graph, *words, "--json", tmp_path / "a.json") == 0
    told = body(tmp_path / "a.json")
    assert (told["undirected"], told["edges"], told["subgraphs"]) == (True, 5, 4)
    assert all(np.array_equal(c["adjacency"], np.transpose(c["adjacency"])) for c in told["classes"])
    diagonals = Counter(tuple(sorted(np.diagonal(c["adjacency"]).tolist())) for c in told["classes"] if c["count"])
    assert set(diagonals) <= {(1, 1, 1), (1, 1, 2), (1, 2, 2), (2, 2, 2)}


def test_seconds_choose_a_sample_that_can_be_repeated(graph_file, tmp_path, monkeypatch, capsys):
    """A clock by which a trial takes a hundredth of a second, whatever the machine."""
    now = iter(np.arange(0, 100, 0.01))
    monkeypatch.setattr("minigrow.motifs.command.asked.perf_counter", lambda: next(now))
    words = ("--size", 5, "--random", 2, "--jobs", 1)
    assert motifs(graph_file, *words, "--seconds", 0.045, "--json", tmp_path / "a.json") == 0
    said, told = capsys.readouterr().out, body(tmp_path / "a.json")
    assert "--sample" in told["sampling"]
    again = told["sampling"].split("--sample ")[1].split()
    assert [float(p) for p in again] == told["probabilities"]
    assert "The same again: --sample" in said
    assert motifs(graph_file, *words, "--sample", *again, "--json", tmp_path / "b.json") == 0
    assert body(tmp_path / "b.json")["classes"] == told["classes"]
    assert motifs(graph_file, *words, "--seconds", 1e9, "--json", tmp_path / "c.json") == 0
    assert "probabilities" not in body(tmp_path / "c.json")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--csv", "a.csv", "--json", "./a.csv"], "--csv and --json would both write"),
        (["--size", "3,4", "--csv", "a.csv", "--html", "a-size4.csv"], "--csv and --html would both write"),
        (["--csv", "graph.txt"], "--csv would replace graph.txt, which is read"),
        (["--blocks", "b.txt", "--html", "b.txt"], "--html would replace b.txt, which is read"),
        (["--roles", "graph.txt/a.csv"], "graph.txt takes no new file"),
        (["--roles", "/proc/nothing/a.csv"], "/proc takes no new file"),
        (["--sample", "1", "1", "1", ".1", "--seconds", "5"], "--sample and --seconds exclude each other"),
        (["--fanmod", "--switches", "5"], "--fanmod and --switches exclude each other"),
        (["--tries", "5"], "--tries belongs to --fanmod"),
        (["--keep-colours"], "--keep-colours needs vertices with colours"),
        (["--only", "0>1,1>2", "--size", "4"], "has 3 vertices, but --size is [4]"),
        (["--size", "3,4", "--sample", "1", "1", "1"], "--sample holds the probabilities of one size"),
        (["--seconds", "0"], "--seconds must be above 0"),
        (["--min-count", "0"], "--min-count must be >= 1, got 0"),
        (["--seconds", "1e-9"], "drawing 2 random graphs takes about"),
        (["--blocks", "b.txt"], "b.txt: vertex 1 has no block"),
        (["--blocks", "c.txt"], "c.txt, line 2: vertex 0 is in block x already, got y"),
        (["--blocks", "d.txt"], "d.txt, line 1: each line holds a vertex and its block, got '0'"),
    ],
)
def test_contradictions_are_refused_before_anything_is_counted(
    graph_file, tmp_path, monkeypatch, capsys, words, message
):
    """The same line for each of them, exit code 2, and no file more than before."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("b.txt", "0 x\n"), ("c.txt", "0 x\n0 y\n"), ("d.txt", "0\n")):
        (tmp_path / name).write_text(text)
    there = sorted(tmp_path.iterdir())
    code = motifs("graph.txt", "--random", 2, *words)
    assert code == 2
    assert message in (said := capsys.readouterr().err)
    assert said.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == there
