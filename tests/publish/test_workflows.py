"""What stands in .github: forms and workflows parse, call files that are there, and use actions at a version."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML, which comes with dask, reads the workflows")
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("workflows/*.yml"))}
JOBS = [(name, key) for name, flow in WORKFLOWS.items() for key in flow["jobs"]]


def steps(workflow):
    """Every step of a workflow."""
    return [step for job in WORKFLOWS[workflow]["jobs"].values() for step in job["steps"]]


def commands(workflow):
    """Every line that a workflow runs."""
    return [line for step in steps(workflow) for line in step.get("run", "").splitlines()]


def test_there_are_three_workflows_and_each_says_when_it_runs():
    assert set(WORKFLOWS) == {"ci", "nightly", "release"}
    when = {name: set(flow[True]) for name, flow in WORKFLOWS.items()}  # YAML reads the key `on` as true
    assert when == {"ci": {"push", "pull_request"}, "nightly": {"schedule", "workflow_dispatch"}, "release": {"push"}}
    assert all(flow["permissions"] == {"contents": "read"} for flow in WORKFLOWS.values())


@pytest.mark.parametrize(("workflow", "job"), JOBS)
def test_each_job_is_bounded_and_its_actions_have_a_version(workflow, job):
    job = WORKFLOWS[workflow]["jobs"][job]
    assert job.get("timeout-minutes", 10) <= 340
    assert "latest" not in job["runs-on"]
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d[\d.]*", step.get("uses", "a/b@v1")), step["uses"]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_a_workflow_calls_is_there(workflow):
    called = set()
    for line in commands(workflow):
        words = line.split()
        called |= {word.strip('"') for word in words if re.fullmatch(r"(\.ci|tests|tutorials)(/[\w.]+)?", word)}
    assert called
    for name in called:
        assert (ROOT / name).exists(), f"{workflow}.yml calls {name}"
        assert not name.startswith(".ci/") or (ROOT / name).stat().st_mode & 0o111, f"{name} cannot be executed"


def test_three_systems_run_all_and_the_oldest_python_the_floors():
    job = WORKFLOWS["ci"]["jobs"]["all"]
    assert {kind["os"].split("-")[0] for kind in job["strategy"]["matrix"]["include"]} == {"ubuntu", "macos", "windows"}
    assert any(".ci/run" in line for line in commands("ci"))
    assert ".ci/floors" in commands("ci")
    oldest = re.search(r'requires-python = ">=(.+)"', (ROOT / "pyproject.toml").read_text("utf-8")).group(1)
    setup = WORKFLOWS["ci"]["jobs"]["floors"]["steps"][1]
    assert setup["with"]["python-version"] == oldest


def test_nightly_uses_fresh_seeds_and_keeps_what_failed():
    called = (ROOT / ".ci" / "nightly").read_text("utf-8")
    (profile,) = re.findall(r"HYPOTHESIS_PROFILE=(\w+)", called)
    assert re.search(rf'register_profile\(\s*"{profile}"', (ROOT / "tests/conftest.py").read_text("utf-8"))
    assert "pytest tests/witness" in called
    assert any(line.startswith(".ci/nightly") for line in commands("nightly"))
    kept = [step for step in steps("nightly") if step.get("if") == "failure()"]
    assert any(".hypothesis" in step["with"]["path"] for step in kept)
    assert any("tests/mutation" in line for line in commands("nightly"))


def test_only_the_release_may_publish_and_not_before_the_owner_is_known():
    publish = WORKFLOWS["release"]["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write"}
    assert publish["needs"] == "build"
    assert any("OWNER" in line for line in commands("release"))
    assert "password" not in (FOLDER / "workflows/release.yml").read_text("utf-8").split("jobs:")[1]


@pytest.mark.parametrize("script", ["run", "nightly", "dist", "floors", "windows"])
def test_scripts_are_bash(script):
    try:
        done = subprocess.run(["bash", "-n", str(ROOT / ".ci" / script)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no bash here")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", sorted(FOLDER.glob("ISSUE_TEMPLATE/*.yml")), ids=lambda path: path.stem)
def test_forms_have_what_github_asks_for(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    if path.stem == "config":
        assert {"blank_issues_enabled", "contact_links"} == set(form)
        return
    assert {"name", "description", "labels", "body"} <= set(form)
    ids = [part["id"] for part in form["body"]]
    assert len(set(ids)) == len(ids) >= 2
    for part in form["body"]:
        assert part["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"]["label"]
        assert part["type"] not in {"dropdown", "checkboxes"} or part["attributes"]["options"]


def test_a_bug_reports_versions_by_a_command_that_works(capsys):
    form = yaml.safe_load((FOLDER / "ISSUE_TEMPLATE" / "bug.yml").read_text("utf-8"))
    (said,) = [part["attributes"]["description"] for part in form["body"] if part["id"] == "versions"]
    exec(shlex.split(said.split(": ", 1)[1])[2], {})
    assert "numpy" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md", "PULL_REQUEST_TEMPLATE.md"])
def test_links_and_named_files_are_there(name):
    text = (FOLDER / name).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (FOLDER / target).exists(), target
    for target in re.findall(r"`((?:minigrow|tests|tutorials|\.ci)/[\w./]+)`", re.sub("METHOD/|NN_name.py", "", text)):
        assert (ROOT / target).exists(), target
