"""Okta's OpenAPI document judges every answer of a session with the sandbox.

The document is stricter than Okta in places: what a recorded answer of the same endpoint does
too is no fault. The rest stands in a table, with a reason.
"""

import asyncio
from collections import defaultdict

import httpx
import pytest

from reconciler.sandbox import Sandbox
from tests.contract.session import HOST, WORLD, doors, held
from tests.contract.steps import STEPS
from tests.contract.tables import Table, told

TABLE = Table("undocumented.yaml")


@pytest.fixture(scope="module")
def session(where, present):
    """The answers of the session, and how many steps wait for their endpoint."""
    answers, waiting = asyncio.run(held(STEPS, where))
    refusals, _ = asyncio.run(held(doors(where, present), where))
    return [*answers, *refusals], waiting


@pytest.fixture(scope="module")
def found(session, excused, document):
    """What the sandbox does against the document, and no recorded answer does."""
    pairs = set()
    for each in session[0]:
        if each.endpoint is not None:
            body = each.response.json() if each.response.content else None
            pairs |= document.faults(each.endpoint, each.response.status_code, body)
    return pairs - excused


def test_every_answer_is_documented_or_recorded_or_stands_in_a_table(found, session, figures):
    """A client that was made from the document understands the sandbox."""
    answers, waiting = session
    figures(
        f"answers judged by OpenAPI: {len(answers)} from "
        f"{len({each.endpoint for each in answers} - {None})} endpoints; "
        f"steps that wait for an endpoint: {waiting}"
    )
    new = TABLE.new(found)
    assert new == [], f"neither documented nor recorded:\n{told(new)}"


def test_everything_in_the_table_still_happens(found):
    """A row that outlives its cause would hide the next one."""
    gone = TABLE.gone(found)
    assert gone == [], f"to be struck out:\n{told(row[:2] for row in gone)}"
    assert set(TABLE.reasons) == {row.reason for row in TABLE.rows}


def test_every_step_gets_the_status_that_okta_gives(session):
    """Success where it should succeed, and each refusal with its own status."""
    wrong = [
        f"{each.said}: {each.wanted} expected, {each.response.status_code} given"
        for each in session[0]
        if each.response.status_code != each.wanted
    ]
    assert wrong == []


def test_every_endpoint_is_visited_in_success_and_in_refusal(session, where, present):
    """An endpoint that somebody adds needs a step here."""
    statuses = defaultdict(set)
    for each in session[0]:
        statuses[each.endpoint].add(each.response.is_success)
    visited = {endpoint for endpoint, seen in statuses.items() if seen == {True, False}}
    open_to_all = {"GET /.well-known/okta-organization"}
    assert {where.name(shape) for shape in present} - visited - open_to_all == set()


def test_an_empty_bucket_answers_with_an_error_object_and_no_advice(document):
    """429 has the three headers and never a Retry-After."""
    with Sandbox.open(None, world=WORLD, rate_limit=1) as sandbox:

        async def twice():
            headers = {"Authorization": f"SSWS {sandbox.token()}"}
            async with httpx.AsyncClient(transport=sandbox.transport(), headers=headers) as client:
                await client.get(f"{HOST}/api/v1/groups")
                return await client.get(f"{HOST}/api/v1/groups")

        answer = asyncio.run(twice())
    assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
    assert document.violations("GET /api/v1/groups", answer.status_code, answer.json()) == set()
    assert "retry-after" not in answer.headers
    assert answer.headers["x-rate-limit-remaining"] == "0"


def test_an_error_of_a_recorded_code_reads_as_recorded(session, recorded):
    """Status, words and challenge of a code that Okta uses for one thing only."""
    by_code = defaultdict(set)
    for each in recorded[0]:
        if isinstance(each.body, dict) and "errorCode" in each.body:
            challenge = tuple(each.headers.get("www-authenticate", ()))
            by_code[each.body["errorCode"]].add((each.status, each.body["errorSummary"], challenge))
    wrong = []
    for each in session[0]:
        answer = each.response
        code = answer.json().get("errorCode") if answer.is_error else None
        challenge = tuple(answer.headers.get_list("www-authenticate"))
        if len(by_code[code]) == 1:
            said = (answer.status_code, answer.json()["errorSummary"], challenge)
            wrong += [f"{code}: {said} here"] if said not in by_code[code] else []
    assert sorted(set(wrong)) == []
