"""Of a group that the base does not bind nothing is shown that depends on who is in it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.approvals.review import WithheldGroup
from reconciler.model.catalog import BindGroup, Catalog, CreateGroup
from reconciler.model.directory import AccountLog, Answers, DirectoryGroup, ReadFailure
from reconciler.model.plan import Blocked, GroupRef, GuardVerdict, PlanWarning
from reconciler.planning.steps.questions import AccountQuestion, Questions
from reconciler.planning.three_way.withholding import (
    assume_unasked,
    close_window,
    count_withheld,
    hide_unbound,
    known_groups,
    round_down,
    warn_of_unasked_roles,
)
from tests.support.account_lines import account_change
from tests.support.builders import NOW
from tests.support.nouns import GROUP, binding, change, grant, plan, removal

SECRET = GroupRef(id="00gsecret", name="Board")
BOUND = binding()
KNOWN = known_groups([BOUND], {}, {})


def test_every_part_of_a_plan_goes_that_speaks_of_such_a_group():
    """Lines, blocked lines, verdicts and warnings; what speaks of others stays."""
    mine, other = change("amy"), removal("boss", group=SECRET)
    blocked = Blocked(
        code="c", summary="s", hint="h", group=SECRET, tool="claude", entitlement="users"
    )
    verdicts = (
        GuardVerdict(guard="group-removals", figures="9 of 9", group=SECRET),
        GuardVerdict(guard="run-removals", figures="9 of 9", groups=(GROUP, SECRET)),
        GuardVerdict(guard="run-removals", figures="1 of 9", groups=(GROUP,)),
    )
    warnings = (
        PlanWarning(code="group-renamed", summary="Board", groups=(SECRET,)),
        PlanWarning(code="group-renamed", summary="Claude", groups=(GROUP,)),
        PlanWarning(code="canary-missing", summary="none"),
    )
    whole = plan(mine, other, blocked=(blocked,), guards=verdicts, warnings=warnings)
    made = hide_unbound(whole, KNOWN)
    assert made.changes == (mine,)
    assert made.blocked == ()
    assert made.guards == verdicts[2:]
    assert made.warnings == warnings[1:]


def test_a_group_that_exists_is_known_by_its_id_alone():
    """Another group of the same name is another group."""
    creates = replace(BOUND, group=CreateGroup(name="Made"))
    made = DirectoryGroup(id="00gmade", name="Made", type="OKTA_GROUP", description=creates.marker)
    known = known_groups([creates], {"made": (made,)}, {})
    assert known.has(GroupRef(id="00gmade", name="Made"))
    assert known.has(GroupRef(id=None, name="Made"))
    assert not known.has(GroupRef(id="00gelse", name="Made"))


def test_figures_are_of_the_files_and_of_a_rounded_size():
    """A grant that ended counts no more, and one person counts once."""
    bound = replace(BOUND, group=BindGroup(id=SECRET.id, name=SECRET.name))
    grants = (grant("amy"), grant("amy", expires="2027-01-01"), grant("old", expires="2026-01-01"))
    told = count_withheld(Catalog(grants=grants), [bound], KNOWN, {SECRET.id: 37}, NOW)
    assert told == (WithheldGroup(group=SECRET, granted=1, members_from=30),)
    assert count_withheld(Catalog(), [BOUND], KNOWN, {}, NOW) == ()


@pytest.mark.parametrize(
    ("number", "shown"), [(0, 0), (4, 0), (5, 5), (9, 5), (10, 10), (19, 10), (37, 30), (250, 200)]
)
def test_numbers_are_rounded_so_that_one_person_does_not_show(number, shown):
    """Below five nothing but that is said."""
    assert round_down(number) == shown


def test_of_people_neither_apps_nor_admin_roles_nor_their_past_are_asked():
    """What else is asked stays; the past of those about whom the base has files already, too."""
    past = AccountQuestion(since=NOW, users=("00uboss", "00unew"))
    asked = Questions(apps=("00g",), roles=("00uboss",), dashboards=("00uboss",), accounts=past)
    assert close_window(asked) == Questions(apps=("00g",))
    mine = replace(past, users=("00uboss",))
    assert close_window(asked, {"00uboss"}) == Questions(apps=("00g",), accounts=mine)


def test_whoever_was_not_asked_about_counts_as_no_admin_and_without_a_past():
    """What was asked for a line of the base is not forgotten."""
    own = Questions(
        roles=("00uboss", "00unew"), accounts=AccountQuestion(since=NOW, users=("00unew",))
    )
    found = assume_unasked(Answers(roles={"00uboss": ("ORG_ADMIN",)}), own, Questions())
    assert found.roles == {"00uboss": ("ORG_ADMIN",), "00unew": ()}
    assert found.accounts == AccountLog(since=NOW)
    told = Answers(accounts=ReadFailure(code="refused", detail="403"))
    assert assume_unasked(told, own, Questions()).accounts == told.accounts


def test_a_log_read_for_the_base_is_silent_about_others_before_it_too():
    """One that was cut short tells of nobody how far it is whole."""
    long_ago, recent = NOW - timedelta(days=2), NOW - timedelta(hours=1)
    own = Questions(accounts=AccountQuestion(since=long_ago, users=("00unew",)))
    asked = Questions(accounts=AccountQuestion(since=recent, users=("00uboss",)))
    for read, since in ((recent, long_ago), (NOW, NOW)):
        told = Answers(accounts=AccountLog(since=read))
        assert assume_unasked(told, own, asked).accounts == AccountLog(since=since)


def test_lines_that_rest_on_that_are_told_once_for_each_person():
    """They may be blocked once the change is merged."""
    lines = (
        account_change(AccountAction.SUSPEND, "Boss"),
        account_change(AccountAction.SUSPEND, "New"),
    )
    (warning,) = warn_of_unasked_roles(plan(accounts=lines), {"00unew", "00uother"})
    assert [person.id for person in warning.people] == ["00unew"]
    assert "new@example.com" in warning.summary
    assert list(warn_of_unasked_roles(plan(accounts=lines), ())) == []
