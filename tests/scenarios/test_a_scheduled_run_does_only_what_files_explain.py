"""A run that nobody watches carries out what merged files explain, and leaves the rest."""

import pytest

from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office, outcomes
from tests.support.repository import committed, git

SCHEDULED = ("--sandbox", "apply", "--scheduled", "--yes")
STRICT = (
    Company()
    .tool()
    .bind("ended", "stranger", authority="authoritative")
    .granted("new")
    .ended("ended")
)


def ran(office, *options):
    """How a scheduled run ended, and each line's outcome."""
    done = office.run(*SCHEDULED, *options)
    return done.code, outcomes(office.result(done))


def test_grants_come_ended_ones_go_and_a_stranger_stays(tmp_path):
    """The stranger is a line that waits for a review, so the run ends 4."""
    office = Office(tmp_path, STRICT)
    code, lines = ran(office)
    assert code == 4
    assert lines == {
        "add new claude/users": "verified",
        "remove ended claude/users": "verified",
        "remove stranger claude/users": "not run",
    }
    assert office.members() == {"new", "stranger"}
    assert ran(office) == (4, {"remove stranger claude/users": "not run"})


def test_an_unattended_binding_lets_strangers_go(tmp_path):
    """Its owner said that nobody needs to look."""
    office = Office(
        tmp_path, STRICT.bind("ended", "stranger", authority="authoritative", unattended=True)
    )
    assert ran(office)[0] == 0
    assert office.members() == {"new"}


def test_a_group_is_created_by_a_watched_run_only(tmp_path):
    """Its people wait with it."""
    office = Office(tmp_path, STRICT.tool("cursor").create("cursor").granted("new", tool="cursor"))
    code, lines = ran(office)
    assert code == 4
    assert lines["create-group cursor/users"] == "not run"
    assert lines["add new cursor/users"] == "not run"
    digest = office.plan()["digest"]
    watched = office.run("--sandbox", "apply", "--digest", digest, "--yes")
    assert watched.code == 0
    assert office.members(group_name("cursor")) == {"new"}


def test_the_old_side_of_a_move_waits_for_a_review(tmp_path):
    """The new side fills meanwhile."""
    new = {"bind": {"id": group_id("Claude new"), "name": "Claude new"}}
    company = Company().tool().bind("amy").granted("amy").group("Claude new")
    office = Office(tmp_path, company)
    office.write(company.bind("amy", group=new, replaces=group_id(group_name())))
    code, lines = ran(office)
    assert (code, lines) == (
        4,
        {"add amy claude/users": "verified", "remove amy claude/users": "not run"},
    )
    assert office.members("Claude new") == office.members() == {"amy"}


@pytest.mark.parametrize(
    "options",
    [
        ("apply", "--yes"),
        ("apply", "plan.json", "--scheduled", "--yes"),
        ("apply", "--digest", "0" * 64, "--scheduled", "--yes"),
    ],
)
def test_a_run_is_told_what_to_do_in_one_way(tmp_path, options):
    """Neither none nor two."""
    office = Office(tmp_path, STRICT)
    office.plan()
    done = office.run("--sandbox", *options)
    assert done.code == 64
    assert "or else --scheduled" in done.err


def test_nothing_is_asked_of_git_in_a_rehearsal(tmp_path):
    """Nor of CI; the rule is for live runs (`tests/unit/cli/commands/test_ci.py`)."""
    office = Office(tmp_path, STRICT)
    committed(tmp_path)
    git(tmp_path, "switch", "-q", "-c", "branch")
    assert office.run(*SCHEDULED, env={"CI": "true"}).code == 4
