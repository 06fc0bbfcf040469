"""What the System Log can do to a plan, over random companies and random pasts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.directory import Actor, Answers, MembershipEvent, MembershipLog, ReadFailure
from reconciler.model.plan import Action
from reconciler.planning.plan_codec import dump_plan
from tests.properties.worlds import GROUPS, LOGINS, NOW, catalogs, group_id, orgs, plan, user_id

OURS = user_id("gus@example.com")
ACTORS = (
    Actor(id=user_id("ann@example.com"), kind="User"),
    Actor(id=OURS, kind="User", has_token=True),
    Actor(id=OURS, kind="User"),
    Actor(kind="SystemPrincipal"),
    Actor(),
)
DAYS = (datetime(2026, 9, 1, 8, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC), NOW)
EVENTS = st.builds(
    MembershipEvent,
    group=st.sampled_from([group_id(name) for name in GROUPS]),
    user=st.sampled_from([user_id(login) for login in LOGINS]),
    at=st.sampled_from(DAYS),
    is_removal=st.booleans(),
    actor=st.sampled_from(ACTORS),
)
LOGS = st.builds(
    MembershipLog,
    since=st.sampled_from([NOW - timedelta(days=90), NOW]),
    events=st.lists(EVENTS, max_size=12).map(tuple),
)


def told(catalog, live, log):
    """The plan once the org's log was asked."""
    return plan(catalog, replace(live, caller=OURS), answers=Answers(log=log))


def intents(made, action=None):
    """What the plan intends."""
    return {c.intent for c in made.changes if action in {None, c.action}}


@given(catalogs(), orgs(), LOGS)
def test_the_log_only_ever_turns_additions_into_questions(catalog, live, log):
    """It adds nobody and removes nobody: each line it takes is blocked, and no other line moves."""
    before, after = told(catalog, live, None), told(catalog, live, log)
    taken = intents(before) - intents(after)

    assert intents(after) <= intents(before)
    assert {line.action for line in taken} <= {Action.ADD.value}
    asked = {(b.group.key, b.person.id) for b in after.blocked if b.code == "removed-by-someone"}
    assert asked == {(line.group, line.person) for line in taken}
    assert len(after.blocked) == len(before.blocked) + len(taken)


@given(catalogs(), orgs(), LOGS)
def test_whoever_is_held_was_last_taken_out_by_somebody_else(catalog, live, log):
    """A hold always has its event, and the event its sentence."""
    for line in told(catalog, live, log).blocked:
        if line.code != "removed-by-someone":
            continue
        events = [e for e in log.events if (e.group, e.user) == (line.group.id, line.person.id)]
        newest = [e for e in events if e.at == max(e.at for e in events)]

        assert any(e.is_removal and e.actor not in (ACTORS[1], ACTORS[3]) for e in newest)
        assert newest[0].at.date() > max(ref.approved_at for ref in line.grants)


@given(catalogs(), orgs(), LOGS, st.randoms(use_true_random=False))
def test_the_order_of_events_changes_no_byte(catalog, live, log, chance):
    """The log has no order that a plan may hang on."""
    events = list(log.events)
    chance.shuffle(events)
    made = told(catalog, live, log)
    other = told(catalog, live, replace(log, events=tuple(events)))

    codes = [b.code for b in made.blocked]
    assert codes == [b.code for b in other.blocked]
    assert [c.intent for c in made.changes] == [c.intent for c in other.changes]
    if len({(e.group, e.user, e.at) for e in events}) == len(events):
        assert dump_plan(made) == dump_plan(other)


@given(catalogs(), orgs(), LOGS)
def test_an_approval_of_today_settles_every_hold_that_is_not_of_today(catalog, live, log):
    """Confirming is always possible."""
    events = tuple(e for e in log.events if e.at < NOW)
    fresh = tuple(
        replace(g, approval=replace(g.approval, approved_at=NOW.date())) for g in catalog.grants
    )
    made = told(replace(catalog, grants=fresh), live, replace(log, events=events))

    assert all(b.code != "removed-by-someone" for b in made.blocked)


@given(catalogs(), orgs())
def test_a_log_that_was_not_read_changes_no_line(catalog, live):
    """That it could not be looked is said once, and only where somebody is added."""
    before = told(catalog, live, None)
    after = told(catalog, live, ReadFailure(code="refused", detail="403"))

    assert (before.changes, before.blocked) == (after.changes, after.blocked)
    added = [c for c in after.changes if c.action is Action.ADD and c.group.id]
    said = [w.code for w in after.warnings if w.code.startswith("system-log")]
    assert said == (["system-log-unread"] if added else [])
