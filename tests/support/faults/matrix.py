"""Every request that a run makes, and every way in which the sandbox can spoil it.

Nothing here names a request: a run without faults is watched. Nothing here has to name a fault
either: `VARIANTS` only says in which of its many forms a kind is tried.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from reconciler.sandbox import KINDS, Fault, Token, World
from tests.support.builders import SERVICE, Company, group_name
from tests.support.faults.trial import CREDENTIALS, Credential, Sent

__all__ = [
    "COMPANY",
    "FORMS",
    "MADE",
    "MODES",
    "OBJECTED",
    "SMALL_PAGE",
    "VARIANTS",
    "Cell",
    "Form",
    "cells",
    "in_order",
    "is_sampled",
    "named",
    "shape",
    "world",
]

SMALL_PAGE = "5"
"""Members of a page: two pages without two thousand people."""
SPARE = "spare@example.com"
"""Who signs in once a fault took the first account's rights for good."""
MODES = ("reviewed", "scheduled")
OBJECTED = (group_name("cursor"), "hal@example.com")
"""Whom somebody takes out by hand after the approval, so that the addition is held."""

COMPANY = (
    Company()
    .with_settings(
        identity={"match": ["mapping", "login", "email"]},
        protected=[{"login": "root@example.com", "reason": "emergency access"}],
    )
    .person("root")
    .person("zoe.a", email="zoe@example.com")
    .person("zoe.b", email="zoe@example.com")
    .tool()
    .bind(
        "k1", "k2", "k3", "k4", "old", "stray", "root", authority="authoritative", unattended=True
    )
    .rule("Engineers", "AI Clearance - claude - users", "fed")
    .granted("k1", "k2", "k3", "k4", "amy", "bob")
    .ended("old")
    .tool("cursor")
    .bind("g1", "g2", "gone", "guest", "zoe.a", tool="cursor")
    .granted("g1", "g2", "cid", "hal", tool="cursor")
    .ended("gone", tool="cursor")
    .grant("zoe", tool="cursor")
    .tool("codex")
    .create(tool="codex")
    .granted("amy", "dan", tool="codex")
    .roles("SUPER_ADMIN")
)
"""Additions, ended and unapproved removals, a group to be made, a rule-fed and a protected member,
a name in doubt, and `hal`, whom somebody takes out by hand after the approval."""

_STATUSES = (400, 401, 403, 404, 409, 429, 500, 502, 503, 504)
VARIANTS: dict[str, tuple[dict[str, object], ...]] = {
    "status": (*({"status": number} for number in _STATUSES), {"status": 429, "seconds": 3600}),
    "html": ({}, {"status": 200}, {"status": 403}),
    "delay": ({"seconds": 5}, {"seconds": 3600}),
    "lag": ({"seconds": 2}, {"seconds": 3600}),
    "index-lag": ({"seconds": 3600},),
    "missing-role": ({}, {"status": 403}),
    "clock-skew": ({"seconds": 600}, {"seconds": -600}),
}
"""The forms of a kind that has several; any other is tried as it is."""
Form = tuple[str, tuple[tuple[str, object], ...]]
"""A kind, and what else a fault of it says."""
FORMS: tuple[Form, ...] = tuple(
    (kind, tuple(form.items())) for kind in KINDS for form in VARIANTS.get(kind, ({},))
)
MADE = "00gmade"
"""How the ids of groups begin that a run makes here; the sandbox's own are random."""
_ID = re.compile(rf"/00[gu](?!{MADE[3:]})\w+")
_IS_MADE = re.compile(rf"POST /api/v1/groups|{MADE}")
_IS_OWN = re.compile(r"/oauth2/v1/|/users/me|/roles$")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One fault at one request: the nth of its method and path, alone or with all that follow."""

    request: Sent
    nth: int
    fault: Fault
    twin: int = 0
    """Which it is of `twins` requests that differ by the group or the person alone."""
    twins: int = 1

    @property
    def shape(self) -> str:
        """What it asks, whatever group and person it is about."""
        return shape(self.request, self.nth)

    def __str__(self) -> str:
        method, path = self.request
        often = "once" if self.fault.times else "from then on"
        return f"{often} at {method} {path} number {self.nth + 1}"


def named(form: Form) -> str:
    """A test's name for it."""
    kind, more = form
    return "-".join([kind, *(str(value) for _, value in more)])


def world(base: Company = COMPANY) -> World:
    """The company's org, with a second account that may do everything."""
    made = base.person("spare").world()
    users = tuple(
        replace(user, roles=("SUPER_ADMIN",)) if user.login == SPARE else user
        for user in made.users
    )
    tokens = (Token(name="tests", owner=SERVICE), Token(name="spare", owner=SPARE))
    return replace(made, users=users, tokens=tokens)


def in_order(sent: Iterable[Sent]) -> Iterator[tuple[Sent, int]]:
    """Each request with how many of the same method and path came before it."""
    before: Counter[Sent] = Counter()
    for request in sent:
        yield request, before[request]
        before[request] += 1


def shape(request: Sent, nth: int) -> str:
    """The request without ids, but for those of what a run makes; its page or its turn is kept."""
    method, path = request
    return f"{method} {_ID.sub('/{}', path)} {nth}"


def cells(sent: Sequence[Sent], form: Form) -> Iterator[Cell]:
    """This fault at every request that it can be of, once and from then on."""
    alike = Counter(shape(*each) for each in in_order(sent))
    before: Counter[str] = Counter()
    for request, nth in in_order(sent):
        asked = shape(request, nth)
        twin, twins = before[asked], alike[asked]
        before[asked] += 1
        for times in (1, 0):
            method, path = request
            kind, more = form
            fault = Fault(kind=kind, method=method, path=path, times=times, skip=nth, **dict(more))
            if _can_be(fault, request):
                yield Cell(request=request, nth=nth, fault=fault, twin=twin, twins=twins)


def is_sampled(cell: Cell, form: Form, credential: Credential, *, one_in: int = 1) -> bool:
    """Whether the cell belongs to the part that is tried every time.

    There each fault meets each shape of request once: for one of the groups or people it is about,
    by turns once or from then on, with a token or as an app. What only one of the credentials asks
    for is its own. `one_in` of these pairs is tried, and all that concern a group that is made.
    """
    method, path = cell.request
    if crc32(f"{cell.shape} {form}".encode()) // 16 % cell.twins != cell.twin:
        return False
    turn = crc32(f"{method} {path} {cell.nth} {form}".encode())
    often = 0 if cell.fault.times else 1
    if not _IS_MADE.search(f"{method} {path}") and turn // 4 % one_in:
        return False
    if _IS_OWN.search(path):
        return turn % 2 == often
    return turn % 4 == 2 * CREDENTIALS.index(credential) + often


def _can_be(fault: Fault, request: Sent) -> bool:
    """Whether the request is of the sort that has the fault; any query may be meant."""
    return fault.matches(*request) or fault.matches(*request, "search=")
