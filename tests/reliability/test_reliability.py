"""A quick, fixed part of the reliability command: `python tests/reliability` runs all of it."""

import inspect
import pkgutil
from importlib import import_module

import numpy as np
import pytest
import replay_pages
import values
from calls import CALLS
from judging import verdict

import minigrow


def test_every_public_callable_has_a_right_call():
    known = {call.name.split(" ")[0] for call in CALLS}
    for package in pkgutil.iter_modules(minigrow.__path__, "minigrow."):
        for name in getattr(import_module(package.name), "__all__", ()) if package.ispkg else ():
            public = getattr(import_module(package.name), name)
            row = f"{package.name.removeprefix('minigrow.')}.{name}"
            if callable(public) and row not in EXCEPT:
                assert any(found == row or found.startswith(f"{row}.") for found in known), f"add a call of {row}"


# What is no door for values: abstract bases, tuples that only carry results, what the areas archives and files try.
EXCEPT = {
    "nn.Layered", "nn.Spaces", "growth.Diverged", "structure.Structure", "motifs.Graph", "motifs.Motifs", "film.write_film",
    "film.write_still", "labs.check", "isotropic.Classifier",
}  # fmt: skip


def test_a_sample_of_wrong_values_gives_a_sentence_each(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quick = [
        trial
        for trial in values.trials()
        if trial[0].name.startswith(("nn.", "growth.permute", "isotropic.grow", "urn.grow"))
    ]
    chosen = np.random.default_rng(1).permutation(len(quick))[:200]
    failures = [said for i in chosen if (said := values.judged(*quick[i]))]
    assert not failures, "\n".join(failures)


def test_pages_with_hostile_words_are_whole_and_have_no_scripts_of_theirs():
    count, failures = replay_pages.tried(0, 20, most=3)
    assert count == 3
    assert not failures, "\n".join(failures)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda X: X @ np.ones(3), "ValueError: matmul"),
        (lambda X: np.log(-X), "RuntimeWarning"),
        (lambda X: X.fill(0), "an array of the caller has changed"),
        (lambda X: X * np.inf, "gives NaN or infinity"),
        (lambda X: X.sum(), "accepted"),
    ],
)
def test_the_judge_sees_what_is_wrong(act, words):
    assert words in verdict(act, {"X": np.ones((2, 2))}, refuse=words == "accepted")


def test_the_judge_accepts_a_sentence_of_ours_and_a_right_result():
    assert verdict(minigrow.nn.validate.positive, {"value": "0.1", "name": "rate"}, True) == ""
    assert verdict(minigrow.nn.validate.positive, {"value": 0.1, "name": "rate"}, False) == ""
    assert inspect.unwrap(minigrow.nn.softmax) is not minigrow.nn.softmax
