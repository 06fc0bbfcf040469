"""No workflow here, and none that init writes, runs an action that somebody could move."""

import re
from collections import defaultdict

import pytest

from tests.scaffold.written import ROOT, made, rehearsed, uses

PINNED = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+(\.\d+){0,2}(-node20)?")
OWN = re.compile(r"uses: [$.]/\.github/(actions/\w+|workflows/\w+\.yml)")
FILLED_IN = re.compile(r"uses: @@\{(upload|download|here)\}\S*")
"""What stands in a template for a line of the first two kinds."""


def lines(folder):
    """Every line of a workflow or an action that uses another, with its file."""
    return [
        (path.relative_to(folder).as_posix(), found)
        for path in sorted(folder.rglob("*.yml"))
        for found in re.findall(r"^ *(?:- )?(uses: .*\S)", path.read_text("utf-8"), re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Our own workflows, and the three kinds that init writes."""
    place = tmp_path_factory.mktemp("made")
    return {
        "here": ROOT / ".github",
        "templates": ROOT / "reconciler" / "scaffold",
        "live": made(place / "live"),
        "server": made(place / "server", "--github-host", "github.acme.example"),
        "rehearsal": rehearsed(place / "rehearsal"),
    }


@pytest.mark.parametrize("kind", ["here", "templates", "live", "server", "rehearsal"])
def test_every_action_is_pinned_by_commit_or_is_the_repositorys_own(folders, kind):
    """A tag can be moved; the version beside each commit is for people."""
    found = lines(folders[kind])
    kinds = (PINNED, OWN, FILLED_IN) if kind == "templates" else (PINNED, OWN)

    assert len(found) > 10
    assert [each for each in found if not any(k.fullmatch(each[1]) for k in kinds)] == []


def test_an_action_has_one_commit_wherever_it_is_used(folders):
    """An update that forgot a file would leave the old one running there."""
    commits = defaultdict(set)
    for kind in ("live", "rehearsal"):
        for _, name in uses(folders[kind]):
            action, at, commit = name.partition("@")
            commits[action] |= {commit} if at else set()
    for _, line in lines(folders["here"]):
        action, at, commit = line.removeprefix("uses: ").split(" #")[0].partition("@")
        commits[action] |= {commit} if at else set()

    assert {"actions/checkout", "actions/setup-python", "actions/upload-artifact"} <= set(commits)
    assert {action: found for action, found in commits.items() if len(found) > 1} == {}
