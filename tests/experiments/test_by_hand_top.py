"""What all experiments share, on cases worked out by hand: tuning, jobs and their time, commands, rows of results, what is watched."""

import json
import math
import platform
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import minigrow
from minigrow.experiments import (
    abstracts,
    gallery,
    histories,
    jobs,
    protocol,
    registry,
    rejudge,
    results,
    runner,
    shared,
    tuning,
)
from minigrow.experiments.claims import Claim, Criterion, Estimate, above, below, exactly, judge, verdict, within
from minigrow.experiments.registry import EXPERIMENTS, Outcome, find
from minigrow.experiments.watching import raw, watching, watching_three
from minigrow.growth import History

# Tuning


@pytest.mark.parametrize(
    ("scores", "rate"),
    [
        ([5, 5, 5, 5], 2.0),
        ([5, 1, 1, 5], 1.0),
        ([5, 5, 5, 5, 5], 4.0),
        ([1, 1, 5, 5], 4.0),
        ([5, 5, 1, 1], 2.0),
        ([0, 0, 7, 0], 4.0),
    ],
)
def test_of_equal_scores_the_one_farthest_from_the_edges_is_best_and_of_these_the_smallest(scores, rate):
    assert tuning.best(dict(zip((1.0, 2.0, 4.0, 8.0, 16.0), map(float, scores), strict=False))) == rate


def test_the_next_rate_lies_beyond_the_better_edge():
    up, down = {1.0: 1.0, 3.0: 2.0, 12.0: 3.0}, {1.0: 3.0, 3.0: 2.0, 12.0: 1.0}
    assert [tuning.beyond(up), tuning.beyond(down)] == [48.0, 0.333]
    assert [tuning.beyond(up, 2.0), tuning.beyond(down, 2.0)] == [24.0, 0.5]
    assert [tuning.at_edge(up), tuning.at_edge(down), tuning.at_edge({1.0: 1.0, 3.0: 2.0, 9.0: 1.0})] == [
        True,
        True,
        False,
    ]


def test_all_of_a_tuned_rate():
    found = tuning.tuned(lambda rates: [-abs(math.log2(rate / 32)) for rate in rates], [2, 1, 4], widenings=4)
    assert found == tuning.Tuned(
        32.0, (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0), (-5.0, -4.0, -3.0, -2.0, -1.0, 0.0, -1.0), False
    )
    found = tuning.tuned(lambda rates: [math.nan if rate < 2 else 1 / rate for rate in rates], [1.0, 2.0])
    assert found == tuning.Tuned(2.0, (1.0, 2.0, 4.0), (-math.inf, 0.5, 0.25), False)
    assert tuning.tuned(lambda rates: [-rate for rate in rates], [1.0, 2.0], widenings=1).rates == (0.5, 1.0, 2.0)
    assert tuning.WIDENINGS == 4
    assert len(tuning.tuned(list, [1.0, 2.0]).rates) == 6


@pytest.mark.parametrize("rates", [[], [1.0], [0.0, 1.0], [-1.0, 1.0], [2.0, 2.0]])
def test_rates_that_cannot_be_tuned_are_refused(rates):
    with pytest.raises(ValueError, match="two positive numbers or more"):
        tuning.tuned(list, rates)


def test_an_estimate_on_a_tuned_rate_is_left_as_it_is():
    e = Estimate(1.0, 0.5, 1.5, 9)
    assert tuning.settled(e, False) == e
    found = tuning.settled(e, True)
    assert (found.value, found.n) == (1.0, 9)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


# Claims


