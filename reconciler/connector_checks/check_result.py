"""What a test of a connector found."""

from dataclasses import dataclass
from enum import Enum

from reconciler.model.ids import ConnectorId

__all__ = [
    "CheckResult",
    "CheckStatus",
    "ConnectorTest",
    "CredentialUse",
    "failed_check",
    "passed_check",
    "skipped_check",
    "unproven_check",
    "warned_check",
]


class CheckStatus(Enum):
    """How one check ended. `UNPROVEN` says honestly that reading could not tell."""

    PASSED = "passed"
    WARNED = "warned"
    UNPROVEN = "unproven"
    FAILED = "failed"
    NOT_RUN = "not run"


class CredentialUse(Enum):
    """Which commands use the credential that was tested."""

    PLAN = "plan"
    APPLY = "apply"
    BOTH = "plan and apply"

    @property
    def writes(self) -> bool:
        """Whether it has to be able to write."""
        return self is not CredentialUse.PLAN


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One thing that was looked at. `code` says which trouble, where it did not pass."""

    name: str
    status: CheckStatus
    summary: str
    code: str = ""
    hint: str = ""


def passed_check(name: str, summary: str) -> CheckResult:
    """It works."""
    return CheckResult(name=name, status=CheckStatus.PASSED, summary=summary)


def warned_check(name: str, code: str, summary: str, hint: str) -> CheckResult:
    """It works, and should not stay so."""
    return _make_check(CheckStatus.WARNED, name, code, summary, hint)


def unproven_check(name: str, code: str, summary: str, hint: str = "") -> CheckResult:
    """Reading could not tell."""
    return _make_check(CheckStatus.UNPROVEN, name, code, summary, hint)


def failed_check(name: str, code: str, summary: str, hint: str) -> CheckResult:
    """It does not work, and this is what to do."""
    return _make_check(CheckStatus.FAILED, name, code, summary, hint)


def skipped_check(name: str, code: str, summary: str, hint: str = "") -> CheckResult:
    """Nobody looked, because something that it rests on failed."""
    return _make_check(CheckStatus.NOT_RUN, name, code, summary, hint)


def _make_check(status: CheckStatus, name: str, code: str, summary: str, hint: str) -> CheckResult:
    return CheckResult(name=name, status=status, code=code, summary=summary, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorTest:
    """The whole test of one credential, in the order in which one thing rests on another."""

    connector: ConnectorId
    sandbox: bool
    checks: tuple[CheckResult, ...]
    credential: CredentialUse = CredentialUse.BOTH
    proxy: str = ""
    """By which the org is reached, as host and port; empty where it is reached straight."""

    @property
    def has_failed(self) -> bool:
        """Whether any check failed."""
        return any(check.status is CheckStatus.FAILED for check in self.checks)
