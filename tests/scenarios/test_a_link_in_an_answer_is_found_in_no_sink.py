"""Okta may answer a change of an account with a link or a password: whoever has it has the account.

The org here does so, although it is told to send the mail itself, as successes, as refusals and as
answers that break off. No output, no record and no result has any of it.
"""

import json

import httpx
import pytest

from reconciler.sandbox.server.in_process import InProcess
from tests.support.builders import Company
from tests.support.harness import Office

pytestmark = pytest.mark.slow

SECRET = "XE6wE17zmphl3KqAPFxO"
LINK = f"https://acme.okta.com/reset_password/{SECRET}"
TOLD = {
    "resetPasswordUrl": LINK,
    "activationUrl": LINK,
    "activationToken": SECRET,
    "tempPassword": SECRET,
    "errorSummary": f"use {LINK}",
    "errorId": LINK,
    "errorLink": LINK,
    "errorCauses": [{"errorSummary": LINK}],
}
AGREED = {
    "ticket": "IT-1",
    "approved_by": ["it-admins@example.com"],
    "approved_at": "2026-11-22T08:30:00Z",
}
ASKED = {"requested_at": "2026-11-22T08:30:00Z", "reason": "called", "approval": AGREED}
COMPANY = (
    Company()
    .with_lifecycle()
    .person("again", status="RECOVERY")
    .person("back", status="STAGED")
    .tool()
    .bind("amy")
    .account("amy", password_reset=ASKED)
    .account("again", password_reset=ASKED)
    .account("back", state="active", reason="back", approval=AGREED)
)
ANSWERS = {
    "200": lambda answer: _telling(answer, 200),
    "200 as text": lambda answer: _telling(answer, 200, kind="text/html"),
    "200 cut": lambda answer: _telling(answer, 200, length="9999"),
    "302": lambda answer: _telling(answer, 302),
    "400": lambda answer: _telling(answer, 400, code="E0000001"),
    "403": lambda answer: _telling(answer, 403, code=LINK),
    "500": lambda answer: _telling(answer, 500, code="E0000009"),
}


def _telling(answer, status, *, kind="application/json", length=None, code=None):
    told = json.dumps({**TOLD, "errorCode": code} if code else TOLD).encode()
    headers = {"content-type": kind, "x-okta-request-id": "req1", "location": LINK}
    headers["content-length"] = length or str(len(told))
    return httpx.Response(status, content=told, headers=headers, request=answer.request)


@pytest.fixture
def telling(monkeypatch):
    """The org answers every change of an account so, and counts them."""
    changed, answer = [], InProcess.handle_async_request

    def start(tell):
        async def handle(self, request):
            came = await answer(self, request)
            if request.method != "GET" and "/users/" in request.url.path:
                changed.append(request.url.path)
                came.request = request
                return tell(came)
            return came

        monkeypatch.setattr(InProcess, "handle_async_request", handle)
        return changed

    return start


@pytest.mark.parametrize("way", ANSWERS)
def test_what_okta_tells_of_an_account_is_printed_and_kept_nowhere(way, telling, tmp_path):
    """Nor in what is printed for whoever looks for a fault."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    changed = telling(ANSWERS[way])
    ran = office.run("-vv", "--sandbox", "apply", "plan.json", "--yes")
    again = office.run("--sandbox", "plan", "--format", "json")

    assert len(changed) >= 2
    assert ran.code in {0, 4}, ran
    kept = {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in tmp_path.rglob("*")
        if path.is_file() and not path.name.startswith("sandbox.db")
    }
    assert any("account-intent" in text for text in kept.values())
    everywhere = {**kept, "out": ran.out, "err": ran.err, "next": again.out + again.err}
    assert [name for name, text in everywhere.items() if SECRET in text] == []