def test_all_of_a_claim_and_the_words_of_criteria():
    found = judge("it grows", "abstract 1: it grows", Estimate(2.0, 1.0, 3.0, 7, 0.5), "neurons", above(0.25))
    assert found == Claim(
        "it grows", "abstract 1: it grows", 2.0, "neurons", 7, 1.0, 3.0, 0.5, "interval above 0.25", "holds"
    )
    assert [below(2).words, within(-1, 1).words, within(1, 3).words] == [
        "interval below 2", "interval within +-1", "interval within 1 to 3"]  # fmt: skip
    assert exactly("every bit agrees", np.True_) == Criterion("every bit agrees", fact=True)
    e = Estimate(math.nan, math.nan, math.nan, 0)
    assert [verdict(e, exactly("", True)), verdict(e, exactly("", False)), verdict(e, above(0))] == [
        "holds",
        "refuted",
        "undecided",
    ]
    half = [verdict(Estimate(0, *ends, 3), above(0)) for ends in ((1.0, math.nan), (math.nan, -1.0))]
    assert half == ["undecided", "undecided"]
    assert verdict(Estimate(0, -math.inf, -1, 3), Criterion("", -2, 2)) == "undecided"
    assert verdict(Estimate(0, -math.inf, -2, 3), Criterion("", -2, 2)) == "refuted"
    assert verdict(Estimate(0, 2, math.inf, 3), Criterion("", -2, 2)) == "refuted"


def test_an_abstracts_sentence_is_named_by_number_or_version():
    said = {"abstract 12: that": "abstract 12", "abstract v2: that": "abstract v2", "abstract: that": None, "section 5: x": None,
            "see abstract 1: x": None}  # fmt: skip
    assert {words: abstracts.about(words) for words in said} == said


# Jobs


