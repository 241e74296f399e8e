"""What the command `motifs` says and writes, each text complete: the graph, the null model, one motif, the table, the files."""

import argparse
import json

import numpy as np
import pytest

from minigrow.motifs import NullModel, from_edges
from minigrow.motifs.command.blocks import read_blocks
from minigrow.motifs.command.telling import about, answer, described, null_words, restricted
from minigrow.motifs.esu import Census
from minigrow.motifs.files.colouring import categories
from minigrow.motifs.files.graphml import parse_graphml
from minigrow.motifs.files.strength import cut_of
from minigrow.motifs.show.page import page
from minigrow.motifs.show.report import probability, table, write_csv, write_json
from minigrow.motifs.statistics import summarise
from minigrow.motifs.weights import SHARE, Cut, gaussian_cut, quantile_cut

UNIFORM = ", drawn uniformly (30 switches per edge)"
KEPT = "9 random graphs that keep each vertex's edges by colour and direction and its mutual edges"
CHAIN = ", drawn as FANMOD does, which is not uniform (3 passes, 3 tries, one chain; p strictly greater)"


def example(**choices):
    """Class 65 never occurs by chance, 520 varies, 72 fills up, 66 is too rare; 40 random graphs."""
    others = [Census(3, np.array([72, 520]), np.array([80 - r % 3, 20 + r % 3])) for r in range(40)]
    return summarise(Census(3, np.array([65, 66, 72, 520]), np.array([7, 2, 61, 30])), others, **choices)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({}, "3 vertices, 2 edges, 2 colours"),
        ({"undirected": True}, "3 vertices, 2 undirected edges, 2 colours"),
        ({"paint": {0: 4, 1: 4, 2: 9}}, "3 vertices, 2 edges, 2 colours, 2 colours of vertices"),
    ],
)
def test_a_graph_is_described_in_a_line(choices, words):
    assert described(from_edges([0, 0], [1, 2], [1, 3], **choices)) == words


@pytest.mark.parametrize(
    ("null", "words"),
    [
        (NullModel(random=0), "no random graphs, so nothing is compared"),
        (NullModel(9, 10.5), KEPT + ", drawn uniformly (10.5 switches per edge)"),
        (NullModel(9, blocks="paint"), KEPT + " and the number of edges between vertex colours" + UNIFORM),
        (NullModel(9, blocks=np.zeros(3, int)), KEPT + " and the number of edges between blocks" + UNIFORM),
        (NullModel.fanmod(9), KEPT + CHAIN),
    ],
)  # fmt: skip
def test_a_null_model_is_said_in_a_sentence(null, words):
    assert null_words(null) == words


def test_a_file_begins_with_all_that_repeats_it():
    graph, args = from_edges([0, 0], [1, 2], undirected=True), argparse.Namespace(seed=5, graph="g.txt")
    told = {
        "size": 3,
        "vertices": 3,
        "edges": 2,
        "subgraphs": 100,
        "random": 9,
        "seed": 5,
        "undirected": True,
        "graph": "g.txt",
    }
    uniform = {"procedure": "uniform", "switches": 30, "null": KEPT + UNIFORM}
    sampled = {"probabilities": [1, 0.5, 0.5]}
    assert about(args, graph, NullModel(9), example(), (1, 0.5, 0.5)) == told | uniform | sampled
    fanmod = {"procedure": "fanmod", "passes": 3, "tries": 3, "null": KEPT + CHAIN}
    assert about(args, graph, NullModel.fanmod(9), example(), None) == told | fanmod


BEFOREHAND = "\nThe motif was named beforehand, so these p need no correction for the number of classes."


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (restricted(example(), np.array([73])), "It occurs neither in the graph nor in any random graph."),
        (restricted(example(), np.array([520])),
            "It occurs 30 times; p = 0.0244 that chance gives as much, p = 1 that it gives as little (40 random graphs)." + BEFOREHAND),
        (restricted(example(strict=True), np.array([72])),
            "It occurs 61 times; p = 1 that chance gives as much (40 random graphs)." + BEFOREHAND),
        (summarise(Census(3, np.array([72]), np.array([9])), []), "It occurs 9 times."),
    ],
)  # fmt: skip
def test_the_answer_to_one_motif_is_said_in_full(found, words):
    assert answer(found) == words


HEAD = "    count  frequency       mean        std          z         p familywise   motif "
ROWS = """
        7    7.0000%    0.0000%    0.0000%    > 44.11  <= 0.025   <= 0.025   .     o<1-1>o
       61   61.0000%   79.0250%    0.8317%     -21.67     1.000   <= 0.025   o---1>o---1>o
       30   30.0000%   20.9750%    0.8317%      10.85  <= 0.025   <= 0.025   o---------1>o
                                                                             .     o---1>o
        2    2.0000%    0.0000%    0.0000%  undefined  <= 0.025   too rare   .     o<2-1>o"""


def test_the_table_is_this_text():
    assert table(example()) == HEAD + "(colour at the arrow's head)" + ROWS
    assert table(example(), top=1, plain=True) == HEAD + "(colour on the line)" + ROWS.split("\n       61")[0].replace(
        "o<1-1>o", "o--1--o"
    )


