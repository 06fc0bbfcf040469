"""Search and filter expressions, and the people each request asks for (Okta: query operators)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from reconciler.model.errors import ConnectorError
from reconciler.model.ids import login_key
from reconciler.okta.api.read_failures import is_too_long

__all__ = [
    "any_of",
    "contains",
    "equals",
    "fetch_in_chunks",
    "person_matcher",
    "person_terms",
    "starts_with",
]


def equals(attribute: str, value: str) -> str:
    """One comparison; a SCIM value is a JSON string (RFC 7644), so quotes and backslashes stay."""
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"


def starts_with(attribute: str, value: str) -> str:
    """One comparison with the beginning of the attribute."""
    return f"{attribute} sw {json.dumps(value, ensure_ascii=False)}"


def contains(attribute: str, value: str) -> str:
    """One comparison with a part of the attribute, of three characters or more."""
    return f"{attribute} co {json.dumps(value, ensure_ascii=False)}"


def any_of(terms: Iterable[str]) -> str:
    """An expression that holds where any of the terms does."""
    return " or ".join(terms)


def person_terms(ids: Iterable[str], logins: Iterable[str], emails: Iterable[str]) -> list[str]:
    """One expression per person, in the order asked; an address asked in both ways is one person.

    Addresses are compared as Okta does, ignoring case.
    """
    by_person: dict[tuple[str, str], list[str]] = {}
    for user_id in ids:
        by_person.setdefault(("id", user_id), [equals("id", user_id)])
    for attribute, addresses in (("profile.login", logins), ("profile.email", emails)):
        for address in {login_key(a): a for a in addresses if a}.values():
            terms = by_person.setdefault(("address", login_key(address)), [])
            terms.append(equals(attribute, address))
    return [any_of(terms) for terms in by_person.values()]


def person_matcher(
    ids: Iterable[str], logins: Iterable[str], emails: Iterable[str]
) -> Callable[[str, str, str], bool]:
    """A test of (id, login, email) against what was asked: Okta's index may find more."""
    asked_ids = frozenset(ids)
    asked_logins = frozenset(login_key(login) for login in logins if login)
    asked_emails = frozenset(login_key(email) for email in emails if email)
    return lambda user_id, login, email: (
        user_id in asked_ids or login_key(login) in asked_logins or login_key(email) in asked_emails
    )


_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")


async def fetch_in_chunks(
    asked: Sequence[_Asked],
    at_once: int,
    fetch: Callable[[Sequence[_Asked]], Awaitable[_Found]],
) -> list[tuple[Sequence[_Asked], _Found | ConnectorError]]:
    """Each part of what was asked with what was found, in order; a failure is a value.

    Parts are asked side by side; one that fails does not stop the others.
    """
    parts = (asked[start : start + at_once] for start in range(0, len(asked), at_once))
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(_fetch_halves(part, fetch)) for part in parts]
    return [found for task in running for found in task.result()]


async def _fetch_halves(
    part: Sequence[_Asked], fetch: Callable[[Sequence[_Asked]], Awaitable[_Found]]
) -> list[tuple[Sequence[_Asked], _Found | ConnectorError]]:
    """The part as it is, or its halves where it was refused as too long."""
    try:
        return [(part, await fetch(part))]
    except ConnectorError as error:
        if len(part) == 1 or not is_too_long(error):
            return [(part, error)]
    middle = len(part) // 2
    return [*await _fetch_halves(part[:middle], fetch), *await _fetch_halves(part[middle:], fetch)]
