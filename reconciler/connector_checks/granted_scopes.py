"""The scopes that a token was granted, against those that are needed."""

from collections.abc import Iterator

from reconciler.connector_checks.check_result import (
    CheckResult,
    failed_check,
    passed_check,
    warned_check,
)
from reconciler.connector_checks.oauth_scopes import ScopeNeed, is_covered
from reconciler.model.directory import CredentialFacts

__all__ = ["judge_scopes"]

_WHERE = "in the Admin Console: Applications > the service app > Okta API Scopes"


def judge_scopes(
    needs: tuple[ScopeNeed, ...], credential: CredentialFacts | None
) -> Iterator[CheckResult]:
    """Whether the token may ask what is needed; an API token has no scopes to judge."""
    if credential is None or credential.granted is None:
        return
    granted = credential.granted
    absent = [need for need in needs if not is_covered(need.scope, granted)]
    required = [need for need in absent if need.is_required]
    if required:
        yield _missing(required, granted)
    else:
        yield passed_check("scopes", _words(granted))
    for need in absent:
        if not need.is_required:
            yield warned_check(
                f"scope {need.scope}",
                "scope-optional-missing",
                f"not granted: {need.loss}",
                f"grant it {_WHERE}",
            )
    if unneeded := granted - {need.scope for need in needs}:
        yield warned_check(
            "least privilege of scopes",
            "scope-unneeded",
            f"granted and not needed: {_words(unneeded)}",
            f"revoke what is not needed {_WHERE}",
        )


def _missing(required: list[ScopeNeed], granted: frozenset[str]) -> CheckResult:
    reasons = "; ".join(f"{need.scope} ({need.because})" for need in required)
    return failed_check(
        "scopes",
        "scope-missing",
        f"not granted: {reasons}; granted: {_words(granted)}",
        f"grant {_words(frozenset(n.scope for n in required))} {_WHERE}",
    )


def _words(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(scopes)) or "none"
