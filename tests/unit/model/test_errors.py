"""Every reason to stop has the exit code that `--help` promises."""

import pytest

from reconciler.model.diagnostics import Diagnostic, Span
from reconciler.model.errors import (
    CatalogError,
    ConnectorError,
    GuardRefused,
    IncompleteReadError,
    ReconcilerError,
    StalePlanError,
    StoreError,
    UsageError,
)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (1, ReconcilerError),
        (64, UsageError),
        (1, ConnectorError),
        (1, IncompleteReadError),
        (1, StoreError),
        (3, GuardRefused),
        (3, StalePlanError),
    ],
)
def test_an_error_ends_the_process_with_its_documented_code(code, kind):
    """A pipeline tells a refusal from a failure by this number alone."""
    error = kind("some-code", "what happened", "what to do")
    assert (code, "some-code", "what happened", "what to do", "what happened") == (
        error.exit_code,
        error.code,
        error.message,
        error.hint,
        str(error),
    )


def test_a_catalog_error_carries_every_problem():
    """All of them are shown in one run."""
    found = (Diagnostic(code="a", summary="wrong", span=Span("a.yaml")),)
    error = CatalogError(found)
    assert (1, "catalog-invalid", found) == (error.exit_code, error.code, error.diagnostics)
    assert "`reconciler validate`" in error.hint
    assert error.message.startswith("the catalog has errors; ")
    assert CatalogError(found, "the newest commit of main").message.startswith("the newest commit ")


def test_a_connector_error_keeps_what_okta_said():
    """The executor decides by status and Okta's code, support asks for the request id."""
    error = ConnectorError("x", "y", status=403, okta_code="E0000006", request_id="req1")
    assert (error.status, error.okta_code, error.request_id) == (403, "E0000006", "req1")
