"""Compares the scopes of a token with those that are needed.

Okta leaves out silently what an app was never granted, as long as it was granted anything (Okta:
client credentials); the first sign would be an empty 403 in the middle of a run.
"""

from collections.abc import Iterator

from reconciler.model.directory import CredentialFacts
from reconciler.model.probe import ProbeCheck, failed, passed, warned
from reconciler.planning.scopes import ScopeNeed, is_covered

__all__ = ["judge_scopes"]

_WHERE = "in the Admin Console: Applications > the service app > Okta API Scopes"


def judge_scopes(
    needs: tuple[ScopeNeed, ...], credential: CredentialFacts | None
) -> Iterator[ProbeCheck]:
    """Whether the token may ask what is needed; an API token has no scopes to judge."""
    if credential is None or credential.granted is None:
        return
    granted = credential.granted
    absent = [need for need in needs if not is_covered(need.scope, granted)]
    required = [need for need in absent if need.is_required]
    if required:
        yield _missing(required, granted)
    else:
        yield passed("scopes", _words(granted))
    for need in absent:
        if not need.is_required:
            yield warned(
                f"scope {need.scope}",
                "scope-optional-missing",
                f"not granted: {need.loss}",
                f"grant it {_WHERE}",
            )
    if unneeded := granted - {need.scope for need in needs}:
        yield warned(
            "least privilege of scopes",
            "scope-unneeded",
            f"granted and not needed: {_words(unneeded)}",
            f"revoke what is not needed {_WHERE}",
        )


def _missing(required: list[ScopeNeed], granted: frozenset[str]) -> ProbeCheck:
    reasons = "; ".join(f"{need.scope} ({need.because})" for need in required)
    return failed(
        "scopes",
        "scope-missing",
        f"not granted: {reasons}; granted: {_words(granted)}",
        f"grant {_words(frozenset(n.scope for n in required))} {_WHERE}",
    )


def _words(scopes: frozenset[str]) -> str:
    return ", ".join(sorted(scopes)) or "none"
