"""The mutants are programs that differ from the original, their names outlive edits, and each judgement still has its source."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import mutation_fresh
import mutation_making as making
import mutation_reach
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SOURCE = b'''"""Text 1."""
import numpy as np
RATE = 0.5

def step(theta, g, rate=RATE):
    """Take 1 step."""
    if rate <= 0:
        raise ValueError(f"rate must be > 0, got {rate}.")
    return theta - rate * np.where(
        g > 1, 1, g
    )
'''


def of(source=SOURCE, protocol=False):
    return making.of_source("minigrow/f.py", source, protocol)


def test_each_mutant_is_a_program_that_differs_from_the_original_in_no_line_but_its_own():
    clean = ast.dump(ast.parse(SOURCE))
    assert len(of()) > 15
    for mutant in of():
        made = mutant.source(SOURCE)
        assert ast.dump(ast.parse(made)) != clean
        assert made.count(b"\n") == SOURCE.count(b"\n")
        assert made.splitlines()[: mutant.first - 1] == SOURCE.splitlines()[: mutant.first - 1]


@pytest.mark.parametrize(
    "mistake",
    [
        "rate <= 0 -> rate < 0",
        "rate <= 0 -> rate > 0",
        "rate <= 0 -> True",
        "theta - rate * np.where( g > 1, 1, g ) -> theta",
        "g > 1 -> g >= 1",
        "0.5 -> 1.5",
        "np.where( g > 1, 1, g ) -> np.where(1, g > 1, g)",
    ],
)
def test_the_usual_mistakes_are_among_them(mistake):
    assert [m.key for m in of() if m.key.endswith(mistake)]


def test_a_number_that_adding_one_does_not_change_is_not_a_mistake():
    found = [m.mutated for m in of(b"FAR = 1e100\nNEAR = 1e10\n") if m.mutated[0] != "-"]
    assert found == ["10000000001.0"]


def test_texts_are_left_alone_and_a_protocols_numbers():
    assert not [
        m
        for m in of()
        if "Text" in m.original or "Take" in m.original or ("must be" in m.original and m.mutated != "pass")
    ]
    assert not [m for m in of(protocol=True) if m.original == "0.5"]


def test_names_outlive_edits_elsewhere():
    moved = b"# a line\n\n" + SOURCE + b"\ndef other(a):\n    return a + 1\n"
    assert {m.code for m in of()} < {m.code for m in of(moved)}
    assert len({m.code for m in of(moved)}) == len(of(moved))


def test_a_sample_keeps_its_mutants_when_there_are_more():
    few, more = ({m.code for m in making.sample(of(), number, seed=1)} for number in (3, 6))
    assert few < more
    assert few != {m.code for m in making.sample(of(), 3, seed=2)}


def test_each_judgement_has_its_source_and_a_reason():
    judged = json.loads((HERE / "judged.json").read_text())
    files = {key.split(":")[0] for key in judged}
    keys = {mutant.key for file in files for mutant in making.of_tree(ROOT, file)}
    assert [key for key in judged if key not in keys] == [], (
        "stale: the source has changed. Judge these again, or take them out."
    )
    assert [key for key, why in judged.items() if not why.endswith(".")] == []


@pytest.fixture
def tree(tmp_path):
    """A tree of one file, with what numba would have compiled of it."""
    file = tmp_path / "tree" / "minigrow" / "f.py"
    (file.parent / "__pycache__").mkdir(parents=True)
    file.write_bytes(SOURCE)
    (file.parent / "__pycache__" / "f.step-5.py311.nbi").write_bytes(b"clean")
    return tmp_path / "tree"


def contents(tree):
    return {p.relative_to(tree): (p.read_bytes(), p.stat().st_mtime_ns) for p in tree.rglob("*") if p.is_file()}


def test_no_mutant_deletes_or_replaces_what_is_outside_of_its_room(tmp_path):
    (room := tmp_path / "room").mkdir()
    for path in (room / "own", room / "new", tmp_path / "others"):
        path.write_text("text")
    program = """
import os, subprocess, sys
os.replace("new", "own")
os.remove("own")
open("new", "w").close()
for change in (lambda: os.replace("new", "../others"), lambda: os.remove("../others")):
    try:
        change()
    except PermissionError as error:
        print(error)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "once more"], check=True)
"""
    (room / "program.py").write_text(program)
    env = {**os.environ, "PYTHONPATH": str(HERE), "MINIGROW_ROOM": str(room)}
    command = [sys.executable, str(room / "program.py")]
    done = subprocess.run(command, cwd=room, env=env, check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[:-1].count("a mutant wanted to change ../others") == 4, done.stdout + done.stderr
    assert (tmp_path / "others").read_text() == "text"


def test_a_mutated_tree_is_put_back_even_after_a_kill(tree):
    before = contents(tree)
    mutant = of()[0]
    with mutation_fresh.mutated(tree, mutant, kernel=True):
        assert [row[0] for row in contents(tree).values()] == [mutant.source(SOURCE)]
        kernel = tree / "minigrow" / "__pycache__" / "f.step-5.py311.nbi"
        kernel.write_bytes(b"of the mutant")
    assert contents(tree) == before
    with mutation_fresh.mutated(tree, mutant, kernel=False):
        mutation_fresh.restore(tree, killed=True)  # as the next start does
        assert {path: row for path, row in before.items() if path.suffix == ".py"} == contents(tree)


def test_what_is_reached_follows_an_edit(tree, tmp_path):
    new = tmp_path / "new"
    (new / "minigrow").mkdir(parents=True)
    (new / "minigrow" / "f.py").write_bytes(b"# one\n# two\n" + SOURCE.replace(b"rate <= 0", b"rate < 0"))
    table = {"mark": "", "tests": {"test_a": [0.1, {"minigrow/f.py": [2, 7]}], "test_b": [None, "slow"]}}
    (tmp_path / "a.json").write_text(json.dumps(table))
    mutation_reach.carry(tmp_path, tree, new)
    table["tests"]["test_a"][1] = {"minigrow/f.py": [4, 9]}
    assert json.loads((tmp_path / "a.json").read_text()) == table