def test_the_files_are_these_lines(tmp_path):
    found = restricted(example(), np.array([65, 66]))
    write_csv(tmp_path / "a.csv", found)
    write_json(tmp_path / "a.json", found, {"size": 3})
    p, q = 1 / 41, found.q[0]
    assert q == pytest.approx(2 / 41)  # three classes are judged, all with 2 / 41 on both sides
    assert (tmp_path / "a.csv").read_text() == (
        "adjacency,count,frequency,mean,std,z,p,p_low,q,familywise,family\n"
        f"000/001/010,7,0.07,0.0,0.0,,{p},1.0,{q},{p},true\n"
        f"000/001/020,2,0.02,0.0,0.0,,{p},1.0,,,false\n"
    )
    assert (tmp_path / "a.json").read_text().count("\n") == 4
    told = json.loads((tmp_path / "a.json").read_text())
    assert told["size"] == 3
    assert [c["adjacency"] for c in told["classes"]] == [[[0, 0, 0], [0, 0, 1], [0, k, 0]] for k in (1, 2)]


def test_blocks_are_read_by_name_and_the_first_eight_are_listed(tmp_path):
    graph = from_edges(["a b"] + [f"v{i}" for i in range(8)], [f"v{i}" for i in range(9)])
    lines = [
        "# names and blocks",
        "",
        "a b\tk0  # a comment",
        "v0, k0",
        *(f"v{i} k{i}" for i in range(1, 9)),
        "v7 k7",
        "zoë k",
    ]
    (tmp_path / "b.txt").write_text("\n".join(lines), "utf-8-sig")
    block, notes = read_blocks(tmp_path / "b.txt", graph)
    assert graph.names.tolist() == ["a b"] + [f"v{i}" for i in range(9)]
    assert block.tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert notes == [
        "9 blocks: k0 (2 vertices), " + ", ".join(f"k{i} (1 vertex)" for i in range(1, 8)) + " and 1 more",
        f"1 name in {tmp_path / 'b.txt'} has no edge and is left out",
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("0 a\n1 a\n", "b.txt: vertex 2 has no block. Every vertex that has an edge needs a line."),
        ("0 a\n\n1\n", "b.txt, line 3: each line holds a vertex and its block, got '1'."),
        ("0 a\n1,\n", "b.txt, line 2: each line holds a vertex and its block, got '1,'."),
        ("0 a\n0 a\n0 b\n", "b.txt, line 3: vertex 0 is in block a already, got b."),
    ],
)
def test_blocks_that_are_not_clear_are_refused_with_their_line(lines, message, tmp_path):
    (tmp_path / "b.txt").write_text(lines)
    with pytest.raises(ValueError, match=r"b\.txt") as error:
        read_blocks(tmp_path / "b.txt", from_edges([0, 0], [1, 2]))
    assert str(error.value) == str(tmp_path / message)


@pytest.mark.parametrize("port", ["sourceport", "targetport"])
def test_ports_of_graphml_are_noted(port):
    ends = f'<edge source="a" target="b" {port}="north"/><edge source="b" target="a"/>'
    text = f'<graphml><graph edgedefault="directed"><node id="a"/><node id="b"/>{ends}</graph></graphml>'
    assert parse_graphml(text, "g").notes == ["ports left out: edges are read as joining vertices"]


@pytest.mark.parametrize(
    ("values", "most", "wrong"),
    [
        (["+1", "0"], 7, "0"),
        (["7", "8"], 7, "8"),
        (["1", "1.5"], 7, "1.5"),
        (["2", "x"], 7, "x"),
        (["a", "b", "c"], 2, "3 words"),
    ],
)
def test_colours_that_cannot_be_numbered_are_named(values, most, wrong):
    with pytest.raises(ValueError, match="colours must be") as error:
        categories(values, most)
    assert str(error.value).endswith(f"in 1..{most}, or at most {most} different words, got {wrong}.")


def test_without_a_cut_the_paper_s_share_is_taken():
    weights = np.array([-9.0, -1, 0, 1, 9])
    assert cut_of(None, weights) == cut_of(SHARE, weights) == gaussian_cut([weights], SHARE)
    assert cut_of("keep=.4", weights) == quantile_cut([weights], 0.4)
    assert cut_of(Cut(-2, -1, 1, 2), weights) == cut_of("-2,-1,1,2", weights) == Cut(-2, -1, 1, 2)


@pytest.mark.parametrize("cut", ["1,2", "keep=1,2,3,4", "share=.5", "x", "keep="])
def test_a_cut_that_is_none_is_refused(cut):
    with pytest.raises(ValueError, match=r"a cut is a share like \.55") as error:
        cut_of(cut, np.arange(5.0))
    assert str(error.value).endswith(f"got {cut!r}.")


@pytest.mark.parametrize(
    ("about", "shown"),
    [
        ({}, '<p class="soft"></p>'),
        ({"vertices": 9, "edges": 20}, '<p class="soft">9 vertices, 20 edges.</p>'),
        (
            {"vertices": 9, "edges": 20, "undirected": True, "notes": ["a < b", 7]},
            '<p class="soft">9 vertices, 20 undirected edges.</p><ul><li>a &lt; b</li><li>7</li></ul>',
        ),
    ],
)
def test_the_page_says_what_holds_for_the_graph(about, shown):
    lines = page([(summarise(Census(3, np.array([72]), np.array([9])), []), about)]).splitlines()
    assert [line for line in lines if line.startswith('<p class="soft">')] == [shown]


@pytest.mark.parametrize(
    ("p", "R", "word"),
    [(1 / 2, 1, "<= 0.500"), (1.0, 1, "1.000"), (2 / 4, 3, "0.500"), (2 / 1000, 999, "0.0020"), (1 / 3, 2, "<= 0.334")],
)
def test_only_the_smallest_p_is_marked_and_none_is_rounded_down(p, R, word):
    assert probability(p, R) == word
