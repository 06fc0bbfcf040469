"""What the files' past and their rules say of grants."""

from dataclasses import replace
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Catalog, Revocation
from reconciler.model.plan import BlockReason
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.grant_past import (
    GrantHistory,
    explain_ineffective,
    select_effective,
)
from reconciler.planning.refs import cite_grant, grant_hash
from tests.support.builders import NOW
from tests.support.nouns import approval, day, grant

WHY = BlockReason(code="approver-unknown", summary="nobody", hint="ask")
ENDED = grant(expires="2026-11-20")


def cited(at, clock=None):
    """A grant approved then, as a line cites it."""
    return cite_grant(grant(approval=approval(approved_at=day(at), approved_time=clock)))


@pytest.mark.parametrize(
    ("is_refused", "ref"),
    [
        (False, cited("2026-11-22")),
        (False, cited("2026-11-22", time(9))),
        (True, cited("2026-11-22", time(9, 1))),
        (True, cited("2026-11-23")),
    ],
)
def test_an_approval_that_lies_ahead_carries_nothing(is_refused, ref):
    """It has not been given."""
    past = cited("2026-11-01")
    assert select_effective([ref, past], GrantHistory(), NOW) == (
        (past,) if is_refused else (ref, past)
    )
    if is_refused:
        assert explain_ineffective([ref], GrantHistory(), NOW).code == "approval-in-future"


@given(st.lists(st.booleans(), min_size=1, max_size=4))
def test_only_grants_that_the_rules_allow_carry_an_addition(allowed):
    """Two grants are two reasons, and each stands alone."""
    refs = [cite_grant(grant(f"p{n}")) for n in range(len(allowed))]
    held = {ref.hash: WHY for ref, ok in zip(refs, allowed, strict=True) if not ok}
    record = GrantHistory(unbacked=held)
    assert len(select_effective(refs, record, NOW)) == sum(allowed)
    if not any(allowed):
        assert explain_ineffective(refs, record, NOW) == WHY


def test_only_an_ended_grant_can_have_been_born_so():
    """At another instant the same words may hold."""
    record = GrantHistory(stillborn=frozenset({grant_hash(ENDED)}))
    assert not record.is_said(ENDED, NOW)
    assert record.is_said(ENDED, NOW.replace(day=19))
    assert record.is_said(grant(), NOW)
    assert GrantHistory().is_said(ENDED, NOW)


def test_no_approval_at_a_source_is_later_than_the_words_it_is_of():
    """Typed ones say it themselves; who revokes agrees to nothing anew."""
    pointing = grant(approval=ApprovalAtSource(by=ApprovalSource.GITHUB))
    gone = replace(pointing, revoked=Revocation(at=NOW.date(), by="lead@example.com", reason="x"))
    record = GrantHistory(introduced={grant_hash(pointing): NOW})
    told = record.bound_approvals(Catalog(grants=(pointing, gone, grant("joe"))))
    assert [g.approval.latest for g in told.grants] == [NOW, NOW, grant("joe").approval.latest]
    other = GrantHistory(introduced={grant_hash(grant("amy")): NOW})
    (one,) = other.bound_approvals(Catalog(grants=(gone,))).grants
    assert one.approval.no_later_than is None
    assert GrantHistory().bound_approvals(Catalog(grants=(gone,))).grants == (gone,)
