"""The gallery: its page follows from the results.json files, every figure has a caption, and damage is said, not shown."""

import json
import re
import shutil
from pathlib import Path

import pytest

from minigrow import cli
from minigrow.experiments import gallery, poster
from minigrow.experiments.claims import VERDICTS
from minigrow.experiments.registry import EXPERIMENTS
from minigrow.growth.outputs import INDEX, ours

FIGURES = Path(__file__).parents[2] / "figures"
pytestmark = pytest.mark.skipif(not FIGURES.is_dir(), reason="an installed package has no figures beside it")


@pytest.fixture(scope="module")
def results():
    return gallery.collect(FIGURES)


@pytest.fixture
def two(tmp_path):
    """A folder with two experiments: results, and the figure of one of them."""
    for name in ("differentiable_structure.residual", "urn.motifs"):
        (tmp_path / name).mkdir()
        shutil.copy(FIGURES / name / "results.json", tmp_path / name)
    shutil.copy(FIGURES / "urn.motifs" / "motifs.png", tmp_path / "urn.motifs")
    return tmp_path


def test_the_committed_page_is_in_step_with_the_results(results):
    text = (FIGURES / "README.md").read_text(encoding="utf-8")
    assert gallery.page(results, poster=True) == text, "write it anew: minigrow gallery"


def test_every_experiment_and_every_figure_is_there(results):
    assert [r.experiment for r in results] == list(EXPERIMENTS)
    shown = set(re.findall(r"\]\(([^)#]+\.png)\)", gallery.page(results, poster=True)))
    assert shown == {path.relative_to(FIGURES).as_posix() for path in FIGURES.rglob("*.png")}


def test_every_figure_has_a_caption_of_one_line(results):
    for r in results:
        assert set(r.experiment.module.FIGURES) == {path.name for path in (FIGURES / r.experiment.name).glob("*.png")}
        for text in r.experiment.module.FIGURES.values():
            assert 40 < len(text) < 240
            assert text.endswith(".")
            assert "\n" not in text


def test_every_claim_is_there_once_with_its_verdict(results):
    page = gallery.page(results)
    for r in results:
        for claim in r.found["claims"]:
            line = f"| {gallery.verdict(claim)} | {gallery.escaped(claim['claim'])} |"
            assert line in page
    found = [c["verdict"] for r in results for c in r.found["claims"]]
    for verdict, shown in (("holds", "holds"), ("refuted", "**refuted**"), ("undecided", "**undecided**")):
        assert page.count(f"\n| {shown} |") == found.count(verdict) > 0


def test_the_summary_adds_up(results):
    rows = [line.strip("| ").split(" | ") for line in gallery.summary(results).splitlines()[2:]]
    counts = [[int(cell) for cell in row[-5:]] for row in rows]
    assert [sum(column) for column in zip(*counts[:-1], strict=True)] == counts[-1]
    assert counts[-1][:2] == [len(results), sum(len(r.found["claims"]) for r in results)]
    assert all(claims == sum(verdicts) for _, claims, *verdicts in counts), "three kinds, and no fourth"


def test_each_verdict_makes_another_page(two):
    path = two / "differentiable_structure.residual" / "results.json"
    found, pages = json.loads(path.read_text()), set()
    for verdict in VERDICTS:
        found["claims"][0]["verdict"] = verdict
        path.write_text(json.dumps(found))
        pages.add(gallery.page(gallery.collect(two)))
    assert len(pages) == 3


def test_the_settings_beside_the_authors_are_a_table(two):
    result = gallery.collect(two)[0]
    bare = dict(result.found) | {"protocol": []}
    assert gallery.protocol(result._replace(found=bare)) == "", "no table where there is none"
    row = {"setting": "steps", "authors": "52100", "ours": "9", "why": "two | cores", "effect": ""}
    shown = gallery.protocol(result._replace(found=dict(result.found) | {"protocol": [row]})).splitlines()
    assert shown[0] == "| setting | authors | here | why | what the difference does |"
    assert shown[2] == r"| steps | 52100 | 9 | two \| cores |  |"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"mode": "full", "seed": 0, "repeats": None}, "minigrow run differentiable_structure.residual --full"),
        ({"mode": "quick", "seed": 7, "repeats": None}, "minigrow run differentiable_structure.residual --seed 7"),
        (
            {"mode": "full", "seed": 0, "repeats": 3},
            "minigrow run differentiable_structure.residual --full --repeats 3",
        ),
        (
            {"mode": "full", "seed": 0, "repeats": None, "config": {"data": ["my data"]}},
            "minigrow run differentiable_structure.residual --full --data 'my data'",
        ),
    ],
)
def test_the_command_says_what_is_not_the_default(two, found, expected):
    result = gallery.collect(two)[0]
    module = result.experiment.module
    default = (module.FULL if found["mode"] == "full" else module.QUICK)["repeats"]
    found = found | {"repeats": found["repeats"] or default}
    assert gallery.command(result._replace(found=dict(result.found) | found)) == expected


