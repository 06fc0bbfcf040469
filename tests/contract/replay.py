"""Recorded requests sent again, each to an org of its own."""

import re
from dataclasses import dataclass

import httpx

from reconciler.sandbox import Group, Sandbox, User, World
from tests.contract import worlds
from tests.contract.differences import differences
from tests.contract.session import TOKEN
from tests.support import signing
from tests.support.signing import ProofKey

_HOST = "https://test.okta.com"
_PASSWORD = {"password": {"value": "Correct-Horse-9"}}
_REDACTED = "<redacted>"
_WRONG_TOKEN = "00wrong"
_LOST = {
    "POST /api/v1/groups": ("profile",),
    "PUT /api/v1/groups/{groupId}": ("profile",),
    "POST /api/v1/groups/rules": ("type", "name", "conditions", "actions"),
    "PUT /api/v1/groups/rules/{groupRuleId}": ("type", "name", "conditions", "actions"),
    "POST /api/v1/users": ("profile",),
    "POST /api/v1/users/{id}": ("profile",),
    "PUT /api/v1/users/{id}": ("profile",),
}
"""Old recorders lost bodies; these members of the answer say what had been sent."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """An exchange that was sent again, and what differed."""

    name: str
    endpoint: str
    found: frozenset


async def replay(exchange, endpoint):
    """The request is sent to an org that holds what the recorded one held."""
    world = worlds.before(exchange, endpoint)
    with Sandbox.open(None, world=world) as sandbox:
        async with httpx.AsyncClient(transport=sandbox.transport()) as client:
            if endpoint == TOKEN:
                response = await _signed_in(exchange, sandbox, client)
                found = differences(exchange, response, worlds.scaffold(world))
                return Replay(name=exchange.name, endpoint=endpoint, found=frozenset(found))
            headers = _headers(exchange, sandbox)
            query = await _query(exchange, client, headers)
            response = await client.request(
                exchange.method,
                f"{_HOST}{exchange.path}{query}",
                headers=headers,
                json=_body(exchange, endpoint),
            )
    found = differences(exchange, response, worlds.scaffold(world))
    return Replay(name=exchange.name, endpoint=endpoint, found=frozenset(found))


async def _signed_in(exchange, sandbox, client):
    """A service app that must use DPoP; only the exchange that succeeded knew a nonce."""
    scopes = ("okta.users.read", "okta.apps.read", "okta.groups.read")
    app, key, url = sandbox.service_app(scopes=scopes, dpop=True), ProofKey(), _HOST + exchange.path

    async def sent(nonce):
        now = sandbox.now().timestamp()
        body = signing.form(signing.assertion(app, now, url), " ".join(scopes))
        proof = {"DPoP": key.proof("POST", url, now, nonce=nonce)} if exchange.has_proof else {}
        return await client.post(url, data=body, headers=proof)

    response = await sent(None)
    is_repeated = exchange.status == httpx.codes.OK
    return await sent(response.headers["dpop-nonce"]) if is_repeated else response


async def events_like(samples):
    """Events that the sandbox logs, each beside a sample of its type."""
    member = User(login="member@scaffold.example", id="00uscaffold000000002")
    group = Group(name="group", id="00gscaffold000000002")
    world = World(users=(worlds.OWNER, member), groups=(group,), tokens=(worlds.TOKEN,))
    with Sandbox.open(None, world=world) as sandbox:
        headers = {"Authorization": f"SSWS {sandbox.token()}"}
        async with httpx.AsyncClient(transport=sandbox.transport(), headers=headers) as client:
            place = f"{_HOST}/api/v1/groups/{group.id}/users/{member.id}"
            await client.put(place)
            await client.delete(place)
            answer = await client.get(f"{_HOST}/api/v1/logs")
    ours = {event["eventType"]: event for event in answer.json()}
    return [
        (ours[sample.event["eventType"]], sample)
        for sample in samples
        if sample.event["eventType"] in ours
    ]


async def _query(exchange, client, headers):
    """The recorded query; a cursor that was good becomes the one behind the first item here."""
    query = exchange.query
    if exchange.status == httpx.codes.OK and query.startswith("after="):
        _, _, rest = query.partition("&")
        first = re.sub(r"\blimit=\d+", "limit=1", rest)
        answer = await client.get(f"{_HOST}{exchange.path}?{first}", headers=headers)
        cursor = answer.links.get("next", {}).get("url", "").partition("after=")[2]
        query = f"after={cursor.partition('&')[0]}&{rest}" if cursor else query
    return f"?{query}" if query else ""


def _headers(exchange, sandbox):
    """Always a token, whatever the recorded caller had: roles and scopes are not replayed."""
    token = _WRONG_TOKEN if exchange.status == httpx.codes.UNAUTHORIZED else sandbox.token()
    return {"Authorization": f"SSWS {token}", "Accept": "application/json"}


def _secrets(exchange):
    """What stands in for a secret that no recording shows; of a refused answer, a refused one."""
    asked = exchange.sent["credentials"].get("recovery_question")
    if asked is None:
        return _PASSWORD
    answer = "red" if exchange.status >= httpx.codes.BAD_REQUEST else "Mrs. Correct"
    return {"recovery_question": {**asked, "answer": answer}}


def _body(exchange, endpoint):
    if exchange.sent:
        sent = dict(exchange.sent)
        if _REDACTED in str(sent.get("credentials")):
            sent["credentials"] = {**sent["credentials"], **_secrets(exchange)}
        return sent
    if endpoint not in _LOST or not isinstance(exchange.body, dict):
        return exchange.sent if isinstance(exchange.sent, dict) else None
    body = {key: exchange.body[key] for key in _LOST[endpoint] if key in exchange.body}
    has_password = exchange.body.get("passwordChanged") is not None
    return {**body, "credentials": _PASSWORD} if has_password else body
