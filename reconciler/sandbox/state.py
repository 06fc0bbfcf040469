"""What every part of a running org shares."""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from reconciler.sandbox.faults import Faults
from reconciler.sandbox.limits.concurrency import InFlight
from reconciler.sandbox.limits.rate import Limits, RateLimit, parse_rate_limit
from reconciler.sandbox.storage.clock import Clock
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.model import Org
from reconciler.sandbox.world.options import Options


class Exchange(NamedTuple):
    """A request that came, and the status it was answered with; 0 when the line was cut."""

    method: str
    path: str
    query: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """The org's state, time, faults and limits, and the requests it has seen."""

    database: Database
    clock: Clock
    faults: Faults
    limits: Limits = field(default_factory=Limits)
    in_flight: InFlight = field(default_factory=InFlight)
    exchanges: list[Exchange] = field(default_factory=list)

    def org(self) -> Org:
        """Who the org is."""
        row = self.database.first("SELECT org FROM settings")
        return msgspec.json.decode(row[0], type=Org) if row else Org()

    def options(self) -> Options:
        """How the org behaves."""
        row = self.database.first("SELECT body FROM options")
        return msgspec.json.decode(row[0], type=Options) if row else Options()

    def rate_limit(self) -> RateLimit:
        """The rate limit that the org was seeded with."""
        row = self.database.first("SELECT rate_limit FROM settings")
        return parse_rate_limit(row[0]) if row else "okta"
