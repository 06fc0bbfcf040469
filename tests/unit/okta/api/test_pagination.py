"""A list is read to its end, or it is not read."""

from datetime import UTC, datetime

import httpx
import pytest

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.api.pagination import fetch_all
from reconciler.okta.api.reader import KnownUsers

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, tzinfo=UTC)
PATH = "/api/v1/groups/00g1/users"
HERE = f"https://acme.okta.com{PATH}"


def user(number):
    """A member."""
    return {"id": f"00u{number}", "status": "ACTIVE", "profile": {"login": f"p{number}@x.io"}}


def page(numbers, following=None, **more):
    """A page as Okta sends it: two Link lines."""
    links = [("link", f'<{HERE}?limit=2>; rel="self"')]
    if following is not None:
        links.append(("link", f'<{following}>; rel="next"'))
    return httpx.Response(200, json=[user(n) for n in numbers], headers=links, **more)


def chain(*answers):
    """Answers by cursor: the first page, then `after=1`, then `after=2`, and so on."""

    def answer(request):
        return answers[int(request.url.params.get("after", "0"))]

    return answer


async def ids(org, answer, **params):
    """The ids that were read."""
    sender = org.sender(answer)
    users = await fetch_all(sender, PATH, {"limit": "2", **params}, KnownUsers().read)
    return [found.id for found in users]


async def refusal(org, answer):
    """The code a list is refused with."""
    with pytest.raises(IncompleteReadError) as caught:
        await ids(org, answer)
    return caught.value.code


async def test_every_page_is_read_and_everyone_is_there_once(org):
    """Lists have no snapshot: a person may move between pages."""
    answer = chain(
        page([1, 2], f"{HERE}?after=1&limit=2"), page([2, 3], f"{HERE}?after=2&limit=2"), page([])
    )
    assert await ids(org, answer) == ["00u1", "00u2", "00u3"]
    assert (org.page_sizes, len(org.requests)) == ([2, 2, 0], 3)


async def test_an_empty_list_is_a_list(org):
    """And so is an empty page that goes on."""
    assert await ids(org, chain(page([]))) == []
    assert await ids(org, chain(page([], f"{HERE}?after=1"), page([1]))) == ["00u1"]


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.io/api/v1/groups/00g1/users?after=1",
        "http://acme.okta.com/api/v1/groups/00g1/users?after=1",
        "https://acme-admin.okta.com/api/v1/groups/00g1/users?after=1",
        "https://acme.okta.com@evil.io/api/v1/groups/00g1/users?after=1",
        "https://acme.okta.com/api/v1/groups/00g2/users?after=1",
        "/api/v1/groups/00g1/users?after=1",
    ],
)
async def test_a_next_page_elsewhere_is_not_followed(org, following):
    """Neither to another org nor into another list."""
    assert await refusal(org, chain(page([1], following), page([2]))) == "next-foreign"
    assert len(org.requests) == 1


@pytest.mark.parametrize(
    "answers",
    [
        [page([1], f"{HERE}?limit=2")],
        [page([], f"{HERE}?limit=2")],
        [page([1], f"{HERE}?after=1"), page([2], f"{HERE}?after=1")],
        [page([1], f"{HERE}?after=1"), page([2], f"{HERE}?limit=2")],
        [page([1], f"{HERE}?after=1"), page([1], f"{HERE}?after=2"), page([2])],
    ],
)
async def test_a_chain_that_does_not_advance_is_refused(org, answers):
    """It would never end, or end with people missing."""
    assert await refusal(org, chain(*answers)) == "page-repeated"


async def test_pages_without_number_are_refused(org, monkeypatch):
    """However new each cursor is."""
    monkeypatch.setattr("reconciler.okta.api.pagination.MOST_PAGES", 5)

    def endless(request):
        number = int(request.url.params.get("after", "0")) + 1
        return page([number], f"{HERE}?after={number}")

    assert await refusal(org, endless) == "page-repeated"
    assert len(org.requests) == 5


@pytest.mark.parametrize(
    "second",
    [
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200, json=[{"id": "00u9"}]),
        httpx.Response(200, json=[], headers={"link": "<https://acme.okta.com/x"}),
        httpx.Response(200, json={}),
    ],
)
async def test_one_damaged_page_spoils_the_list(org, second):
    """Half a list is no list."""
    assert await refusal(org, chain(page([1], f"{HERE}?after=1"), second)) == "answer-malformed"


async def test_a_full_page_without_its_link_header_is_doubted(org):
    """A proxy that drops the header would hide everyone after the first page."""
    bare = httpx.Response(200, json=[user(1), user(2)])
    assert await refusal(org, chain(bare)) == "answer-malformed"
    assert await ids(org, chain(httpx.Response(200, json=[user(1)]))) == ["00u1"]


async def test_expand_is_kept_on_every_page(org):
    """Okta drops it from next."""
    await ids(org, chain(page([1], f"{HERE}?after=1"), page([2])), expand="group-rules")
    assert [r.url.params.get("expand") for r in org.requests] == ["group-rules"] * 2