def test_the_command_writes_the_index_without_a_poster(two, capsys):
    assert cli.main(["gallery", str(two)]) == 0
    assert capsys.readouterr().out.strip() == str(two / "README.md")
    text = (two / "README.md").read_text(encoding="utf-8")
    assert "(urn.motifs/motifs.png)" in text
    assert "residual.png" not in text, "a figure that is not there must not be linked"
    assert "poster.png" not in text
    assert ours(two / "README.md", "index")
    assert not (two / "poster.png").exists()


def test_no_results_no_page(tmp_path, capsys):
    assert cli.main(["gallery", str(tmp_path)]) == 2
    assert f"there are no results in {tmp_path}" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def damage(found, how):
    rows = found["claims"]
    return {
        "cut short": json.dumps(found)[:-100],
        "a list": json.dumps([1, 2]),
        "no claims": json.dumps({key: value for key, value in found.items() if key != "claims"}),
        "half a claim": json.dumps(found | {"claims": [{"claim": rows[0]["claim"]}]}),
        "no rows": json.dumps(found | {"claims": ["it grows"]}),
        "an older one": json.dumps({key: value for key, value in found.items() if key != "protocol"}),
        "another's": json.dumps(found | {"experiment": "isotropic.tasks"}),
    }[how]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("cut short", "is damaged"),
        ("a list", "lacks some of experiment"),
        ("no claims", "lacks some of experiment"),
        ("half a claim", "or a claim some of claim, paper, measured"),
        ("no rows", "has claims that are no rows"),
        ("an older one", "is of an older version: it lacks some of experiment"),
        ("another's", "is of 'isotropic.tasks', not of 'urn.motifs'"),
    ],
)
def test_a_damaged_file_is_named_and_nothing_is_written(two, how, words, capsys):
    path = two / "urn.motifs" / "results.json"
    path.write_text(damage(json.loads(path.read_text()), how))
    (two / "README.md").write_text(before := f"{INDEX}; as it was")
    assert cli.main(["gallery", str(two)]) == 2
    err = capsys.readouterr().err
    assert str(path) in err
    assert words in err
    remedy = (
        f"minigrow gallery {two} --judge urn.motifs"
        if how in ("half a claim", "an older one")
        else f"minigrow run urn.motifs --out {two}"
    )
    assert remedy in err, "what is measured can be judged again; what is lost must be measured again"
    assert (two / "README.md").read_text() == before


def test_a_missing_file_is_named(two):
    (two / "urn.motifs" / "results.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"results\.json: was the run interrupted"):
        gallery.collect(two)


def test_undefined_values_are_said(two):
    result = gallery.collect(two)[0]
    claim = result.found["claims"][0] | {"measured": None, "low": None, "high": None, "unit": "neurons"}
    assert "undefined neurons" in gallery.claims(result._replace(found=dict(result.found) | {"claims": [claim]}))


def test_the_poster_needs_its_six_experiments(results, tmp_path):
    four = [r for r in results if r.experiment.name != "urn.difficulty"]
    assert poster.write(four, tmp_path) is False
    assert not any(tmp_path.iterdir())
    assert poster.write(results, tmp_path) is True
    assert (tmp_path / "poster.png").read_bytes().startswith(b"\x89PNG")


def test_the_poster_counts_what_the_summary_counts(results):
    counted = poster.verdicts(results)
    assert len(poster.PANELS) == len({name.split(".")[0] for name in poster.PANELS}) == len(counted) == 6
    lines = [line.strip("| ").split(" | ") for line in gallery.summary(results).splitlines()[2:-1]]
    assert [[int(cell) for cell in line[-3:]] for line in lines] == [
        [each[v] for v in VERDICTS] for each in counted.values()
    ]
