"""Where Jira cannot be asked, or asked no further, nothing is done, and the next step is named."""

import json

import pytest
from starlette.responses import JSONResponse

from reconciler.catalog.load import load_and_judge
from reconciler.cli.clock import wall_clock
from reconciler.cli.session.doors.seen_grants import read_seen_grants
from tests.scenarios.pulling import Helpdesk
from tests.support.jira_answers import CLOUD_ID
from tests.support.jira_cloud import served
from tests.support.repository import git


@pytest.fixture
def desk(tmp_path, github):
    """A company in which somebody asked, and an approver agreed."""
    cloud = Helpdesk.cloud()
    with served(cloud) as url:
        made = Helpdesk(tmp_path, github, cloud, url)
        made.approved()
        yield made


def written(desk):
    """What was sent anywhere that changes something."""
    sent = [r for r in desk.cloud.requests if not r.startswith("GET")]
    asks = ("/bulkfetch", "/search/jql")
    return [r for r in sent if not r.endswith(asks)], desk.github.pulls, desk.branches()


NOTHING = ([], {}, [])


@pytest.mark.slow
@pytest.mark.parametrize("path", [("jira",), ("jira", "pull"), ("jira", "test")], ids=" ".join)
def test_the_example_of_the_help_runs(desk, path):
    """Word by word."""
    shown = desk.run(*path, "--help").out.split("Example:\n")[1].split()
    ran = desk.run(*shown[1:])
    assert ran.code == 0, ran
    assert written(desk) == NOTHING


def test_a_dry_run_only_looks(desk):
    """And says what a run would do."""
    ran = desk.run("jira", "pull", "--dry-run")
    assert ran.code == 0, ran
    assert "~ AI-1: Grant claude/users to new@example.com\n" in ran.out
    assert "1 issue · 1 to be proposed\n" in ran.out
    assert "Nothing was sent, and GitHub was not asked what is proposed already.\n" in ran.out
    assert written(desk) == NOTHING


@pytest.mark.slow
def test_without_an_account_that_writes_the_request_is_proposed_all_the_same(desk):
    """And says that the issue knows nothing of it."""
    door = desk.folder / "catalog" / "doors" / "jira.yaml"
    content = json.loads(door.read_text())
    del content["writing"]
    desk.write("catalog/doors/jira.yaml", json.dumps(content))
    ran = desk.run("jira", "pull")
    assert (ran.code, len(desk.github.pulls)) == (0, 1), ran
    assert "the issue is not told: the door names no account that writes" in ran.out
    assert desk.comments("AI-1") == []


@pytest.mark.slow
def test_what_lies_in_the_working_tree_is_no_part_of_it(desk):
    """It starts from what the default branch has."""
    (desk.folder / "catalog" / "tools" / "claude.yaml").write_text("not committed")
    git(desk.folder, "switch", "-q", "-c", "elsewhere")
    assert desk.pull()[1]["AI-1"]["state"] == "proposed"
    assert git(desk.folder, "log", "--format=%s", f"{desk.branches()[0]}~") == "base"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "code", "told"),
    [
        ({"JIRA_READ_TOKEN": None}, 1, "secret-missing"),
        ({"RECONCILER_JIRA_ENDPOINT": "http://jira.example.com:80"}, 64, "endpoint-not-loopback"),
        (
            {"RECONCILER_JIRA_ENDPOINT": None, "RECONCILER_PINS": f"jira=x.net#{CLOUD_ID}"},
            3,
            "pin-mismatch",
        ),
        ({"JIRA_WRITE_TOKEN": None}, 1, "secret-missing"),
        ({"GITHUB_API_URL": "http://elsewhere.example.com"}, 64, "github-address"),
    ],
)
def test_what_may_not_be_asked_ends_a_pull_before_anything_is_sent(desk, act, code, told):
    """Each by its own code."""
    ran = desk.run("jira", "pull", **act)
    assert (ran.code, told in ran.err) == (code, True), ran
    assert desk.cloud.requests == []
    assert written(desk) == NOTHING


