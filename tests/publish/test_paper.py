"""The paper in JOSE's form: its sections are there, its references resolve, its numbers are those of the package and of figures."""

import re
from collections import Counter
from pathlib import Path

import pytest

from minigrow import laws
from minigrow.addition import RULES
from minigrow.experiments.registry import EXPERIMENTS
from minigrow.experiments.results import collect
from minigrow.labs.exercises import every

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "paper"
_, HEAD, BODY = (FOLDER / "paper.md").read_text(encoding="utf-8").split("---\n", 2)
PLAIN = " ".join(BODY.split())
ENTRIES = dict(re.findall(r"^@\w+\{(\w+), (.+)\}$", (FOLDER / "paper.bib").read_text(encoding="utf-8"), re.M))
SECTIONS = [
    "Summary", "Statement of need", "Contents", "Instructional design", "Experience of use", "State of the field",
    "Acknowledgements", "References",
]  # fmt: skip


def test_sections_and_head_are_what_the_journal_asks_for():
    assert re.findall(r"^# (.+)$", BODY, re.M) == SECTIONS
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= set(
        re.findall(r"^(\w+):", HEAD, re.M)
    )
    assert "not yet been used in a course" in PLAIN


def test_it_is_about_a_thousand_words():
    assert 900 <= len(BODY.split()) <= 1300


def test_every_citation_resolves_and_every_entry_is_cited():
    assert set(re.findall(r"@(\w+)", BODY)) == set(ENTRIES)
    for key, entry in ENTRIES.items():
        assert re.search(r"(doi|eprint|url|booktitle) = \{.+?\}", entry), key
        assert entry.count("{") == entry.count("}"), key
        assert re.search(r"year = \{\d{4}\}", entry), key


@pytest.mark.parametrize("key", [key for key, entry in ENTRIES.items() if "eprint" in entry])
def test_an_arxiv_number_is_one_that_the_package_or_its_course_names(key):
    number = re.search(r"eprint = \{(\d{4}\.\d{5})\}", ENTRIES[key]).group(1)
    files = [*(ROOT / "minigrow" / "addition").glob("*.py"), *(ROOT / "tutorials").glob("0*.py"), ROOT / "README.md"]
    assert any(number in path.read_text(encoding="utf-8") for path in files), number


def test_numbers_are_those_of_the_package_and_of_the_results():
    verdicts = Counter(claim["verdict"] for result in collect(ROOT / "figures") for claim in result.found["claims"])
    for said in (
        f"{len(list((ROOT / 'tutorials').glob('0*.ipynb')))} tutorials",
        f"{len(RULES)} rules for the weights of a new neuron",
        f"There are {len(laws.all_laws())} laws",
        f"each of the {len(every())} exercises",
        f"Of {verdicts.total()} claims in {len(EXPERIMENTS)} experiments",
        f"{verdicts['holds']} hold, {verdicts['refuted']} are refuted and {verdicts['undecided']} are undecided",
    ):
        assert said in PLAIN, said