def told(monkeypatch, capsys, times, total, there, count):
    """What is said of `count` results that come in at these times, and the results."""
    clock = iter(times)
    monkeypatch.setattr(jobs.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(jobs, "tqdm", lambda results, **more: _Bar(results))
    assert list(jobs._told("squares", total, there, range(count))) == list(range(count))
    return capsys.readouterr().err.splitlines()


class _Bar:
    disable = True

    def __init__(self, results):
        self.results = results

    def __enter__(self):
        return iter_with(self.results, self)

    def __exit__(self, *_):
        return None


def iter_with(results, bar):
    class Rows(list):
        disable = bar.disable

    return Rows(results)


def test_a_line_now_and_then_says_how_long_is_left(monkeypatch, capsys):
    """4 of 12 jobs were there; the fifth is done after 120 s, the sixth 30 s later, the seventh after 360 s."""
    said = told(monkeypatch, capsys, [0, 1, 2, 3, 4, 120, 150, 360], 12, 4, 7)
    assert said == ["  squares: 5 of 12 jobs, about 14 min left", "  squares: 7 of 12 jobs, about 10 min left"]
    assert told(monkeypatch, capsys, [0, 60.0, 60.5], 4, 3, 2) == ["  squares: 2 of 4 jobs, about 2 min left"]
    monkeypatch.setattr(_Bar, "disable", False)
    assert told(monkeypatch, capsys, [0, 120], 12, 0, 1) == []


def test_an_exit_code_that_is_known_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(jobs.time, "sleep", pytest.fail)
    assert jobs._code(SimpleNamespace(exitcode=0)) == 0
    assert jobs._code(SimpleNamespace(exitcode=-9)) == -9


def test_an_exit_code_that_never_comes_is_waited_for_no_longer_than_five_seconds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(jobs.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(jobs.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    assert jobs._code(SimpleNamespace(exitcode=None)) is None
    assert 105 <= now[0] < 105.02


def test_jobs_are_told_apart_by_function_job_name_configuration_and_seed(tmp_path):
    a = jobs.folder_of(tmp_path, "urn.local", {"b": 1, "a": 2}, 0)
    assert a == jobs.folder_of(tmp_path, "urn.local", {"a": 2, "b": 1}, 0)
    others = [
        ("urn.locam", {"a": 2, "b": 1}, 0),
        ("urn.local", {"a": 2, "b": 2}, 0),
        ("urn.local", {"a": 2, "b": 1}, 1),
    ]
    assert len({a, *(jobs.folder_of(tmp_path, *other) for other in others)}) == 4
    path = jobs.path_of(tmp_path, abs, -1)
    assert path.parent == tmp_path
    assert jobs.OWN.fullmatch(path.name)
    assert jobs.OWN.fullmatch(path.with_suffix(".123.now").name)
    assert len({path, jobs.path_of(tmp_path, abs, 1), jobs.path_of(tmp_path, len, -1)}) == 3


def test_only_what_is_of_jobs_is_forgotten(tmp_path):
    folder = tmp_path / ".jobs" / "a"
    path = jobs.path_of(folder, abs, -1)
    assert jobs.kept(abs, path, -1) == 1
    path.with_suffix(".7.now").touch()
    (folder / "mine.txt").write_text("mine")
    jobs.forget(folder)
    assert [p.name for p in folder.iterdir()] == ["mine.txt"]
    (folder / "mine.txt").unlink()
    (folder.parent / "b").mkdir()
    jobs.forget(folder)
    assert [p.name for p in folder.parent.iterdir()] == ["b"]
    jobs.forget(folder.parent / "b")
    assert not folder.parent.exists()


def test_a_kept_job_is_read_and_one_that_was_changed_is_not(tmp_path):
    path = jobs.path_of(tmp_path, abs, -3)
    assert [jobs.kept(abs, path, -3), jobs.read(path), jobs.kept(pytest.fail, path, -3)] == [3, 3, 3]
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(ValueError, match="is damaged, or is not yours"):
        jobs.read(path)
    assert jobs.kept(lambda job: 7, path, -3) == 7
    assert jobs.read(path) == 7


def test_how_many_jobs_are_there_is_said_only_where_some_are(tmp_path, capsys):
    assert jobs.parallel_map(None, "t", abs, [-1, -2], tmp_path) == [1, 2]
    assert "are there" not in capsys.readouterr().err
    assert jobs.parallel_map(None, "t", abs, [-1, -2, -3], tmp_path) == [1, 2, 3]
    assert "  t: 2 of 3 jobs are there from a run that was stopped\n" in capsys.readouterr().err


def test_what_stops_a_block_of_processes_is_what_is_raised():
    for end in (lambda pool: None, lambda pool: pool.shutdown()):
        block = runner.processes(2)
        pool = block.__enter__()
        end(pool)
        assert not block.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
        with pytest.raises(RuntimeError, match="after shutdown"):
            pool.submit(abs, -1)


# Commands, configurations and what is written


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("urn.locality", {}, ""),
        ("urn.locality", {"mode": "full"}, " --full"),
        ("urn.locality", {"seed": 3}, " --seed 3"),
        ("urn.locality", {"repeats": 7}, " --repeats 7"),
        ("urn.locality", {"mode": "full", "seed": 2, "repeats": 10}, " --full --seed 2 --repeats 10"),
        ("urn.images", {}, ""),
        ("urn.images", {"data": ["my digits"]}, " --data 'my digits'"),
        ("urn.images", {"mode": "full", "data": ["x"]}, " --full --data x"),
    ],
)
def test_the_command_that_makes_a_result(name, changes, words):
    (experiment,) = find([name])
    config = experiment.module.FULL if changes.get("mode") == "full" else experiment.module.QUICK
    found = {"mode": "quick", "seed": 0, "repeats": config["repeats"], "config": config} | changes
    if "data" in changes:
        found["config"] = config | {"data": changes["data"]}
    assert gallery.command(results.Result(experiment, found, {})) == f"minigrow run {name}{words}"


def test_the_configuration_that_a_request_asks_for():
    (images,), (local,) = find(["urn.images"]), find(["urn.locality"])
    Request, full, quick = runner.Request, images.module.FULL, images.module.QUICK
    assert Request().config(images) == quick
    assert Request("full").config(images) == full
    assert Request(repeats=3).config(images) == quick | {"repeats": 3}
    assert Request(data=Path("here")).config(images) == quick | {"data": ["here"]}
    asked = Request("full", data=Path("here"), repeats=2).config(images)
    assert asked == protocol.as_authors(images.module.PROTOCOL, full) | {"data": ["here"], "repeats": 2}
    with pytest.raises(ValueError, match="makes its own data"):
        Request(data=Path("here")).config(local)


def test_all_that_a_run_writes_in_its_results(monkeypatch):
    (e,) = find(["urn.locality"])
    made = judge("it grows", "yes", Estimate(2.0, 1.0, 3.0, 7, 0.5), "neurons", above(0))
    found = runner._results(
        e, runner.Request("full", 5), {**e.module.FULL, "repeats": 4}, Outcome({"a": 1}), [made], 1.26
    )
    assert list(found) == [*results.KEYS[:1], "paper", *results.KEYS[1:]]
    assert {key: found[key] for key in ("experiment", "paper", "mode", "seed", "repeats", "seconds", "claims", "data")} == {
        "experiment": "urn.locality", "paper": registry.PAPERS["urn"], "mode": "full", "seed": 5, "repeats": 4, "seconds": 1.3,
        "claims": [made._asdict()], "data": {"a": 1},
    }  # fmt: skip
    told = found["versions"]
    assert told["minigrow"] == minigrow.__version__
    assert [told["python"], told["numpy"]] == [platform.python_version(), np.__version__]
    assert told["machine"].startswith(f"{platform.system()} {platform.machine()}, ")
    monkeypatch.setattr(runner, "HAS_NUMBA", False)
    assert runner.versions()["numba"] == "none"


def test_the_table_of_claims_leaves_out_an_interval_that_is_none():
    row = Claim("it grows", "yes", 2.0, "neurons", 3, math.nan, math.nan, 0.4, "a fact", "refuted")
    assert runner.table([row, row._replace(low=1.0, high=2.5)]).splitlines() == [
        "  refuted       it grows",
        "                paper: yes",
        "                here:  2 neurons (n = 3); criterion: a fact",
        "  refuted       it grows",
        "                paper: yes",
        "                here:  2 [1, 2.5] neurons (n = 3); criterion: a fact",
    ]


GOOD = {
    "experiment": "urn.locality", "mode": "quick", "seed": 0, "repeats": 2, "seconds": 1.5, "versions": {}, "config": {}, "protocol":
    [{"setting": "a", "authors": "b", "ours": "c", "why": "d", "effect": "e"}], "data": {}, "claims":
    [{"claim": "a", "paper": "b", "measured": None, "unit": "c", "n": 2, "low": 1, "high": 2.0, "spread": None, "criterion": "d",
      "verdict": "holds"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"mode": "slow"}, "mode must be 'quick' or 'full', got slow"),
        ({"protocol": {}}, "protocol must be a list, got {}"),
        ({"seed": 1.0}, "it must have int for seed, got "),
        ({"seed": True}, "it must have int for seed, got "),
        ({"seconds": "1"}, "it must have int or float for seconds, got "),
        ({"repeats": 2**1000}, "it must have a number for repeats, got one of 1001 bits"),
        ({"repeats": 2**999}, None),
        ({"claims": [GOOD["claims"][0] | {"low": "1"}]}, "a claim must have int or float or NoneType for low, got "),
        ({"claims": [GOOD["claims"][0] | {"unit": None}]}, "a claim must have str for unit, got "),
        (
            {"claims": [GOOD["claims"][0] | {"verdict": "perhaps"}]},
            "a verdict must be one of holds, refuted, undecided, got perhaps",
        ),
        ({"protocol": ["row"]}, "the protocol must have str for setting, got row"),
        ({"protocol": [{**GOOD["protocol"][0], "why": 1}]}, "the protocol must have str for why, got "),
    ],
)
def test_what_is_strange_in_results(change, words):
    found = results.strange_in(GOOD | change)
    assert (found is None) if words is None else found.startswith(words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"claims": {}}, "has claims that are no rows"),
        ({"claims": ["it grows"]}, "has claims that are no rows"),
        ({"experiment": "urn.images"}, "is of 'urn.images', not of 'urn.locality'"),
        ({"data": ...}, "lacks some of experiment, mode"),
        ({"claims": [{"claim": "a"}]}, "is of an older version"),
        ({"protocol": ...}, "is of an older version"),
        ({"seed": "0"}, "is damaged: it must have int for seed"),
    ],
)
def test_results_that_cannot_be_read_say_why(tmp_path, change, words):
    (e,) = find(["urn.locality"])
    write(tmp_path, {key: value for key, value in (GOOD | change).items() if value is not ...})
    with pytest.raises(ValueError, match=words):
        results.read(tmp_path / e.name, e)


