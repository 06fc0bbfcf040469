"""What brings a line: the change, what waited before it, or time."""

from dataclasses import replace
from datetime import date

from reconciler.model.against import Against, Cause, Withheld
from reconciler.model.catalog import Acknowledgement, BindGroup, Catalog, Revocation
from reconciler.model.plan import Ending, GroupRef, GuardVerdict, PlanWarning
from reconciler.model.settings import GuardLimits, Limit, Settings
from reconciler.planning.causes import (
    attribute,
    judged_at_base,
    lost_grants,
    united,
    withhold,
)
from tests.builders import CONNECTOR, NOW
from tests.unit.planning.nouns import binding, change, grant, grant_ref, plan, ref, removal

AGAINST = Against(commit="abc")
A, B, GONE = change("amy"), change("bea"), removal("gone")


def causes(split):
    """Who has which cause."""
    return {c.person.login.partition("@")[0]: c.cause for c in split.changes}


def test_a_line_has_the_first_cause_that_fits():
    """Only the change's own lines are laid at its door."""
    split = attribute(plan(A, B, GONE), plan(B, GONE), plan(B), AGAINST)
    assert causes(split) == {"amy": Cause.CHANGE, "bea": Cause.PENDING, "gone": Cause.TIME}
    assert split.withdrawn == ()


def test_a_second_grant_for_a_pending_person_is_no_new_effect():
    """The same person comes to the same group."""
    more = change("amy", grants=(grant_ref("1"), grant_ref("2")))
    assert causes(attribute(plan(more), plan(A), plan(A), AGAINST)) == {"amy": Cause.PENDING}


def test_a_line_that_only_the_base_has_is_withdrawn():
    """Revoking a grant nobody carried out yet takes a line away."""
    split = attribute(plan(A), plan(A, B), plan(A, B), AGAINST)
    assert split.withdrawn == (B,)


def test_a_removal_is_not_the_addition_of_the_same_person():
    """The effect is what is done, not to whom."""
    split = attribute(plan(removal("amy")), plan(A), plan(A), AGAINST)
    assert causes(split) == {"amy": Cause.CHANGE}
    assert split.withdrawn == (A,)


def test_groups_that_the_base_does_not_bind_are_counted_alone():
    """Nobody in them is named, in any part of the plan."""
    split = attribute(plan(A, GONE), plan(), plan(), AGAINST)
    hidden = withhold(split, ())
    assert hidden.changes == ()
    counted = Withheld(group=A.group.key, additions=1, removals=1, blocked=0, unapproved=0)
    assert hidden.against.withheld == (counted,)
    assert "amy" not in str(hidden)
    assert "gone" not in str(hidden)


def test_what_a_whole_plan_says_of_withheld_people_is_withheld_too():
    """Guards of the run, warnings and what ends soon could name them; their figures stay."""
    known = BindGroup(id="00gknown", name="Known")
    other = removal("ann", group=GroupRef(id=known.id, name=known.name))
    secret, open_ = (
        GuardVerdict(guard=name, figures="9 of 9", people=people, acknowledgement="people: …")
        for name, people in (("run-removals", (GONE.person, other.person)), ("x", (other.person,)))
    )
    warnings = tuple(
        PlanWarning(code="leaver", summary=f"{line.person.login} left") for line in (GONE, other)
    )
    ends = Ending(
        group=GONE.group,
        tool="claude",
        entitlement="users",
        person=ref("soon"),
        ends_at=NOW,
        grant=grant_ref(),
    )
    whole = plan(GONE, other, guards=(secret, open_), warnings=warnings, ending=(ends,))
    bound = replace(binding(), group=known)
    made = withhold(attribute(whole, plan(), plan(), AGAINST), [bound])
    assert [c.person.login for c in made.changes] == [other.person.login]
    assert made.guards == (replace(secret, people=(), acknowledgement=""), open_)
    assert made.warnings == warnings[1:]
    assert made.ending == ()


def test_an_edited_or_deleted_grant_is_lost_as_it_was():
    """Only what it declares counts: purpose and place may change."""
    jane, joe = grant("jane"), grant("joe")
    gone = Revocation(at=date(2026, 11, 22), by="this change", reason="its file is deleted")
    head, base = Catalog(grants=(replace(jane, purpose="more"),)), Catalog(grants=(jane, joe))
    assert lost_grants(head, base, gone) == (replace(joe, revoked=gone),)
    assert lost_grants(base, base, gone) == ()


def test_a_change_cannot_loosen_the_limits_it_is_judged_by():
    """Settings that have an effect of their own stay as the change wants them."""
    loose = Settings(guards=GuardLimits(run_removals=()), naming_pattern="^x$")
    strict = Settings(guards=GuardLimits(run_removals=(Limit(count=1),)))
    judged = judged_at_base(Catalog(settings=loose), Catalog(settings=strict))
    assert judged.settings.guards == strict.guards
    assert judged.settings.naming_pattern == "^x$"


def test_a_change_cannot_bring_the_exception_that_lets_it_pass():
    """An acknowledgement counts once it is merged."""
    ack = Acknowledgement(
        guard="run-removals",
        connector=CONNECTOR,
        people=frozenset({"00ugone"}),
        reason="moved",
        by="lead@example.com",
        expires=date(2026, 11, 27),
    )
    brings, has = Catalog(acknowledgements=(ack,)), Catalog()
    assert judged_at_base(brings, has).acknowledgements == ()
    assert judged_at_base(has, brings).acknowledgements == (ack,)


def test_everyone_of_both_sides_is_observed():
    """A person only the base grants is still somebody to look up."""
    both = united(Catalog(grants=(grant("jane"),)), Catalog(grants=(grant("joe"),)))
    assert {g.subject for g in both.grants} == {grant("jane").subject, grant("joe").subject}
