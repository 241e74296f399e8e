"""Every law is stated, proved in at most five lines and has a counterexample that runs; `verify --explain` prints them."""

import doctest
import io
import re

import numpy as np
import pytest

from minigrow import cli, laws
from minigrow.laws import explain

LAWS = laws.all_laws()
each_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)


def run(*argv):
    """Run the command and return its exit code, however it ends."""
    try:
        return cli.main(argv)
    except SystemExit as stop:
        return stop.code


def on_one_line(text):
    return " ".join(text.split())


@each_law
def test_every_law_says_what_it_needs_and_why_it_holds(law):
    text = explain.explanation(law)
    assert text.statement.endswith((".", ":")) or "(" in text.statement
    assert len(text.statement) > 30
    assert text.needs.endswith(".")
    assert 1 <= len(text.proof) <= 5
    assert len(on_one_line(" ".join(text.proof))) > 80, "a proof is more than a remark"
    assert "obvious" not in " ".join(text.proof)


@each_law
def test_every_counterexample_says_what_was_removed_and_has_numbers_and_code(law):
    text = explain.explanation(law)
    words = [line for line in text.by_hand if not line.startswith((">>>", "..."))]
    assert text.removed.endswith((".", ":"))
    assert len(text.removed) > 20
    assert re.search(r"\d", " ".join(words))
    assert any(line.startswith(">>>") for line in text.by_hand)


def test_no_two_laws_share_a_proof_or_a_statement():
    texts = [explain.explanation(law) for law in LAWS]
    assert len({text.statement for text in texts}) == len({text.proof for text in texts}) == len(LAWS)


@each_law
def test_the_page_holds_everything_and_its_live_numbers_are_on_the_right_side(law):
    with np.errstate(over="ignore" if law.name.startswith("motifs.") else "warn"):
        page = explain.page(law)
    text, flat = explain.explanation(law), on_one_line(page)
    assert page.splitlines()[0] == law.name
    for part in (text.statement, text.removed, f"{law.tolerance:g} eps: {on_one_line(law.because)}"):
        assert on_one_line(part) in flat
    for line in [*text.proof, *text.by_hand]:
        assert line.removeprefix("Proof. ").removeprefix("By hand: ") in page
    titles = ["needs", "proof", "tolerance", "one case", "when that is not so", "by hand"]
    assert [line for line in page.splitlines()[1:] if line and not line.startswith(" ")] == titles
    found, broken = (float(number) for number in re.findall(r"deviation (\S+) eps", page))
    assert found <= law.tolerance < broken
    assert page.count(": it holds (") == page.count(": it fails (") == 1


@each_law
def test_the_code_of_a_page_runs_when_pasted_into_a_fresh_python(law):
    with np.errstate(over="ignore" if law.name.startswith("motifs.") else "warn"):
        page = explain.page(law)
        test = doctest.DocTestParser().get_doctest(page, {}, law.name, None, 0)
        assert test.examples
        out = io.StringIO()
        doctest.DocTestRunner(verbose=False).run(test, out=out.write)
    assert out.getvalue() == ""


def test_code_imports_a_library_as_everybody_does_and_the_rest_from_where_the_twin_stands():
    law = next(law for law in LAWS if law.name == "urn.clamped")
    code = [line.strip() for line in explain.page(law).splitlines() if line.strip().startswith(">>>")]
    assert code[:2] == [">>> import dataclasses", ">>> import numpy as np"]
    law = next(law for law in LAWS if law.name == "nimble.mask_sum")
    code = [line.strip() for line in explain.page(law).splitlines() if line.strip().startswith(">>>")]
    assert code[:2] == [">>> import numpy as np", ">>> from minigrow.laws.nimble.size import GATES, neurons_on"]


def test_the_case_is_the_one_that_verify_meets(monkeypatch):
    law = next(law for law in LAWS if law.name == "growth.gradient_follows")
    monkeypatch.setattr(laws, "all_laws", lambda: [law])
    for seed in (0, 3):
        worst = next(laws.verify(1, seed)).worst_eps
        assert f"deviation {worst:.3g} eps <= 80: it holds (seed {seed}, case 0)" in explain.page(law, seed)


@pytest.mark.parametrize(
    ("own", "twin", "missing"),
    [
        ("States.\n\nProof. Because.", "Removed.\n\nBy hand: 1.\n\n>>> 1\n1", "Needs"),
        ("States.\n\nNeeds it.", "Removed.\n\nBy hand: 1.\n\n>>> 1\n1", "Proof."),
        ("States.\n\nNeeds it.\n\nProof. Because.", "Removed.", "By hand:"),
    ],
)
def test_a_law_that_is_not_explained_is_told_what_is_missing(own, twin, missing):
    def check(rng):
        return 0.0

    def broken(rng):
        return 1.0

    check.__doc__, broken.__doc__ = own, twin
    with pytest.raises(ValueError, match=f"no paragraph that begins with '{re.escape(missing)}'"):
        explain.explanation(laws.Law("nn.fake", 0.5, "test", check, broken))


def test_a_law_without_a_twin_is_explained_and_told_that_it_may_be_empty():
    def check(rng):
        """States.

        Needs it.

        Proof. Because.
        """
        return 0.0

    law = laws.Law("nn.fake", 0.5, "test", check)
    assert explain.explanation(law) == ("States.", "Needs it.", ("Proof. Because.",), "", ())
    page = on_one_line(explain.page(law))
    assert "This law has no broken twin, so nothing shows that it could ever fail" in page
    assert "by hand" not in page


def test_the_command_prints_one_law_with_the_seed_asked_for(capsys):
    assert run("verify", "--explain", "growth.restores", "--seed", "5") == 0
    out = capsys.readouterr().out
    assert out == explain.page(explain.named("growth.restores")[0], 5) + "\n"


def test_the_command_lists_the_laws_of_a_module(capsys):
    assert run("verify", "--explain", "growth") == 0
    names = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    assert names == [law.name for law in LAWS if law.name.startswith("growth.")]


def test_the_command_prints_all_laws_in_the_order_of_verify(capsys):
    assert run("verify", "--explain", "all") == 0
    lines = capsys.readouterr().out.splitlines()
    known = {law.name for law in LAWS}
    assert [line for line in lines if line in known] == [law.name for law in LAWS]


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("growth.invers", "growth.inverse"),
        ("restore", "growth.restores"),
        ("lossless", "isotropic.lossless_removal"),
        ("urm", "urn"),
        ("covector", "Did you mean growth.gradient_follows?"),  # a word of what it says, and of no name
        (
            "quaternion",
            "Name a module (nn, growth, isotropic, nimble, differentiable_structure, urn, motifs, addition)",
        ),
    ],
)
def test_an_unknown_law_is_one_line_with_the_nearest_and_code_2(capsys, asked, offered):
    assert run("verify", "--explain", asked) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err.startswith(f"minigrow: there is no law {asked!r}. ")
    assert offered in streams.err
    assert streams.err.count("\n") == 1