def write(root, found):
    (root / "urn.locality").mkdir()
    (root / "urn.locality" / "results.json").write_text(json.dumps(found), encoding="utf-8")


def test_results_are_read_with_the_figures_that_are_there(tmp_path):
    (e,) = find(["urn.locality"])
    write(tmp_path, GOOD)
    (tmp_path / e.name / "locality.png").write_bytes(b"")
    (found,) = results.collect(tmp_path)
    assert found == results.Result(e, GOOD, {"locality.png": e.module.FIGURES["locality.png"]})
    assert results.by_method([found]) == {"urn": [found]}
    assert results.verdicts([found]) == {"urn": {"holds": 1, "refuted": 0, "undecided": 0}}
    kept = {key: value for key, value in GOOD.items() if key != "protocol"}
    (tmp_path / e.name / "results.json").write_text(json.dumps(kept), encoding="utf-8")
    assert results.load(tmp_path / e.name, e) == kept


def test_a_result_in_the_words_of_the_gallery():
    (e,) = find(["urn.locality"])
    r = results.Result(e, GOOD | {"versions": {"minigrow": "1", "machine": "Linux"}}, {"locality.png": "Wires_."})
    assert gallery.claims(r).splitlines()[2] == "| holds | a | b | undefined \\[1, 2\\] c |  | 2 | d |"
    assert gallery.protocol(r).splitlines()[2] == "| a | b | c | d | e |"
    assert gallery.protocol(r._replace(found=GOOD | {"protocol": []})) == ""
    assert gallery.figures(r, "../") == "![Wires\\_.](../urn.locality/locality.png)\n\n*Wires\\_.*"
    assert gallery.made(r).endswith("(quick, seed 0, 2 repeats, 2 s on Linux; minigrow 1).")
    shown = gallery.summary([r, r]).splitlines()
    assert shown[0] == "| method | paper | experiments | claims | holds | refuted | undecided |"
    assert shown[2] == f"| [urn](#urn) | {registry.PAPERS['urn']} | 2 | 2 | 2 | 0 | 0 |"
    assert shown[3] == "| all |  | 2 | 2 | 2 | 0 | 0 |"
    assert gallery.measured({"measured": 1.0, "low": None, "high": 2.0, "unit": ""}) == "1"
    assert gallery.measured({"measured": 1.0, "low": 0.0, "high": None, "unit": ""}) == "1"


