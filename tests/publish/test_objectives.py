"""The table of objectives on the page for teachers says what the tutorials say."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2] / "tutorials"
OBJECTIVE = re.compile(r"^\d\. (.+?) \(Exercise \d\)[;.]$", re.M | re.S)


@pytest.mark.parametrize("path", sorted(HERE.glob("0*.py")), ids=lambda path: path.stem)
def test_the_page_for_teachers_has_the_objectives_of_each_tutorial(path):
    first = path.read_text(encoding="utf-8").split("\n\n# %%")[0].replace("\n# ", "\n")
    said = [" ".join(words.split()) for words in OBJECTIVE.findall(first)]
    assert len(said) == 3
    row = (
        f"| [{path.stem}]({path.stem}.ipynb) | " + "; ".join(f"({i}) {words}" for i, words in enumerate(said, 1)) + " |"
    )
    assert row in (HERE / "teaching.md").read_text(encoding="utf-8").splitlines()
