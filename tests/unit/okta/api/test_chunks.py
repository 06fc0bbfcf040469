"""Long lists are asked in parts, and in smaller ones where they are too long."""

import pytest

from reconciler.model.errors import ConnectorError
from reconciler.okta.api.search import fetch_in_chunks

pytestmark = pytest.mark.anyio


def refusal(status):
    """Okta says no."""
    return ConnectorError("request-refused", "no", status=status)


async def test_parts_come_back_in_order():
    """However many, each at most as long as allowed."""

    async def fetch(part):
        return sum(part)

    found = await fetch_in_chunks([1, 2, 3, 4, 5], 2, fetch)
    assert found == [([1, 2], 3), ([3, 4], 7), ([5], 5)]
    assert await fetch_in_chunks([], 2, fetch) == []


@pytest.mark.parametrize("status", [400, 414, 431])
async def test_a_part_that_is_too_long_is_halved(status):
    """Down to the one question that is refused by itself."""

    async def fetch(part):
        if len(part) > 2 or 5 in part:
            raise refusal(status)
        return part

    found = await fetch_in_chunks([1, 2, 3, 4, 5, 6], 6, fetch)
    values = {tuple(part): result for part, result in found}
    assert list(values) == [(1,), (2, 3), (4,), (5,), (6,)]
    assert values[(2, 3)] == [2, 3]
    assert isinstance(values[(5,)], ConnectorError)


async def test_another_refusal_is_that_parts_alone():
    """The other parts are still asked."""

    async def fetch(part):
        if 1 in part:
            raise refusal(403)
        return part

    (first, error), second = await fetch_in_chunks([1, 2, 3], 2, fetch)
    assert (first, error.status, second) == ([1, 2], 403, ([3], [3]))
