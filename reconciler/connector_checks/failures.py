"""What a failure means for a test: which check it fails, what to do, and what was not looked at.

Three refusals look alike from outside (Okta: a revoked token, one unused for 30 days, and one whose
owner is suspended all get E0000011), so they are one diagnosis that names all three.
"""

from collections.abc import Iterator
from enum import Enum

from reconciler.connector_checks.check_result import CheckResult, failed_check, skipped_check
from reconciler.model.errors import ConnectorError, ReconcilerError

__all__ = ["Stage", "judge_failure"]


class Stage(Enum):
    """What has to work before the next can; the value is the name of its check."""

    CONFIGURATION = "configuration"
    ORG = "org"
    CREDENTIAL = "credential"
    READS = "reads"


_RESTS_ON = ("org", "credential", "rights", "canary", "groups")
"""Checks in the order in which one rests on another."""

_HINTS = {
    "E0000005": "Okta did not take the secret for an API token at all: with `method: ssws` it has "
    "to be the token alone, as the Admin Console showed it once",
    "E0000011": "Okta answers alike for three causes: the token was revoked, it was not used for "
    "30 days, or its owner is suspended or deactivated. Look at Security > API > Tokens in the "
    "Admin Console, then store a new token",
}


def judge_failure(error: ReconcilerError, stage: Stage) -> Iterator[CheckResult]:
    """The check that the error fails, and every one that rests on it as not run."""
    yield failed_check(stage.value, error.code, error.message, _hint(error))
    for name in _RESTS_ON[_count_run(stage) :]:
        yield skipped_check(name, "rests-on-failure", f"{stage.value} failed ({error.code})")


def _hint(error: ReconcilerError) -> str:
    if isinstance(error, ConnectorError) and error.okta_code in _HINTS:
        return _HINTS[error.okta_code]
    return error.hint


def _count_run(stage: Stage) -> int:
    """How many of the checks ran: those before the one that failed, and itself."""
    return {Stage.CONFIGURATION: 0, Stage.ORG: 1, Stage.CREDENTIAL: 2, Stage.READS: 2}[stage]
