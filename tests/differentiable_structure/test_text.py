"""Texts: files, alphabets, the two generators against naive twins."""

import itertools
import random
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigrow.differentiable_structure import Network, alphabet_of, easy, hard
from minigrow.differentiable_structure.text import decode, encode, read_text


@given(st.text(min_size=1))
def test_any_text_comes_back(text):
    alphabet = alphabet_of(text)
    assert decode(encode(text, alphabet), alphabet) == text


@given(st.integers(1, 500), st.floats(0, 0.9), st.integers(0, 100))
def test_easy_has_whole_groups(length, chance, seed):
    text = easy(length, chance, rng=seed)
    assert re.fullmatch(r"(\((ab)+\))+", text)
    assert length <= len(text)
    assert len(text[: text.rfind("(")]) < length


@pytest.mark.parametrize("chance", [0.6, 0.75])
def test_easy_repeats_with_the_given_chance(chance):
    text = easy(200_000, chance, rng=0)
    closed, pairs = text.count(")"), text.count("ab")
    assert 1 - closed / pairs == pytest.approx(chance, abs=0.01)


@given(st.integers(1, 300), st.integers(1, 8), st.integers(0, 100))
def test_hard_reverses_and_flips_one_letter(length, letters, seed):
    text = hard(length, letters, rng=seed)
    groups = re.findall(r"\(([ab]+)\)", text)
    assert text == "".join(f"({group})" for group in groups)
    assert length <= len(text) < length + letters + 2
    before = ("abbaab" * letters)[:letters]
    for group in groups:
        assert len(group) == letters
        assert sum(a != b for a, b in zip(group, before[::-1], strict=True)) == 1
        before = group


def test_hard_flips_every_place_equally_often():
    groups = re.findall(r"[ab]{6}", hard(80_000, rng=0))
    places = [i for a, b in itertools.pairwise(groups) for i in range(6) if a[5 - i] != b[i]]
    assert np.bincount(places) / len(places) == pytest.approx([1 / 6] * 6, abs=0.02)


def test_generators_repeat_themselves_and_share_an_alphabet():
    assert easy(100, rng=1) == easy(100, rng=1) != easy(100, rng=2)
    assert hard(100, rng=1) == hard(100, rng=1) != hard(100, rng=2)
    assert alphabet_of(easy(100, rng=1)) == alphabet_of(hard(100, rng=1)) == "()ab"


def test_text_files(tmp_path):
    path, text = tmp_path / "a.txt", "zażółć\r\n" + chr(random.Random(0).randrange(0x10000, 0x10FFFF))
    path.write_bytes(text.encode())
    assert read_text(path) == text
    path.write_bytes(b"ok \xff")
    with pytest.raises(ValueError, match="UTF-8 text, got byte 0xff at offset 3"):
        read_text(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="is empty"):
        read_text(path)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read_text(tmp_path / "b.txt")


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: easy(0, rng=0), "length must be a whole number >= 1"),
        (lambda: easy(10, 1.0, rng=0), "chance must lie in"),
        (lambda: hard(0, rng=0), "length must be a whole number >= 1"),
        (lambda: hard(10, 0, rng=0), "letters must be a whole number >= 1"),
        (lambda: hard(10, rng="0"), "rng must be"),
        (lambda: encode("abc", "ab"), "'c' at place 2"),
        (lambda: Network.create("ab", rng=0).gradient([0], [1], [1j]), "h must be real, got complex128"),
        (lambda: encode("ab", ["a", "b"]), r"an alphabet must list each symbol once, .*got \['a', 'b'\]"),
    ],
)
def test_bad_input_is_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()
