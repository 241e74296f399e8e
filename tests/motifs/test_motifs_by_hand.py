"""Small cases worked out by hand, each with its complete result: files, words, classes, the null model in words, and the page."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from minigrow.motifs import NullModel, from_edges, memory
from minigrow.motifs.canonical import sorted_ids
from minigrow.motifs.classes import Layout, classes_of, id_of, key_of
from minigrow.motifs.command import cluster
from minigrow.motifs.command.telling import mixing_words
from minigrow.motifs.esu import Census
from minigrow.motifs.files import read_graph
from minigrow.motifs.files.decode import decoded
from minigrow.motifs.files.document import Edge, document
from minigrow.motifs.files.labels import Book
from minigrow.motifs.mixing import Mixing, mixing
from minigrow.motifs.places.occurrences import occurrences
from minigrow.motifs.places.words import parse_motif
from minigrow.motifs.show.conclusion import conclusion
from minigrow.motifs.show.page import page
from minigrow.motifs.statistics import summarise
from minigrow.motifs.weights import Cut, gaussian_cut, published_cut, quantile_cut

BY_ID = "vertices are called by their id, not by their 'label': "


@pytest.mark.parametrize(
    ("said", "names", "notes"),
    [
        ([{}, {}], ["0", "1"], []),
        ([{"label": "0"}, {"label": "1"}], ["0", "1"], []),
        ([{"label": "a"}, {"label": "b"}], ["a", "b"], ["vertices are called by their 'label', not by their id"]),
        ([{"label": "a"}, {}], ["0", "1"], [BY_ID + "some have none"]),
        ([{"label": "a"}, {"label": "a"}], ["0", "1"], [BY_ID + "some share one"]),
        ([{"label": "a", "name": "c"}, {"label": "a", "name": "d"}], ["c", "d"],
            ["vertices are called by their 'name', not by their id"]),
    ],
)  # fmt: skip
def test_a_label_is_a_name_where_all_have_their_own(said, names, notes):
    vertices = dict(zip("01", said, strict=True))
    found = document(vertices, [Edge("0", "1", False, 7, {})], ["label", "name"], "g", ["first"])
    assert (found.names, found.notes) == (names, ["first", *notes])


def test_what_a_document_says_stands_edge_by_edge_and_vertex_by_vertex():
    edges = [Edge("b", "a", True, 8, {"w": "2"}), Edge("a", "b", False, 9, {"k": "x"})]
    found = document({"a": {"t": 1}, "b": {"u": 2}}, edges, [], "g", [])
    columns = [column.tolist() for column in (found.source, found.target, found.line, found.mutual)]
    assert columns == [[1, 0], [0, 1], [8, 9], [True, False]]
    assert found.values == {"w": ["2", None], "k": [None, "x"]}
    assert found.attributes == {"t": [1, None], "u": [None, 2]}


@pytest.mark.parametrize("strange", [b"\x07", b"\xff"])
def test_the_line_of_strange_bytes_is_counted_from_that_of_the_block(strange):
    with pytest.raises(ValueError, match=r"^g, line 6: a graph is plain text, got"):
        decoded(b"a b\nc" + strange + b" d\ne f\n", "g", 5)


@pytest.mark.parametrize(
    ("content", "choices", "noted"),
    [
        ("0 1 1\n1 2 2\n2 3 1\n", {}, True),
        ("1 5 1\n2 6 2\n3 7 1\n", {}, True),
        ("2 5 1\n3 6 2\n4 7 1\n", {}, False),  # no index begins with 2
        ("0 1 1\n1 2 2\n", {}, False),  # two lines are too few
        ("0 1 1\n2 3 2\n1 2 1\n", {}, False),
        ("0 1\n1 2\n2 3\n", {}, False),  # there is no other column to be the target
        ("source,target,colour\n0,1,1\n1,2,2\n2,3,1\n", {}, False),
        ("5 0 1\n6 1 2\n7 2 1\n", {"columns": (2, 1)}, False),
    ],
)
def test_a_first_column_that_counts_the_lines_is_noted(content, choices, noted, tmp_path):
    (tmp_path / "g.txt").write_text(content)
    notes = read_graph(tmp_path / "g.txt", **choices).notes
    assert any("counts the lines" in note for note in notes) == noted


@pytest.mark.parametrize(("largest", "kept"), [(2**31 - 1, np.int32), (2**31, np.int64)])
def test_numbers_that_fit_take_half_the_memory(largest, kept):
    book = Book()
    book.numbers(np.array([[0, largest]]))
    ends, names = book.closed()
    assert (ends.tolist(), names, ends.dtype) == ([[0, largest]], None, kept)


def test_a_worker_that_cannot_import_the_package_is_found_at_once(monkeypatch):
    """The real `connected` turns this error into the message that the workers cannot help."""

    def submit(f, same, rest, pure):
        assert f(same, rest) == 1  # on a sound worker: the length of a task that is only a generator
        return SimpleNamespace(result=broken)

    def broken(timeout):
        raise ModuleNotFoundError(f"No module named 'minigrow' within {timeout} s")

    monkeypatch.setattr(cluster, "connected", lambda address, probe: probe(SimpleNamespace(submit=submit)))
    with pytest.raises(ModuleNotFoundError, match=f"within {cluster.PATIENCE} s"), cluster.cluster("tcp://x"):
        pass


@pytest.mark.parametrize("null", [NullModel(random=0), NullModel.fanmod(random=9)])
def test_nothing_is_said_of_mixing_where_no_uniform_walk_is_made(null):
    graph = from_edges([0, 1], [1, 2])
    assert mixing_words((graph, null, 0)) == ""
    assert mixing_words((graph, NullModel(random=9), 0)).startswith("mixing: ")


def test_seven_vertices_of_the_highest_colours_fill_all_63_bits():
    """A path 0 -> 1 -> ... -> 6 of vertices of colour 7: its class is above 2^62, and is found from any order."""
    a, layout = np.diag([7] * 7) + np.eye(7, k=1, dtype=int), Layout(1, 3)
    order = [3, 0, 6, 1, 5, 2, 4]
    shuffled = a[np.ix_(order, order)]
    (found,) = classes_of(np.array([id_of(a, layout)]), 7, layout).tolist()
    assert 2**63 - 2**42 <= found < 2**63
    assert classes_of(np.array([id_of(shuffled, layout)]), 7, layout).tolist() == [found]
    assert sorted_ids(np.array([key_of(shuffled, layout)]), 7, *layout).tolist() == [found]


def test_a_place_must_fit_in_both_directions():
    """Four vertices alike by degrees, 0 and 1 to 2 and 3, back from 2 to 0 and from 3 to 1: which answers which decides the order."""
    ((vertices, classes),) = occurrences(from_edges([0, 0, 1, 1, 2, 3], [2, 3, 2, 3, 0, 1]), 4)
    assert vertices.tolist() == [[2, 3, 1, 0]]
    assert classes.tolist() == [id_of([[0, 0, 0, 1], [0, 0, 1, 0], [1, 1, 0, 0], [1, 1, 0, 0]])]


def test_the_highest_colours_may_stand_in_a_motif():
    assert parse_motif("0>1:7, 1<>2; 0:15 1:1 2:9").tolist() == [[15, 7, 0], [0, 1, 1], [0, 1, 9]]


def test_a_quarter_of_all_weights_is_kept_unless_told_otherwise():
    assert quantile_cut([np.arange(161.0)]) == Cut(10.0, 20.0, 140.0, 150.0)


E_HALF = np.exp(-0.5)  # the share of its maximum that a Gaussian has one standard deviation from its mean


def test_a_gaussian_cut_is_worked_out_from_mean_spread_and_extremes():
    """Mean 1 and spread 2; a fifth of the way from the cut to the extreme weight, or to what `extent` makes of it, is mild."""
    pool = np.array([3.0, 3.0, -1.0, -1.0])
    assert gaussian_cut([pool], E_HALF, 1) == pytest.approx((-1, -1, 3, 3))
    assert gaussian_cut([pool], E_HALF, 2) == pytest.approx((-1 - 0.2 * 1, -1, 3, 3 + 0.2 * 3))
    assert gaussian_cut([pool], E_HALF**4, 1) == pytest.approx((-3, -3, 5, 5))  # no weight reaches the cut


def test_a_published_cut_is_measured_from_the_next_weights():
    """Spread 0.6455 about 0: -0.5 is the first weight cut away, 0.75 the first one above; extremes count 1.1 times."""
    spread = np.sqrt(60 / 16 / 9)
    expected = (min(-spread, -0.5 - 0.2 * (1.1 - 0.5)), -spread, spread, 0.75 + 0.2 * (1.1 - 0.75))
    assert published_cut([np.linspace(-1, 1, 9)], E_HALF) == pytest.approx(expected)
    few, spread = np.array([-10.0, -2, 2, 10] + [0] * 21), np.sqrt(208 / 25)
    expected = (-2 - 0.2 * (1.1 * 10 - 2), -spread, spread, 10 + 0.2 * (1.1 * 10 - 10))
    assert published_cut([few], E_HALF) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fall", "error", "settled"),
    [(0.009, 0.0, True), (0.01, 0.0, False), (0.02, 0.01, False), (0.02, 0.011, True), (-0.5, 0.0, True)],
)
def test_a_walk_has_settled_if_nothing_falls_that_could_be_seen(fall, error, settled):
    found = Mixing(0.5, 0.123, fall, error, 20, 30)
    verdict = "settled" if settled else "NOT settled: take more switches, since Z and p rest on graphs near this one"
    assert found.settled == settled
    assert found.words == (
        "mixing: 50.0 % of the edges stand where they stood after 15 switches per edge, 12.3 % after 30 (20 walks): "
        f"{verdict}."
    )


def test_a_large_graph_is_walked_less_often_but_twice_at_least(monkeypatch):
    """Eight edges, ten switches for each: 80 steps a walk."""
    graph, null = from_edges(range(8), range(1, 9)), NullModel(switches=10)
    assert mixing(graph, null, rng=0).walks == 20
    for most, walks in ((1599, 19), (400, 5), (100, 2), (10, 2)):
        monkeypatch.setattr("minigrow.motifs.mixing.MOST_STEPS", most)
        assert mixing(graph, null, rng=0).walks == walks


def varying(R, own):
    """A graph with these counts of classes 72 and 520, against R graphs with 80 and 20 or nearly so."""
    others = [Census(3, np.array([72, 520]), np.array([80 - r % 3, 20 + r % 3])) for r in range(R)]
    return summarise(Census(3, np.array([72, 520]), np.array(own)), others)


JUDGED = "{} with at least 5 occurrences in the graph or in one of the {} random graphs {} judged together; 0 too rare to judge."
NONE = (
    "No class stands out (familywise p <= 0.05): a graph drawn from the null model could look like this one. That does not prove "
    "that it was; fewer classes (a larger least count, chosen beforehand) or more subgraphs say more."
)
SOME = (
    "2 classes of these stand out (familywise p <= 0.05): 1 more frequent and 1 less frequent than in the random graphs. A graph "
    "drawn from the null model would show even one such class with a probability of at most 0.05."
)
RATE = "2 classes have a false discovery rate q <= 0.05: about one in twenty of these may be a false alarm."
FEW = "The smallest p that 9 random graphs can give is 1/10, so that nothing can stand out at 0.05: draw 19 random graphs or more."
NO_RATE, SMALLEST = (
    "No class has a false discovery rate q <= 0.05{}.",
    "The smallest p that {} random graphs can give is 1/{}.",
)


@pytest.mark.parametrize(
    ("R", "own", "sentences"),
    [
        (40, [79, 21], [NONE, NO_RATE.format(" (for one class alone, q needs 79 random graphs)"), SMALLEST.format(40, 41)]),
        (79, [79, 21], [NONE, NO_RATE.format(""), SMALLEST.format(79, 80)]),
        (40, [60, 40], [SOME, RATE, SMALLEST.format(40, 41)]),
        (9, [60, 40], [FEW]),
    ],
)  # fmt: skip
def test_the_conclusion_is_these_sentences_and_no_other(R, own, sentences):
    assert conclusion(varying(R, own)) == " ".join([JUDGED.format("2 classes", R, "were"), *sentences])


def test_one_class_is_spoken_of_in_the_singular():
    alone = Census(3, np.array([72]), np.array([8]))
    said = [JUDGED.format("1 class", 40, "was"), NONE, NO_RATE.format(""), SMALLEST.format(40, 41)]
    assert conclusion(summarise(alone, [alone] * 40)) == " ".join(said)


def test_a_class_stands_out_on_the_page_at_the_level_itself():
    """19 random graphs can give p = 1/20 at best, which is the level."""
    found = varying(19, [60, 40])
    assert found.familywise.tolist() == [0.05, 0.05]
    assert re.findall(r'<tr class="(\w*)">', page([(found, {})])) == ["out", "out"]
    assert re.findall(r'<tr class="(\w*)">', page([(varying(18, [60, 40]), {})])) == ["", ""]


def test_the_legend_shows_the_colours_of_all_drawings_if_there_are_several():
    one, two = ([[0, 0, 0], [0, 0, 0], [colour, 1, 0]] for colour in (1, 3))
    found = [(summarise(Census(3, np.array([id_of(a)]), np.array([9])), []), {}) for a in (one, two)]
    assert re.findall(r"</svg> (colour \d)</span>", page(found)) == ["colour 1", "colour 3"]
    assert re.findall(r"M0,5 L40,5", page(found)) == ["M0,5 L40,5"] * 2
    assert 'class="legend"' not in page(found[:1])


@pytest.mark.parametrize(
    ("about", "title"),
    [({}, "Network motifs"), ({"graph": ""}, "Network motifs"), ({"graph": "<g>"}, "Motifs of &lt;g&gt;")],
)
def test_the_title_names_the_graph_if_it_has_a_name(about, title):
    text = page([(summarise(Census(3, np.array([72]), np.array([9])), []), about)])
    assert f"<title>{title}</title>" in text
    assert f"<h1>{title}</h1>" in text


def test_each_column_is_sorted_first_from_its_notable_end():
    text = page([(summarise(Census(3, np.array([72]), np.array([9])), []), {})])
    heads = re.findall(r'<th scope="col" data-first="(\w+)"><button type="button">(.*?)</button></th>', text)
    up, down = ("#", "familywise p", "p", "p low", "q"), ("count", "frequency", "mean", "std", "Z")
    assert sorted(heads) == sorted([("up", name) for name in up] + [("down", name) for name in down])


def test_a_share_of_one_is_refused_as_it_was_given():
    with pytest.raises(ValueError, match="between 0 and 1, got 1"):
        published_cut([np.array([-1.0, 0.2, 1.0])], 1)


def test_learnt_classes_are_never_more_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(memory, "LEARNT", {})
    monkeypatch.setattr(memory, "MOST", 20)
    rng = np.random.default_rng(0)
    for _ in range(8):
        drawn = rng.integers(0, 4, (10, 4, 4)) * ~np.eye(4, dtype=bool)
        memory.classes_of_keys(np.array([key_of(a) for a in drawn]), 4, Layout())
    assert memory.LEARNT[4, Layout()][2] <= 20
