"""Drift, heartbeat and the one issue each keeps: their scripts, run by bash."""

import json

import pytest

from tests.scaffold.written import made, run_step, step, temp

BODY = "<!-- reconciler:drift:okta-main -->\n\nold text"
OTHERS = [
    {"number": 3, "body": "about <!-- reconciler:drift:okta-main --> in words"},
    {"number": 4, "body": "<!-- reconciler:drift:okta-main-2 -->"},
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access")


@pytest.mark.parametrize(
    ("code", "ends", "state"),
    [(0, 0, "closed"), (10, 0, "open"), (4, 0, "open"), (1, 1, None), (3, 3, None)],
)
def test_only_a_clean_comparison_closes_the_issue(repository, tmp_path, code, ends, state):
    """A group nobody could compare keeps it open, and a failure touches nothing."""
    fakes = {"reconciler": f"echo report; exit {code}"}
    script = step(repository, "drift/drift", "reconciler drift")
    ended = run_step(script, tmp_path, fakes, {"CONNECTOR": "okta-main"})
    left = temp(tmp_path) / "outcome" / "state"

    assert ended.code == ends
    assert (left.read_text().strip() if left.exists() else None) == state


def issue(repository, folder, issues, state):
    """The action that keeps one issue."""
    (folder / "issues.json").write_text(json.dumps(issues))
    (folder / "body.md").write_text("what differs\n")
    fake = """
case "$2" in
  list) cat issues.json ;;
  edit | create) for word; do last="$word"; done; cp "$last" written.md ;;
esac
"""
    env = {
        "MARKER": "drift:okta-main",
        "TITLE": "Drift of okta-main",
        "BODY_FILE": "body.md",
        "STATE": state,
        "RUN": "https://run",
    }
    return run_step(step(repository, "action/issue", "gh issue"), folder, {"gh": fake}, env)


def verbs(ended):
    """What was done to issues, beside listing them."""
    return [" ".join(c.split()[2:4]) for c in ended.calls if c.split()[2] != "list"]


def test_an_issue_is_opened_where_there_is_none(repository, tmp_path):
    """One that only mentions the marker, or has a longer one, is another."""
    ended = issue(repository, tmp_path, OTHERS, "open")

    assert ended.code == 0
    assert verbs(ended) == ["create --title"]
    assert (tmp_path / "written.md").read_text() == (
        "<!-- reconciler:drift:okta-main -->\n\nwhat differs\n\n\nLast seen by https://run\n"
    )


def test_the_issue_that_is_there_is_updated_in_place(repository, tmp_path):
    """The oldest, if ever there are two."""
    mine = [{"number": n, "body": BODY} for n in (12, 11)]

    assert verbs(issue(repository, tmp_path, OTHERS + mine, "open")) == ["edit 11"]


def test_the_issue_is_closed_when_all_is_well(repository, tmp_path):
    """And where there is none, nothing is done."""
    mine = [{"number": 11, "body": BODY}]

    assert verbs(issue(repository, tmp_path, OTHERS + mine, "closed")) == ["close 11"]
    assert verbs(issue(repository, tmp_path, OTHERS, "closed")) == []


def beat(repository, folder, code, url=""):
    """The heartbeat, of a status that ends like this."""
    fakes = {"reconciler": f"echo 'okta-main: </details> @all'; exit {code}", "curl": ""}
    script = step(repository, "heartbeat/heartbeat", "reconciler status")
    return run_step(script, folder, fakes, {"HEARTBEAT_URL": url})


def test_a_good_run_is_told_to_whoever_watches_from_outside(repository, tmp_path):
    """Only then; and without an address, to nobody."""
    good, alone = beat(repository, tmp_path, 0, "https://ping"), beat(repository, tmp_path, 0)

    assert good.outputs == alone.outputs == {"state": "closed"}
    assert [c.split()[-1] for c in good.calls if c.startswith("curl")] == ["https://ping"]
    assert [c for c in alone.calls if c.startswith("curl")] == []


def test_silence_is_red_and_pings_nobody(repository, tmp_path):
    """The issue says it, in a block that nothing in it can leave."""
    ended = beat(repository, tmp_path, 1, "https://ping")

    assert (ended.code, ended.outputs) == (1, {"state": "open"})
    assert [c for c in ended.calls if c.startswith("curl")] == []
    assert "\n    okta-main: </details> @all\n" in (temp(tmp_path) / "body.md").read_text()