# Lives, rows and tables


def test_columns_that_only_one_life_has_are_not_compared():
    old, new = History().with_row({"step": 5, "loss": 2.0, "widths": np.array([1, 2])}), History().with_row({"step": 5})
    assert histories.differences(old, new) == histories.differences(new, old) == {"step": 0.0}
    near = History().with_row({"step": 5, "loss": 2.000001})
    assert histories.differences(old, near) == {"step": 0.0, "loss": pytest.approx(5e-7)}
    with pytest.raises(ValueError, match=r"loss differs by 1\.5e\+00 of its value"):
        histories.differences(old, History().with_row({"step": 5, "loss": 5.0}))
    with pytest.raises(ValueError, match="widths differs by"):
        histories.differences(old, History().with_row({"step": 5, "widths": np.array([1, 3])}))


def test_judging_again_changes_claims_and_protocol_alone(tmp_path):
    (e,) = find(["urn.locality"])
    file = Path(__file__).parents[2] / "figures" / e.name / "results.json"
    if not file.is_file():
        pytest.skip("an installed package has no figures beside it")
    kept = json.loads(file.read_text(encoding="utf-8"))
    write(tmp_path, kept | {"claims": [], "protocol": []})
    counted = rejudge.rejudge(tmp_path, ["urn.locality"])
    verdicts = [claim["verdict"] for claim in kept["claims"]]
    assert counted == {e.name: {word: verdicts.count(word) for word in ("holds", "refuted", "undecided")}}
    assert results.load(tmp_path / e.name, e) == kept


