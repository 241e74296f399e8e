"""The CPU time of each tutorial, reported at the end of the tests that execute them."""

import pytest

SECONDS = pytest.StashKey()


@pytest.fixture
def cpu_seconds(request):
    """A dict {tutorial: (seconds, seconds of its answers)} that is printed when all tests are done."""
    return request.config.stash.setdefault(SECONDS, {})


def pytest_terminal_summary(terminalreporter, config):
    taken = config.stash.get(SECONDS, {})
    if taken:
        terminalreporter.section("CPU seconds: tutorial, its answers")
        for name, (own, answers) in sorted(taken.items()):
            terminalreporter.line(f"{name:<32} {own:7.1f} {answers:7.1f}")
        terminalreporter.line(f"{'together':<32} {sum(a for a, _ in taken.values()):7.1f}")
