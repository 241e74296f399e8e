"""Roles: places that an automorphism exchanges are one; each vertex is counted where it stands."""

import csv
from collections import Counter
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.laws.motifs.cases import adjacency, draw_graph
from minigrow.motifs import census, from_edges
from minigrow.motifs.classes import class_of, ids_of, layout_of, matrices_of, matrix_of
from minigrow.motifs.graph import edges, relabel
from minigrow.motifs.places import roles as roles_module
from minigrow.motifs.places.order import orbits
from minigrow.motifs.places.roles import roles, write_roles
from minigrow.motifs.places.words import motif_word

seeds, sizes = st.integers(0, 2**32 - 1), st.sampled_from([3, 4, 5])
kinds = st.sampled_from(["directed", "undirected", "painted"])


def a_graph(seed, kind, n=7, share=0.2):
    """A small graph in one or two colours, so that its classes have automorphisms."""
    rng = np.random.default_rng(seed)
    source, target, _ = edges(draw_graph(rng, n, share))
    if kind == "undirected":
        source, target = np.unique(np.sort(np.stack([source, target], 1), axis=1), axis=0).T
    colour = rng.integers(1, 3, source.size) if kind == "directed" else None
    paint = {v: int(rng.integers(1, 3)) for v in range(n)} if kind == "painted" else None
    return from_edges(source, target, colour, paint, kind == "undirected")


def by_hand(graph, size):
    """How often each vertex stands in each role, {(class, places, vertex): count}, from all sets and all their orders."""
    a, found = adjacency(graph), Counter()
    np.fill_diagonal(a, graph.paint)
    for chosen in combinations(range(graph.vertices), size):
        part = a[np.ix_(chosen, chosen)]
        if np.linalg.matrix_power((part + part.T > 0) | np.eye(size, dtype=bool), size).all():
            identity = class_of(part, layout_of(graph, size))
            motif = matrix_of(identity, size, layout_of(graph, size))
            right = [o for o in permutations(range(size)) if np.array_equal(part[np.ix_(o, o)], motif)]
            for i, vertex in enumerate(chosen):  # all places at which it may stand
                found[identity, tuple(sorted({o.index(i) for o in right})), vertex] += 1
    return found


def named(found):
    """The same dictionary from what `roles` returned."""
    places = [tuple(np.flatnonzero(row).tolist()) for row in found.places]
    entries = zip(found.role.tolist(), found.vertex.tolist(), found.count.tolist(), strict=True)
    return {(int(found.ids[r]), places[r], v): count for r, v, count in entries}


@pytest.mark.kernels
@given(seeds, sizes, kinds)
def test_roles_equal_brute_force(seed, size, kind):
    graph = a_graph(seed, kind)
    assert named(roles(graph, size)) == by_hand(graph, size)


@given(seeds, st.sampled_from([3, 4, 5, 6]), kinds)
def test_the_counts_of_a_role_add_up_to_its_class(seed, size, kind):
    graph = a_graph(seed, kind, 12, 0.1)
    found, classes = roles(graph, size), census(graph, size)
    count = dict(zip(classes.ids.tolist(), classes.counts.tolist(), strict=True))
    assert np.array_equal(found.counts.sum(0), [count[i] for i in found.ids.tolist()] * found.places.sum(1))
    assert np.array_equal(np.unique(found.ids), classes.ids)
    for identity in classes.ids:
        assert np.array_equal(found.places[found.ids == identity].sum(0), np.ones(size))


@given(seeds, sizes, kinds)
def test_roles_do_not_depend_on_names(seed, size, kind):
    graph = a_graph(seed, kind)
    order = np.random.default_rng(seed).permutation(graph.vertices)
    own, other = roles(graph, size), roles(relabel(graph, order), size)
    assert np.array_equal(own.ids, other.ids)
    assert np.array_equal(own.places, other.places)
    assert np.array_equal(own.counts, other.counts[order])


def all_classes(size, entries):
    """The matrices of all connected classes whose pairs (i < j) have one of these entries (i to j, j to i)."""
    choices = np.array(list(product(entries, repeat=size * (size - 1) // 2)))  # (all, pairs, 2)
    a = np.zeros((len(choices), size, size), np.int64)
    for n, (i, j) in enumerate(combinations(range(size), 2)):
        a[:, i, j], a[:, j, i] = choices[:, n].T
    hang = np.linalg.matrix_power((a + a.transpose(0, 2, 1) > 0).astype(int) + np.eye(size, dtype=int), size).all(
        (1, 2)
    )
    least = np.min([ids_of(a[hang][:, o][:, :, o]) for o in map(list, permutations(range(size)))], axis=0)
    return matrices_of(np.unique(least), size)


NONE, TO, FRO, BOTH = (0, 0), (1, 0), (0, 1), (1, 1)


@pytest.mark.parametrize(
    ("size", "entries", "classes", "number"),
    [
        (
            3,
            [NONE, BOTH],
            2,
            3,
        ),  # Przulj 2007: 3 + 11 + 58 orbits of 2 + 6 + 21 graphlets, and one of the single edge: 73
        (4, [NONE, BOTH], 6, 11),
        (5, [NONE, BOTH], 21, 58),
        (3, [NONE, TO, FRO, BOTH], 13, 30),  # Stouffer et al. 2012: 30 roles of 13 motifs
        (3, [NONE, TO, FRO], 5, 11),
        (4, [NONE, TO, FRO], 34, 116),  # Sarajlic et al. 2016: 129 orbits of 40 graphlets, 2 of them of the single edge
    ],
)
def test_as_many_roles_as_are_published(size, entries, classes, number):
    matrices = all_classes(size, entries)
    assert len(matrices) == classes
    assert (orbits(matrices) == np.arange(size)).sum() == number


def test_the_file_of_roles_is_what_was_counted(tmp_path):
    graph = from_edges(["hub, big", "hub, big", "b"], ["b", "c", "c"], [1, 2, 1])
    write_roles(tmp_path / "roles.csv", graph, 3)
    with open(tmp_path / "roles.csv", newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    found = roles(graph, 3)
    motif = motif_word(matrix_of(found.ids[0], 3))
    assert head == ["adjacency", "places", "vertex", "count"]
    assert sorted(row[2] for row in rows) == ["b", "c", "hub, big"]
    assert [row[:2] + row[3:] for row in rows] == [[motif, str(i), "1"] for i in range(3)]


def test_a_full_matrix_of_counts_must_fit_into_memory(monkeypatch):
    found = roles(from_edges([0, 0], [1, 2]), 3)
    assert roles_module.MOST * found.counts.itemsize == 2 * 2**30
    monkeypatch.setattr(roles_module, "MOST", 5)
    with pytest.raises(ValueError, match="3 vertices times 2 roles would fill more than 2 GiB"):
        found.counts  # noqa: B018


def test_a_graph_without_subgraphs_has_no_roles(tmp_path):
    assert roles(from_edges([0, 2], [1, 3]), 3).counts.shape == (4, 0)
    write_roles(tmp_path / "roles.csv", from_edges([0, 2], [1, 3]), 3)
    assert (tmp_path / "roles.csv").read_text() == "adjacency,places,vertex,count\n"