def test_a_protocol_in_words():
    assert protocol.words({"a": [1, (2, 3)], "b": 0.10}) == "a: 1, (2, 3); b: 0.1"
    Setting = protocol.Setting
    rows = [Setting("a", 2, "x"), Setting("b", "words", "y"), Setting("c", 0.5, "z"), Setting("d", 7, ours="8")]
    assert protocol.as_authors(rows, {"x": 1.5, "y": 3, "z": [1], "w": 9}) == {"x": 2, "y": 3, "z": [1], "w": 9}
    said = protocol.rows([*rows[2:], Setting("e", 4)], {"z": 1e-3})
    assert [row["ours"] for row in said] == ["0.001", "8", "4"]


def test_seeds_rows_and_digits():
    assert shared.child_seeds(3, 2) == [
        int(np.random.SeedSequence(3, spawn_key=(i,)).generate_state(1)[0]) for i in (0, 1)
    ]
    assert [len(part) for part in shared.seeds_apart(0, 3, 2)] == [3, 2]
    assert shared.rounded([[1 / 3], np.array([2e7 / 3])], 3) == [[0.333], [6670000.0]]
    assert shared.rounded(123456.7) == 123460.0
    assert find(["urn", "nimble.delta"]) == [e for e in EXPERIMENTS if e.method == "urn" or e.name == "nimble.delta"]


# What is watched


def test_what_is_seen_of_a_data_set_and_of_three_tasks():
    seen = watching("digits", 2)
    assert seen.about["task"] == "Tell ten handwritten digits apart, given as 8 x 8 pixels."
    assert [sample["words"] for sample in seen.about["samples"]] == [str(k) for k in range(10)]
    assert seen.about["image"] == [8, 8]
    assert watching("mnist-1d", 0).about["task"] == "Tell ten kinds of curves apart, each given as 40 points."
    three = watching_three("digits", 2)
    said = [sample["words"] for sample in three.about["samples"]]
    assert said[:4] == [f"task 1: {c}" for c in range(4)]
    assert [words[:7] for words in said] == [f"task {k}:" for k in (1, 2, 3) for _ in range(4)]
    assert three.about["task"].startswith("Three tasks come one by one")
    data = raw("digits", 2)
    assert data.X.shape == (1438, 64)
    first = np.array(three.about["samples"][0]["image"]).reshape(3, 64)[0]
    assert np.allclose(first, data.X[int(np.flatnonzero(data.y == 0)[0])] / data.X.max(), atol=0.01)


def test_an_executor_of_other_machines_brings_what_they_find(tmp_path):
    """They may not see the folder, so they are given the jobs alone, and who asked keeps the results."""
    asked = []

    def bring(f, paths, given):
        asked.append((f, paths, given))
        return iter([10, 20])

    def mapped(*_):
        pytest.fail("these processes would look into a folder that they do not see")

    far = SimpleNamespace(bring=bring, map=mapped)
    assert jobs.parallel_map(far, "far", abs, iter([-1, -2]), tmp_path) == [10, 20]
    assert asked == [(abs, [jobs.path_of(tmp_path, abs, job) for job in (-1, -2)], [-1, -2])]
