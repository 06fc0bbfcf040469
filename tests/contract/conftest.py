"""Where the judges find Okta's document and recorded traffic, and where they say their figures."""

import os
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.contract import endpoints, recordings
from tests.contract.slice import Slice

_FIGURES = "judged"


@pytest.fixture(scope="session")
def data():
    """The folder that RECONCILER_TEST_DATA names; without it the judges are not heard."""
    given = os.environ.get("RECONCILER_TEST_DATA")
    if not given:
        pytest.skip("RECONCILER_TEST_DATA names no folder")
    return Path(given)


@pytest.fixture(scope="session")
def document(data):
    """Okta's OpenAPI document, as far as it is at hand."""
    return Slice.load(data)


@pytest.fixture(scope="session")
def recorded(data):
    """All recorded exchanges, and all sample events."""
    return recordings.load(data)


@pytest.fixture(scope="session")
def present():
    """The endpoints that the sandbox has today."""
    with Sandbox.open(None) as sandbox:
        return endpoints.of_sandbox(sandbox)


@pytest.fixture(scope="session")
def where(document, present):
    """Finds the endpoint of a request."""
    return endpoints.Map(document.endpoints, present)


@pytest.fixture(scope="session")
def excused(recorded, where, document):
    """What recorded answers do against the document: pairs of endpoint and fault."""
    return {
        pair
        for each in recorded[0]
        if (endpoint := where.endpoint(each.method, each.path)) is not None
        for pair in document.faults(endpoint, each.status, each.body)
    }


@pytest.fixture
def figures(record_property):
    """Lines that stand below the results of the whole run."""
    return lambda line: record_property(_FIGURES, line)


def pytest_terminal_summary(terminalreporter):
    """What the judges counted, as a section of its own; reports carry it from other processes."""
    lines = [
        text
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, text in getattr(report, "user_properties", ())
        if name == _FIGURES
    ]
    if lines:
        terminalreporter.section("the sandbox, judged")
        for line in lines:
            terminalreporter.write_line(line)