def test_a_rehearsal_asks_no_jira(desk):
    """And a folder without a door has none to ask."""
    ran = desk.run("--sandbox", "jira", "pull")
    assert (ran.code, "jira-in-rehearsal" in ran.err) == (64, True)
    git(desk.folder, "rm", "-q", "catalog/doors/jira.yaml")
    git(desk.folder, "commit", "-qm", "no more")
    for word in ("pull", "test"):
        ran = desk.run("jira", word)
        assert (ran.code, "jira-not-configured" in ran.err) == (64, True)
    assert desk.cloud.requests == []


def test_a_jira_that_is_not_read_to_its_end_is_an_error(desk):
    """Half of the issues would look like all of them."""
    desk.cloud.spoil = lambda asked: (
        JSONResponse({}, 403) if asked.url.path.endswith("/changelog/bulkfetch") else None
    )
    ran = desk.run("jira", "pull")
    assert (ran.code, "jira-unreadable" in ran.err, ran.out) == (1, True, "")
    assert "nothing was proposed" in ran.err
    assert written(desk) == NOTHING


@pytest.mark.slow
def test_a_github_that_does_not_answer_leaves_it_to_the_next_run(desk):
    """The issue says so."""
    desk.github.spoil = lambda _: JSONResponse({"message": "no"}, 403)
    code, found = desk.pull()
    assert (code, found["AI-1"]["state"]) == (4, "not-published")
    assert desk.told("AI-1")[1] == "not-published"
    desk.github.spoil = None
    assert desk.pull()[1]["AI-1"]["state"] == "proposed"
    assert desk.told("AI-1")[1] == "proposed"


def test_evidence_that_is_not_what_was_written_ends_it(desk):
    """It would tell an issue of access that nobody saw."""
    desk.pull()
    ran = desk.run("jira", "pull", "--evidence", "evidence")
    assert (ran.code, "evidence-missing" in ran.err) == (1, True)
    desk.merge()
    desk.apply()
    (file,) = desk.folder.glob("evidence/**/*.jsonl")
    file.write_text(file.read_text().replace("new@example.com", "old@example.com"))
    ran = desk.run("jira", "pull", "--evidence", "evidence")
    assert (ran.code, "evidence" in ran.err) == (1, True), ran
    assert desk.told("AI-1")[1] == "proposed"


@pytest.mark.slow
def test_a_real_jira_is_told_of_no_rehearsal(desk):
    """What the embedded org shows is no access; a Jira on this machine is part of a rehearsal."""
    desk.pull()
    desk.merge()
    desk.apply()
    catalog, folder = load_and_judge(desk.folder / "catalog").catalog, desk.folder / "evidence"
    told = {
        is_rehearsed: read_seen_grants(catalog, wall_clock(), folder, (), is_rehearsed=is_rehearsed)
        for is_rehearsed in (False, True)
    }
    assert told[False] == {}
    assert [seen.is_done for seen in told[True].values()] == [True]


def test_the_test_of_the_door_says_what_is_wrong_with_each_account(desk):
    """As text, and for programs."""
    ran = desk.run("jira", "test")
    assert ran.code == 0, ran
    assert "Test of jira, for reading\n" in ran.out
    assert "Test of jira, for writing\n" in ran.out
    assert ran.out.count("The door works.") == 2
    ran = desk.run("jira", "test", "--format", "json", JIRA_WRITE_TOKEN="wrong")
    found = json.loads(ran.out)
    assert (ran.code, found["format"]) == (1, "reconciler.jira-probe/1")
    failed = {
        each["account"]: [c["code"] for c in each["checks"] if c["status"] == "failed"]
        for each in found["probes"]
    }
    assert failed["reading"] == []
    assert len(failed["writing"]) == 1
    ran = desk.run("jira", "test", JIRA_READ_TOKEN=None)
    assert (ran.code, "[secret-missing]" in ran.out) == (1, True)
    assert written(desk) == NOTHING
