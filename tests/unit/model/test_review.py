"""Verified is what has a review for each approver."""

from reconciler.model.approvals.review import Verdict
from tests.support.nouns import review_ref


def test_a_verdict_without_a_review_is_a_claim():
    """Whatever else it says."""
    assert Verdict(reviews=(review_ref(),)).is_verified
    assert not Verdict().is_verified
    assert not Verdict(why_not="", is_void=False).is_verified
