"""A run takes its share of Okta's limits and no more, however much there is to do."""

import httpx
import pytest

from tests.support.builders import Company
from tests.support.harness import Rehearsal

pytestmark = pytest.mark.slow

TOOLS = tuple(f"tool{number}" for number in range(10))
PEOPLE = tuple(f"p{number:02}" for number in range(12))


def company():
    """Ten groups, each with one member and twelve to come."""
    found = Company()
    for tool in TOOLS:
        found = found.tool(tool).bind("kept", tool=tool).granted("kept", *PEOPLE, tool=tool)
    return found


class Watched(httpx.AsyncBaseTransport):
    """Notes what each answer says is left of its limit."""

    def __init__(self, rehearsal):
        self.rehearsal = rehearsal
        self.lowest = 1.0
        self.refusals = 0

    async def handle_async_request(self, request):
        """The org's own answer."""
        response = await self.rehearsal.sandbox.transport().handle_async_request(request)
        self.refusals += response.status_code == 429
        if "x-rate-limit-limit" in response.headers:
            limit, left = (
                int(response.headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining")
            )
            self.lowest = min(self.lowest, left / limit)
        return response


@pytest.mark.parametrize(("limit", "share"), [(50, 50), (50, 20), (10, 50), (3, 100)])
def test_a_small_org_is_planned_and_applied_within_the_share(limit, share, tmp_path):
    """No request is refused, at no moment is less left than is others', and all of it is done."""
    with Rehearsal(tmp_path, company(), rate_limit=limit, share=share) as office:
        office.transport = watched = Watched(office)
        result = office.apply(office.plan())
        assert {line.outcome.value for line in result.lines} == {"verified"}
        assert len(result.lines) == len(TOOLS) * len(PEOPLE)
        assert watched.refusals == 0
        assert watched.lowest >= 1 - max(1, limit * share // 100) / limit
        requests = len(office.sandbox.requests())
        assert office.seconds <= 63 * (requests / max(1, limit * share // 100) + 3)


def test_without_a_share_the_same_run_leaves_nothing(tmp_path):
    """What is measured above is the pace's doing."""
    with Rehearsal(tmp_path, company(), rate_limit=50) as office:
        office.transport = watched = Watched(office)
        office.apply(office.plan())
        assert watched.lowest == 0
        assert watched.refusals > 0
