"""Scripted faults: what the org will do wrong, to which requests, how often."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from reconciler.sandbox.api_errors import SandboxError
from reconciler.sandbox.storage.database import Database

Kind: TypeAlias = Literal[
    "status",
    "html",
    "concurrency",
    "cut",
    "short",
    "malformed",
    "empty",
    "delay",
    "repeat",
    "foreign-next",
    "wrong-shape",
    "after-write",
    "lag",
    "index-lag",
    "missing-role",
    "expired-token",
    "revoked-token",
    "role-lost",
    "scope-revoked",
    "clock-skew",
    "outside-zone",
]
KINDS: Final[tuple[str, ...]] = get_args(Kind)

_LIST: Final = re.compile(
    r"/api/v1/(?:(?:groups|users|apps)(?:/[^/]+/(?:users|groups|apps))?|groups/rules|logs)"
)
_MEMBERS: Final = re.compile(r"/api/v1/groups/[^/]+/users")
_INDEXED: Final = frozenset({"/api/v1/users", "/api/v1/groups"})
_INDEX: Final = re.compile(r"(?:^|&)(?:search|q)=")
CREDENTIAL_FAULTS: Final = frozenset({"revoked-token", "role-lost", "scope-revoked"})
"""The faults that take something from the caller, for good."""
_WITH_CREDENTIAL: Final = re.compile(r"/api/v1/|/oauth2/v1/clients/")
LIST_FAULTS: Final = frozenset({"empty", "repeat", "foreign-next", "wrong-shape"})
"""The faults that only a list can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One scripted fault; `path` is a glob, and `times=0` lasts until the faults are cleared.

    The first `skip` requests that match pass. `seconds` is a delay, a lag, or how far away
    the reset of a 429 is, or by how much a `clock-skew` puts the org's clock ahead; below 0 is
    behind. A `missing-role` makes lists empty, or refuses them with `status=403`. What
    `revoked-token`, `role-lost` and `scope-revoked` take from the caller is gone for good.
    Kinds that make sense for lists or writes only match only these.
    """

    kind: Kind
    method: str = "*"
    path: str = "*"
    times: int = 1
    status: int | None = None
    seconds: float | None = None
    skip: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise SandboxError(f"no such fault: {self.kind}; there are {', '.join(KINDS)}")
        lowest, highest = 400, 599
        if self.kind == "status" and not lowest <= (self.status or 0) <= highest:
            raise SandboxError("a fault of kind status needs a status from 400 to 599")
        if self.kind == "missing-role" and self.status not in (None, 403):
            raise SandboxError("a fault of kind missing-role has no status, or 403")
        is_behind = self.kind != "clock-skew" and (self.seconds or 0) < 0
        if self.times < 0 or self.skip < 0 or is_behind:
            raise SandboxError("a fault's times, skip and seconds are not negative")

    def matches(self, method: str, path: str, query: str = "") -> bool:
        """Whether this request is one that can go wrong in this way."""
        if self.method not in ("*", method) or not fnmatchcase(path, self.path):
            return False
        return self._applies(method, path, query)

    def _applies(self, method: str, path: str, query: str) -> bool:
        is_read = method == "GET"
        match self.kind:
            case "after-write":
                applies = not is_read
            case "lag":
                applies = is_read and _MEMBERS.fullmatch(path) is not None
            case "index-lag":
                applies = is_read and path in _INDEXED and _INDEX.search(query) is not None
            case kind if kind in CREDENTIAL_FAULTS:
                applies = _WITH_CREDENTIAL.match(path) is not None
            case kind if kind in LIST_FAULTS:
                applies = is_read and _LIST.fullmatch(path) is not None
            case _:
                applies = True
        return applies


class Faults:
    """The faults of an org, kept in its database so that another process can add some."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, fault: Fault) -> None:
        """The fault waits for its requests, behind those added before it."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO faults (body, left, skip) VALUES (?, ?, ?)",
                (msgspec.json.encode(fault), fault.times, fault.skip),
            )

    def list(self) -> tuple[Fault, ...]:
        """The faults that still wait, as they were added."""
        return tuple(fault for _, fault, _ in self._waiting())

    def clear(self) -> None:
        """No fault waits."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM faults")

    def claim(self, method: str, path: str, query: str = "") -> Fault | None:
        """The fault that this request meets, used up once; only the first that is due."""
        if not any(fault.matches(method, path, query) for _, fault, _ in self._waiting()):
            return None
        with self._database.write() as connection:
            for number, fault, skip in self._waiting():
                if not fault.matches(method, path, query):
                    continue
                if skip > 0:
                    connection.execute("UPDATE faults SET skip = skip - 1 WHERE no = ?", (number,))
                    continue
                connection.execute("DELETE FROM faults WHERE no = ? AND left = 1", (number,))
                connection.execute(
                    "UPDATE faults SET left = left - 1 WHERE no = ? AND left > 1", (number,)
                )
                return fault
        return None

    def _waiting(self) -> tuple[tuple[int, Fault, int], ...]:
        rows = self._database.rows("SELECT no, body, skip FROM faults ORDER BY no")
        return tuple((no, msgspec.json.decode(body, type=Fault), skip) for no, body, skip in rows)
