"""One person, asked for by name: who it is, and who else may be meant.

A login or an id names one person; any other text only finds candidates.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from reconciler.model.directory import AccountProfile, DirectoryUser, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.okta.api.decode import (
    decode_profile,
    decode_profiles,
    decode_wire_users,
    to_user,
)
from reconciler.okta.api.pagination import fetch_all
from reconciler.okta.api.read_failures import to_read_failure
from reconciler.okta.api.search import any_of, equals, person_matcher, starts_with
from reconciler.okta.requests.sender import Sender

__all__ = ["MOST_CANDIDATES", "fetch_candidates", "fetch_profile"]

MOST_CANDIDATES = 10
_USERS = "/api/v1/users"
_LIMIT = "200"
_IN_PATH = re.compile(r"[^/\\?#]+")


async def fetch_profile(sender: Sender, id_or_login: str) -> AccountProfile | ReadFailure | None:
    """The person of just this id or login; Okta takes a login without its domain for one, too."""
    try:
        found = await _named(sender, id_or_login)
    except ConnectorError as error:
        if error.code == "not-found":
            return None
        return to_read_failure(error, has_answered=sender.has_answered)
    is_wanted = person_matcher([id_or_login], [id_or_login], [])
    return next((one for one in found if is_wanted(one.id, one.user.login, "")), None)


async def _named(sender: Sender, id_or_login: str) -> tuple[AccountProfile, ...]:
    """By its own address, where the name can be part of one; else by `filter`, no index either.

    A login with a slash cannot (Okta: users API), and one of dots would be another address.
    """
    if _IN_PATH.fullmatch(id_or_login) and id_or_login.strip("."):
        url = sender.url(f"{_USERS}/{quote(id_or_login, safe='')}")
        return (decode_profile(await sender.get(url)),)
    wanted = {"filter": equals("profile.login", id_or_login), "limit": _LIMIT}
    return await fetch_all(sender, _USERS, wanted, decode_profiles)


async def fetch_candidates(sender: Sender, text: str) -> tuple[DirectoryUser, ...] | ReadFailure:
    """At most ten people whom the text may mean: of that login or address, else of that name."""
    try:
        for term in _terms(text):
            if found := await _search(sender, term):
                return found
    except ConnectorError as error:
        return to_read_failure(error, has_answered=sender.has_answered)
    return ()


def _terms(text: str) -> Iterator[str]:
    """What is searched for, one after another until somebody is found (Okta: user query)."""
    words = text.split()
    if not words:
        return
    yield any_of(equals(f"profile.{each}", text) for each in ("login", "email"))
    names = [starts_with(f"profile.{each}", text) for each in ("login", "firstName", "lastName")]
    if len(words) > 1:
        both = (("firstName", words[0]), ("lastName", words[-1]))
        whole = " and ".join(starts_with(f"profile.{each}", word) for each, word in both)
        names.append(f"({whole})")
    yield any_of(names)


async def _search(sender: Sender, term: str) -> tuple[DirectoryUser, ...]:
    """The first page alone: whoever must choose among more names somebody more exactly."""
    url = sender.url(_USERS, {"search": term, "limit": str(MOST_CANDIDATES)})
    answer = await sender.get(url)
    return tuple(to_user(item, answer) for item in decode_wire_users(answer)[:MOST_CANDIDATES])
