"""A test has failed when one check has."""

import pytest

from reconciler.connector_checks.check_result import (
    CheckResult,
    CheckStatus,
    ConnectorTest,
    CredentialUse,
)


def probe(*statuses):
    """A test with one check of each status."""
    checks = tuple(CheckResult(name="n", status=status, summary="s") for status in statuses)
    return ConnectorTest(connector="okta-prod", sandbox=False, checks=checks)


@pytest.mark.parametrize("status", list(CheckStatus))
def test_only_a_failure_fails(status):
    """A warning is to be read, and unproven is honest."""
    assert probe(CheckStatus.PASSED, status).has_failed is (status is CheckStatus.FAILED)


def test_no_check_is_no_failure():
    """There was nothing to look at."""
    assert not probe().has_failed


@pytest.mark.parametrize("use", list(CredentialUse))
def test_only_the_plans_own_credential_need_not_write(use):
    """Whatever else uses it applies."""
    assert use.writes is (use is not CredentialUse.PLAN)
