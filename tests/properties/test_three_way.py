"""What holds of every plan that is split by cause."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.review import BaseComparison, Cause
from reconciler.model.diagnostics import Span
from reconciler.model.directory import DirectoryUser
from reconciler.planning.three_way.attribution import attribute, unite_catalogs
from reconciler.planning.three_way.catalog_changes import catalog_changes
from tests.properties.worlds import catalogs, orgs, plan, user_id

LONG_AGO = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)
AGAINST = BaseComparison(commit="abc")


def split(head, base, live):
    """The head's plan, each line with its cause."""
    return attribute(plan(head, live), plan(base, live), plan(base, live, LONG_AGO), AGAINST)


@given(catalogs(), orgs(), st.randoms())
def test_moving_files_causes_nothing(catalog, live, random):
    """Order and places are no part of what is declared."""
    shuffled = random.sample(catalog.grants, len(catalog.grants))
    moved = tuple(replace(g, origin=Span("moved.yaml", n, 1)) for n, g in enumerate(shuffled))
    head = replace(catalog, grants=moved)
    made = split(head, catalog, live)
    assert all(line.cause is not Cause.CHANGE for line in (*made.changes, *made.blocked))
    assert made.withdrawn == ()
    assert catalog_changes(catalog, head, made) == ()


@given(catalogs(), catalogs(), orgs())
def test_every_line_has_one_cause_and_none_is_lost(head, base, live):
    """Splitting takes no line away and adds none."""
    whole, made = plan(head, live), split(head, base, live)
    assert all(line.cause is not None for line in (*made.changes, *made.blocked))
    assert tuple(replace(c, cause=None) for c in made.changes) == whole.changes
    assert tuple(replace(b, cause=None) for b in made.blocked) == whole.blocked


@given(catalogs(), orgs())
def test_a_first_catalog_causes_everything(catalog, live):
    """BaseComparison an empty base nothing waited."""
    empty = replace(catalog, grants=(), bindings=())
    made = split(catalog, empty, live)
    assert all(line.cause is Cause.CHANGE for line in (*made.changes, *made.blocked))


@given(catalogs(), catalogs())
def test_everything_that_either_side_names_is_observed(head, base):
    """Grants, groups, people and the rules by which people are found."""
    both = unite_catalogs(head, base)
    assert set(both.grants) == {*head.grants, *base.grants}
    assert set(both.bindings) == {*head.bindings, *base.bindings}
    assert set(both.identities) == {*head.identities, *base.identities}
    assert set(both.settings.match) == {*head.settings.match, *base.settings.match}
    assert set(both.settings.protected) == {*head.settings.protected, *base.settings.protected}


@given(catalogs(), orgs())
def test_observing_for_the_other_side_changes_no_plan(catalog, live):
    """More people read is no more people wanted."""
    other = DirectoryUser(
        id=user_id("other@side.example"), login="other@side.example", status="ACTIVE"
    )
    more = replace(live, users={**live.users, other.id: other})
    assert plan(catalog, more) == plan(catalog, live)
