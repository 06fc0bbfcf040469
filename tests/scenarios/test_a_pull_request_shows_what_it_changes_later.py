"""A change of a grant is never summed up as nothing when some later day differs."""

import pytest

from tests.support.builders import CONNECTOR, Company, login
from tests.support.harness import Office
from tests.support.repository import committed, git

PLAIN = Company().tool().bind("amy", "stray").person("amy").person("stray").person("new")
BASE = PLAIN.grant("amy", expires="2027-01-31")
OTHER = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2026-11-21"}
NOTHING = "changes nobody's access."


def proposed(folder, base, head):
    """What a reviewer of the change reads."""
    office = Office(folder, base)
    (folder / ".gitignore").write_text(".reconciler\nplan*.json\n")
    committed(folder, "base")
    git(folder, "switch", "-q", "-c", "change")
    office.write(head)
    committed(folder, "change")
    return office


@pytest.mark.parametrize(
    ("head", "verdict", "told"),
    [
        (
            PLAIN.grant("amy", expires="2027-02-28", approval=OTHER),
            "prolongs 1 membership",
            "now, through 2027-02-28",
        ),
        (
            BASE.grant("stray", starts="2026-12-01", expires="2027-01-31"),
            "gives 1 membership later",
            "from 2026-12-01 00:00 UTC, through 2027-01-31",
        ),
        (
            PLAIN.grant(
                "amy",
                expires="2027-01-31",
                revoked={"at": "2026-12-05", "by": "lead@example.com", "reason": "left"},
            ),
            "shortens 1 membership",
            "it is revoked as of 2026-12-05 00:00 UTC",
        ),
        (
            BASE.grant("stray", expires="2027-01-31"),
            "explains 1 membership that is there already",
            "without this change: no access",
        ),
        (
            BASE.grant("new", expires="2026-11-10"),
            "changes nobody's access: 1 new or edited grant changes no day",
            "the grant gives nothing: it ended before, with 2026-11-10",
        ),
    ],
    ids=["a renewal", "a start ahead", "a revocation ahead", "an adoption", "ended before"],
)
def test_the_comment_says_what_each_change_does_over_time(tmp_path, head, verdict, told):
    """In its first sentence, in a section of its own, and in the file."""
    office = proposed(tmp_path, BASE, head)
    for form in ("text", "markdown"):
        shown = office.run("--sandbox", "plan", "--base", "main", "--format", form).out
        assert NOTHING not in shown
        assert told in shown
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert verdict in shown
    assert "Over time (1)" in shown
    plan = office.plan("--base", "main")
    (line,) = plan["against"]["over_time"]
    assert line["person"]["login"] in {login("amy"), login("stray"), login("new")}
    office.run("--sandbox", "plan", "--base", "main", "--out", "plan.json")
    assert "Over time (1)" in office.run("show", "plan.json").out


def test_a_line_that_tells_its_own_end_is_not_told_twice(tmp_path):
    """An addition says through when it is granted."""
    office = proposed(tmp_path, BASE, BASE.grant("new", expires="2027-01-31"))
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "This change adds 1 membership." in shown
    assert "Over time" not in shown
    (line,) = office.plan("--base", "main")["against"]["over_time"]
    assert line["effect"] == "begins"


def test_files_that_are_not_committed_are_named(tmp_path):
    """Whoever plans their own branch sees what the plan does not see."""
    office = proposed(tmp_path, BASE, PLAIN.grant("amy", expires="2027-02-28", approval=OTHER))
    office.write(PLAIN.grant("amy", expires="2027-03-31", approval=OTHER))
    (tmp_path / "catalog/grants/claude/draft.yaml").write_text("{}\n")
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "not committed, so not in it: 2 files" in shown
    assert "catalog/grants/claude/draft.yaml" in shown
    assert "through 2027-02-28" in shown
    assert "2027-03-31" not in shown
    given = office.run("--sandbox", "plan", "--base", "main", "--head", "change").out
    assert "not committed" not in given
    hidden = office.run("--sandbox", "plan", "--base", "main", "--redact", "ids").out
    assert "draft.yaml" not in hidden


def test_disabling_a_connector_is_said_and_never_summed_up_as_nothing(tmp_path):
    """From the merge on no run gives or takes anything there."""
    office = proposed(tmp_path, BASE, BASE)
    path = office.folder / f"catalog/connectors/{CONNECTOR}.yaml"
    path.write_text(path.read_text().replace('"type": "okta"', '"type": "okta", "disabled": true'))
    committed(office.folder, "stop")
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert f"This change disables {CONNECTOR}, so no run carries out anything there" in shown
    assert f"disabled by this change: {CONNECTOR}" in shown
    assert "changes nobody" not in shown
