"""The order of the classes, the bound on Z, and what the report says: nothing that the numbers do not carry."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.motifs.esu import Census
from minigrow.motifs.show.ranking import bounds, never_by_chance, ranked
from minigrow.motifs.show.report import numbers, table, write_csv, write_json
from minigrow.motifs.statistics import summarise

PATH, FORK, JOIN, LOOP, RARE = 72, 65, 520, 66, 73


def census(**counts):
    ids = np.array([globals()[name] for name in counts])
    order = np.argsort(ids)
    return Census(3, ids[order], np.array([*counts.values()])[order])


def example(R=40):
    """Forks never occur by chance, joins vary, paths fill up; two loops, which no random graph has, are too rare."""
    own = census(FORK=7, JOIN=30, LOOP=2, PATH=61)
    return own, [census(JOIN=20 + r % 3, PATH=80 - r % 3) for r in range(R)]


@given(st.integers(2, 50), st.integers(2, 60))
def test_the_bound_is_what_one_occurrence_by_chance_would_give(n, R):
    own, none, one = census(FORK=n, PATH=200 - n), census(PATH=200), census(FORK=1, PATH=199)
    never = summarise(own, [none] * R, least=2)
    met = summarise(own, [one] + [none] * (R - 1), least=2)
    assert bounds(never)[never.ids == FORK] == pytest.approx(met.z[met.ids == FORK], rel=1e-9)
    assert np.isnan(bounds(met)).all()


def test_what_never_occurs_by_chance_comes_first_and_what_is_too_rare_last():
    own, others = example()
    found = summarise(own, others)
    assert found.ids[ranked(found)].tolist() == [FORK, PATH, JOIN, LOOP]
    assert np.isnan(found.z[found.ids == FORK])
    assert found.ids[never_by_chance(found)].tolist() == [FORK]


def test_a_large_z_of_two_occurrences_does_not_reach_the_head():
    """The audit's case: a random graph holds one occurrence, the graph two, and Z is the largest of the table."""
    own = census(JOIN=30, LOOP=2, PATH=68)
    found = summarise(own, [census(JOIN=20 + r % 3, LOOP=int(r == 0), PATH=80 - r % 3 - (r == 0)) for r in range(400)])
    assert np.nanargmax(np.abs(found.z)) == np.flatnonzero(found.ids == LOOP)
    assert found.ids[ranked(found)].tolist()[-1] == LOOP


def test_more_occurrences_rank_first_among_those_that_never_occur_by_chance():
    found = summarise(census(FORK=7, JOIN=9, PATH=84), [census(PATH=100 + r) for r in range(20)])
    assert found.ids[ranked(found)].tolist()[:2] == [JOIN, FORK]


def test_a_share_that_chance_always_gives_but_the_graph_does_not_is_stronger_than_any_z():
    found = summarise(census(FORK=10, JOIN=30, PATH=60), [census(FORK=5, JOIN=20 + r, PATH=75 - r) for r in range(20)])
    assert np.isnan(found.z[found.ids == FORK])
    assert found.ids[ranked(found)[0]] == FORK
    same = summarise(census(FORK=5, JOIN=30, PATH=65), [census(FORK=5, JOIN=20 + r, PATH=75 - r) for r in range(20)])
    assert same.ids[ranked(same)[-1]] == FORK


def test_the_table_says_how_each_number_is_meant():
    found = summarise(*example())
    rows = {int(i): numbers(found, n) for n, i in enumerate(found.ids)}
    assert rows[FORK][-3:] == [f"> {(7 - 1 / 40) * 40**0.5:.2f}", "<= 0.025", "<= 0.025"]
    assert rows[PATH][-2:] == ["1.000", "<= 0.025"]  # as rare as in no random graph, hence p of 1 and a large |Z|
    assert rows[LOOP][-3:] == ["undefined", "<= 0.025", "too rare"]
    lines = table(found).splitlines()
    assert lines[0] == (
        "    count  frequency       mean        std          z         p familywise   motif (colour at the arrow's head)"
    )
    assert [line.split()[0] for line in lines if line[8].isdigit()] == ["7", "61", "30", "2"]


@pytest.mark.parametrize(("R", "word"), [(19, "<= 0.050"), (99, "<= 0.010"), (100, "<= 0.0100"), (999, "<= 0.0010")])
def test_no_p_below_the_smallest_is_printed(R, word):
    found = summarise(*example(R))
    assert numbers(found, int(np.argmax(found.ids == FORK)))[-2] == word
    assert float(word[3:]) >= 1 / (R + 1)


def test_fanmod_s_p_is_printed_as_it_is():
    own, others = example()
    assert numbers(summarise(own, others, strict=True), 0)[-2:] == ["0.000", "undefined"]


def test_files_keep_their_columns_and_gain_new_ones_at_the_end(tmp_path):
    found = summarise(*example())
    write_csv(tmp_path / "a.csv", found)
    write_json(tmp_path / "a.json", found, {"size": 3})
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    classes = json.loads((tmp_path / "a.json").read_text())["classes"]
    columns = ["adjacency", "count", "frequency", "mean", "std", "z", "p", "p_low", "q", "familywise", "family"]
    assert list(rows[0]) == columns
    assert list(classes[0]) == [*columns, "bound"]
    assert [c["bound"] for c in classes] == [pytest.approx((7 - 1 / 40) * 40**0.5), None, None, None]
    assert [row["familywise"] == "" for row in rows] == [False, False, False, True]
    assert [row["family"] for row in rows] == ["true", "true", "true", "false"]
    assert [c["family"] for c in classes] == [True, True, True, False]
    for row, entry in zip(rows, classes, strict=True):
        assert row["adjacency"] == "/".join("".join(map(str, line)) for line in entry["adjacency"])
        assert [json.loads(row[c] or "null") for c in columns[1:]] == [entry[c] for c in columns[1:]]
