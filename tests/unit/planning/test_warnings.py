"""Warnings of the whole plan."""

import pytest

from reconciler.model.catalog import Acknowledgement, Canary, Catalog, Connector
from reconciler.model.diagnostics import Span
from reconciler.model.directory import CanarySight
from reconciler.model.plan import Action, GroupRef, PlanWarning
from reconciler.planning.guards.group_guards import GroupFacts
from reconciler.planning.warnings import collect_warnings
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import GROUP, change, codes, day, removal

CANARY = Canary(user="canary@example.com", group_id="00gcanary", group_name="Canary")
PROVEN = Connector(id=CONNECTOR, type="okta", name="Okta", canary=CANARY)
UNPROVEN = Connector(id=CONNECTOR, type="okta", name="Okta")


def told(connector=PROVEN, sight=CanarySight.SEEN, facts=(), changes=(), catalog=None):
    """The warnings of this plan."""
    return collect_warnings(catalog or Catalog(), connector, sight, facts, tuple(changes), NOW)


@pytest.mark.parametrize(
    ("expected", "connector", "sight"),
    [
        ([], PROVEN, CanarySight.SEEN),
        ([], PROVEN, CanarySight.NOT_ASKED),
        (["canary-not-seen"], PROVEN, CanarySight.ABSENT),
        (["canary-not-seen"], PROVEN, CanarySight.UNREAD),
        (["canary-missing"], UNPROVEN, CanarySight.NOT_ASKED),
        ([], None, CanarySight.NOT_ASKED),
    ],
)
def test_a_canary_that_is_missing_or_not_seen_is_warned_of(expected, connector, sight):
    """A plan may be made without the proof that reads are complete; its reader is told."""
    assert expected == codes(told(connector, sight))


@pytest.mark.parametrize(("expected", "absent"), [((), 0), (1, 2)])
def test_a_group_that_lacks_required_members_is_named(expected, absent):
    """Nobody adds them by themselves: a grant is missing."""
    fact = GroupFacts(
        group=GROUP,
        members=3,
        granted=0,
        visible=0,
        min_members=0,
        required=frozenset({"00ua", "00ub", "00uc"}),
        required_absent=absent,
        required_unresolved=(),
    )
    warning = PlanWarning(
        code="required-member-absent",
        summary='"Claude users" lacks 2 of its 3 required members',
        hint="add a grant for them",
        groups=(GROUP,),
    )
    assert ((warning,) if expected else ()) == told(facts=(fact,))


def lost(number, action=Action.REMOVE):
    """Jane loses (or is given) that many groups."""
    groups = [GroupRef(id=f"00g{n}", name=f"G{n}") for n in range(number)]
    return [change("jane", action, group=group) for group in groups]


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ([], lost(4)),
        (["person-loses-many-groups"], lost(5)),
        ([], lost(9, Action.ADD)),
        ([], [removal(f"p{n}") for n in range(9)]),
    ],
)
def test_a_person_who_loses_five_groups_is_worth_a_look(expected, changes):
    """More often a lost mapping than a move."""
    assert expected == codes(told(changes=changes))


@pytest.mark.parametrize(
    ("expected", "expires"),
    [([], "2026-11-22"), (["acknowledgement-expired"], "2026-11-21")],
)
def test_an_acknowledgement_after_its_day_is_to_be_deleted(expected, expires):
    """It lets nothing pass any more."""
    ack = Acknowledgement(
        guard="group-removals",
        connector=CONNECTOR,
        people=frozenset({"00ujane"}),
        reason="",
        by="lead@example.com",
        expires=day(expires),
        origin=Span("acknowledgements/a.yaml"),
    )
    assert expected == codes(
        told(catalog=Catalog(acknowledgements=(ack,)), changes=[removal("jane")])
    )


@pytest.mark.parametrize(
    ("expected", "people", "connector"),
    [
        ([], {"00ujane", "00ugone"}, CONNECTOR),
        (["acknowledgement-spent"], {"00ugone"}, CONNECTOR),
        ([], {"00ugone"}, "okta-other"),
    ],
)
def test_an_acknowledgement_whose_people_have_gone_is_spent(expected, people, connector):
    """Another connector's is judged in its own plan."""
    ack = Acknowledgement(
        guard="group-removals",
        connector=connector,
        people=frozenset(people),
        reason="the team moved",
        by="lead@example.com",
        expires=day("2026-11-27"),
    )
    catalog = Catalog(acknowledgements=(ack,))
    assert expected == codes(told(catalog=catalog, changes=[removal("jane")]))


def test_whoever_a_warning_speaks_of_stands_beside_its_words():
    """Nothing has to look for names in a sentence."""
    canary = told(PROVEN, CanarySight.ABSENT)
    losing = told(changes=lost(5))
    assert [(p.login, p.id) for w in canary for p in w.people] == [("canary@example.com", None)]
    assert [group.id for w in canary for group in w.groups]
    assert [p.id for w in losing for p in w.people] == ["00ujane"]
