"""A failure, as the check that it fails and those that it keeps from being run."""

import pytest

from reconciler.connector_checks.failures import Stage, judge_failure
from reconciler.model.errors import ConnectorError, GuardRefused

REST = ["rights", "canary", "groups"]


@pytest.mark.parametrize(
    ("skipped", "stage"),
    [
        (["org", "credential", *REST], Stage.CONFIGURATION),
        (["credential", *REST], Stage.ORG),
        (REST, Stage.CREDENTIAL),
        (REST, Stage.READS),
    ],
)
def test_what_rests_on_a_failure_was_not_run_and_says_so(skipped, stage):
    """Nobody takes silence for a pass."""
    first, *others = judge_failure(GuardRefused("org-mismatch", "no", "correct it"), stage)
    assert (first.name, first.status.value) == (stage.value, "failed")
    assert (first.code, first.summary, first.hint) == ("org-mismatch", "no", "correct it")
    assert [check.name for check in others] == skipped
    assert {check.status.value for check in others} == {"not run"}
    assert {check.summary for check in others} == {f"{stage.value} failed (org-mismatch)"}


def test_one_refusal_that_has_three_causes_names_all_three():
    """Okta does not tell which."""
    error = ConnectorError("token-refused", "401", "h", status=401, okta_code="E0000011")
    hint = next(judge_failure(error, Stage.CREDENTIAL)).hint
    assert all(cause in hint for cause in ("revoked", "30 days", "suspended or deactivated"))


def test_a_secret_that_is_no_token_is_told_from_one_that_is_refused():
    """`E0000005` is about its form."""
    error = ConnectorError("auth-scheme-wrong", "403", "h", status=403, okta_code="E0000005")
    assert "token alone" in next(judge_failure(error, Stage.CREDENTIAL)).hint
