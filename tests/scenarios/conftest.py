"""Where the scenarios say how much they tried, and what several of them begin with."""

import pytest

from tests.scenarios.reviewed import Story
from tests.support.github import GitHub, served

_FIGURES = "tried"


@pytest.fixture
def tried(record_property):
    """Takes the name of a matrix and how many of its cells were tried."""
    return lambda name, count: record_property(_FIGURES, f"{name}={count}")


def pytest_terminal_summary(terminalreporter):
    """The sums; reports carry the figures from other processes."""
    sums = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for key, text in getattr(report, "user_properties", ()):
                if key == _FIGURES:
                    name, _, count = text.partition("=")
                    sums[name] = sums.get(name, 0) + int(count)
    if sums:
        terminalreporter.section("requests and faults, tried together")
        for name, count in sorted(sums.items()):
            terminalreporter.write_line(f"{name}: {count}")


@pytest.fixture
def github():
    """GitHub, on a port."""
    found = GitHub()
    with served(found):
        yield found


@pytest.fixture
def story(tmp_path, monkeypatch, github):
    """A repository whose base has tools and one grant that is fulfilled."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T11:00:00+00:00")
    return Story(tmp_path, github)
