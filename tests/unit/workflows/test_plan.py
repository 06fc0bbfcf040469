"""Observe, then compute the difference; another instant costs no request."""

from datetime import timedelta

import pytest

from reconciler.planning.steps.complete import complete
from reconciler.workflows.plan import plan
from tests.support.builders import CONNECTOR, NOW, Company, group_id, group_name
from tests.support.nouns import beside, brief
from tests.unit.workflows.org import reader_of

pytestmark = pytest.mark.anyio
COMPANY = Company().tool().bind("old").granted("jane", expires="2026-11-25").ended("old")


async def test_a_plan_is_made_from_one_observation():
    """The canary is looked for, and the observation is kept for the next question."""
    reader = reader_of(COMPANY)
    found = await plan(COMPANY.catalog(), CONNECTOR, reader, beside())
    assert brief(found.plan) == [("remove", "old@example.com"), ("add", "jane@example.com")]
    assert (found.live.canary.value, found.plan.as_of) == ("seen", NOW)
    asked = [q for q in reader.asked if isinstance(q, tuple) and q[0] == "members"]
    assert sorted(asked) == sorted(("members", group_id(name)) for name in (group_name(), "Canary"))


async def test_another_instant_is_answered_without_a_request():
    """As-of moves; when the plan was made does not."""
    catalog, reader = COMPANY.catalog(), reader_of(COMPANY)
    found = await plan(catalog, CONNECTOR, reader, beside())
    before = list(reader.asked)
    later = complete(found.assessment, found.answers, as_of=NOW + timedelta(days=30))
    assert brief(later) == [("remove", "old@example.com")]
    assert (NOW + timedelta(days=30), NOW) == (later.as_of, later.created_at)
    assert before == reader.asked
