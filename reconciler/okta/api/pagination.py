"""The only place that follows `next`. A list is read to its end, or it is not read at all."""

import re
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import httpx

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.org_url import same_origin
from reconciler.okta.requests.sender import Sender
from reconciler.okta.responses.response import Answer

__all__ = ["MOST_PAGES", "LinkError", "fetch_all", "fetch_pages", "parse_links"]

MOST_PAGES = 10_000

_TARGET = re.compile(r"\s*<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*("[^"]*"|[^\s",;]*))?')
_END = re.compile(r"\s*(?:,\s*|$)")


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_HasId)


async def fetch_all(
    sender: Sender,
    path: str,
    params: Mapping[str, str],
    decode: Callable[[Answer], Sequence[_Item]],
) -> tuple[_Item, ...]:
    """Every item of the list, each once: lists have no snapshot, so items move between pages."""
    found: dict[str, _Item] = {}
    async for page in fetch_pages(sender, path, params, decode):
        for item in page:
            found.setdefault(item.id, item)
    return tuple(found.values())


async def fetch_pages(
    sender: Sender,
    path: str,
    params: Mapping[str, str],
    decode: Callable[[Answer], Sequence[_Item]],
) -> AsyncGenerator[Sequence[_Item], None]:
    """The pages of a list in order, to the last; a chain that cannot be trusted is raised."""
    url: httpx.URL | None = sender.url(path, params)
    visited: set[str] = set()
    seen: set[str] = set()
    while url is not None:
        visited.add(str(url))
        if len(visited) > MOST_PAGES:
            raise _list_error("page-repeated", path, f"it has more than {MOST_PAGES} pages")
        answer = await sender.get(url)
        page = decode(answer)
        sender.page_read(path, len(page))
        url = _next_url(sender, path, params, answer)
        ids = {item.id for item in page}
        if url is not None and (str(url) in visited or (ids and ids <= seen)):
            raise _list_error("page-repeated", path, "a page came again while more were promised")
        _require_link(answer, path, params, len(page))
        seen |= ids
        yield page


def _next_url(
    sender: Sender, path: str, params: Mapping[str, str], answer: Answer
) -> httpx.URL | None:
    """Where the next page is: the same list of the same org, nothing else is followed."""
    try:
        link = parse_links(answer.headers.get_list("link")).get("next")
    except LinkError as error:
        raise _list_error("answer-malformed", path, f"its Link header: {error}") from error
    if link is None:
        return None
    if not same_origin(sender.origin.base, link) or httpx.URL(link).path != path:
        raise _list_error("next-foreign", path, "its next page is somewhere else")
    url = httpx.URL(link)
    if "expand" in params and "expand" not in url.params:  # Okta drops it from next
        url = url.copy_add_param("expand", params["expand"])
    return url


def _require_link(answer: Answer, path: str, params: Mapping[str, str], size: int) -> None:
    """A full page says where the list goes on or that it is the last one, by a self link.

    Every recorded list that pages has one; without it, something on the way dropped the header.
    """
    if size >= int(params["limit"]) and "link" not in answer.headers:
        raise _list_error("answer-malformed", path, "a full page came without its Link header")


def _list_error(code: str, path: str, why: str) -> IncompleteReadError:
    hint = "run again; nothing is concluded from a list that was not read to its end"
    return IncompleteReadError(code, f"the list {path} could not be read whole: {why}", hint)


class LinkError(ValueError):
    """The header cannot be read, so it is unknown whether more pages follow."""


def parse_links(values: Iterable[str]) -> dict[str, str]:
    """Target by relation, lower case, from repeated lines and comma-joined ones alike."""
    links: dict[str, str] = {}
    for value in values:
        for target, relations in _parse_header(value):
            for relation in relations:
                if links.setdefault(relation, target) != target:
                    raise LinkError(f"two targets for rel={relation}")
    return links


def _parse_header(value: str) -> Iterator[tuple[str, list[str]]]:
    at = 0
    while at < len(value):
        target = _TARGET.match(value, at)
        if target is None:
            raise LinkError("no <target> where one must stand")
        at, relations = target.end(), list[str]()
        while parameter := _PARAMETER.match(value, at):
            at = parameter.end()
            if parameter[1].lower() == "rel" and not relations:
                relations = (parameter[2] or "").strip('"').lower().split()
        end = _END.match(value, at)
        if end is None:
            raise LinkError("text after a link that is not part of it")
        at = end.end()
        yield target[1], relations
