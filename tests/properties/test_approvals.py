"""What approvals can do to a plan, over random companies and random verdicts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog
from reconciler.model.directory import Answers
from reconciler.model.plan import Action
from reconciler.planning.plan_codec import digest
from reconciler.planning.refs import grant_hash
from tests.properties.worlds import catalogs, orgs, plan
from tests.support.nouns import review_ref

VERIFIED = Verdict(reviews=(review_ref(),))
VERDICTS = st.sampled_from(
    [None, VERIFIED, Verdict(why_not="a push"), Verdict(why_not="a push", is_void=True)]
)
CODES = {"approval-unverified", "approval-void"}


@st.composite
def told(draw: st.DrawFn) -> tuple[Catalog, Approvals]:
    """A company, and something about the approval of each of its grants, or nothing."""
    catalog = draw(catalogs())
    drawn = {grant_hash(g): draw(VERDICTS) for g in catalog.grants}
    problem = draw(st.sampled_from(["", "GitHub could not be reached"]))
    verdicts = {key: verdict for key, verdict in drawn.items() if verdict is not None}
    return catalog, Approvals(verdicts=verdicts, problem=problem)


def intents(made):
    """What the plan intends."""
    return {c.intent for c in made.changes}


@given(told(), orgs())
def test_approvals_only_ever_block_additions(known, live):
    """No removal comes or goes by them: each line they take is a blocked addition."""
    catalog, approvals = known
    before = plan(catalog, live)
    after = plan(catalog, live, answers=Answers(approvals=approvals))
    taken = intents(before) - intents(after)

    assert intents(after) <= intents(before)
    assert {line.action for line in taken} <= {Action.ADD.value}
    asked = {(b.group.key, b.person.id) for b in after.blocked if b.code in CODES}
    assert asked == {(line.group, line.person) for line in taken}
    assert len(after.blocked) == len(before.blocked) + len(taken)


@given(told(), orgs())
def test_verified_approvals_change_no_intent(known, live):
    """The digest is of what is done, not of who was seen to agree."""
    catalog, _ = known
    verdicts = {grant_hash(g): VERIFIED for g in catalog.grants}
    seen = plan(catalog, live, answers=Answers(approvals=Approvals(verdicts=verdicts)))
    assert digest(seen) == digest(plan(catalog, live))


@given(told(), orgs())
def test_a_plan_for_review_blocks_nothing_for_its_approvals(known, live):
    """Nothing of it is merged."""
    catalog, approvals = known
    lenient = replace(approvals, is_required=False)
    made = plan(catalog, live, answers=Answers(approvals=lenient))
    assert digest(made) == digest(plan(catalog, live))
