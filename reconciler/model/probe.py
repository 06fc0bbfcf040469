"""What a test of a connector found."""

from dataclasses import dataclass
from enum import Enum

from reconciler.model.ids import ConnectorId

__all__ = ["Probe", "ProbeCheck", "ProbeStatus", "failed", "passed", "unproven"]


class ProbeStatus(Enum):
    """How one check ended. `UNPROVEN` says honestly that reading could not tell."""

    PASSED = "passed"
    WARNED = "warned"
    UNPROVEN = "unproven"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeCheck:
    """One thing that was looked at; a failure says what to do."""

    name: str
    status: ProbeStatus
    summary: str
    hint: str = ""


def passed(name: str, summary: str) -> ProbeCheck:
    """It works."""
    return ProbeCheck(name=name, status=ProbeStatus.PASSED, summary=summary)


def unproven(name: str, summary: str) -> ProbeCheck:
    """Reading could not tell."""
    return ProbeCheck(name=name, status=ProbeStatus.UNPROVEN, summary=summary)


def failed(name: str, summary: str, hint: str) -> ProbeCheck:
    """It does not work, and this is what to do."""
    return ProbeCheck(name=name, status=ProbeStatus.FAILED, summary=summary, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A connector's whole test, in the order in which one thing rests on another."""

    connector: ConnectorId
    sandbox: bool
    checks: tuple[ProbeCheck, ...]

    @property
    def has_failed(self) -> bool:
        """Whether any check failed."""
        return any(check.status is ProbeStatus.FAILED for check in self.checks)
