"""A session with the sandbox: every endpoint that it has or may have, in success and in refusal.

A step whose endpoint the sandbox does not have is left out, and waits there for it.
"""

import re
from dataclasses import dataclass, field

import httpx

from reconciler.sandbox import (
    App,
    CustomRole,
    Group,
    OAuthClient,
    Rule,
    Sandbox,
    Token,
    User,
    World,
)
from tests.support import signing

HOST = "https://acme.okta.com"
TOKEN = "POST /oauth2/v1/token"
"""The one endpoint that is asked with a form, and without any other credential."""
_ADMIN = "admin@acme.example"
_STATUSES = (
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "LOCKED_OUT",
    "PASSWORD_EXPIRED",
    "SUSPENDED",
    "DEPROVISIONED",
)
_PEOPLE = tuple(
    User(login=f"{status.lower()}.{n}@acme.example", status=status)
    for status in _STATUSES
    for n in range(3)
)
_LOGINS = tuple(user.login for user in _PEOPLE)
WORLD = World(
    users=(*_PEOPLE, User(login=_ADMIN, roles=("SUPER_ADMIN",))),
    groups=(
        Group(name="tool", description="who uses the tool", members=_LOGINS),
        Group(name="ruled", members=_LOGINS[:2]),
        Group(name="spare"),
        Group(name="directory", type="APP_GROUP", members=_LOGINS[:3]),
    ),
    rules=(
        Rule(name="resting", expression='user.login=="x"', status="INACTIVE", groups=("ruled",)),
        Rule(
            name="running",
            expression='user.login=="y"',
            groups=("ruled",),
            exclude=(_LOGINS[0],),
        ),
    ),
    apps=(App(label="Tool", groups=("tool",)), App(label="Other")),
    tokens=(Token(name="reconciler", owner=_ADMIN), Token(name="old", owner=_ADMIN)),
    oauth_clients=(
        OAuthClient(
            label="program",
            generate=True,
            scopes=("okta.groups.read", "okta.users.read"),
            roles=("SUPER_ADMIN",),
            custom_roles=(CustomRole(name="readers", permissions=("okta.groups.read",)),),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A request and the status it must get; `{name}` in it stands for something known."""

    status: int
    request: str
    body: object = None
    keep: str = ""
    headers: dict = field(default_factory=dict)
    is_beyond: bool = False
    """Whether it is sent to where no endpoint is."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a step was answered."""

    said: str
    endpoint: str
    wanted: int
    response: httpx.Response


def known():
    """Ids by name: groups, apps, rules and tokens by theirs, users by their login up to the @."""
    users = {user.login.partition("@")[0].replace(".", ""): user.id for user in WORLD.users}
    groups = {group.name.lower(): group.id for group in WORLD.with_everyone().groups}
    rest = {
        **{f"app{app.label.lower()}": app.id for app in WORLD.apps},
        **{f"rule{rule.name}": rule.id for rule in WORLD.rules},
        **{f"token{token.name}": token.id for token in WORLD.tokens},
        "program": WORLD.oauth_clients[0].client_id,
    }
    return {**users, **groups, **rest, "nobody": "00u" + "x" * 17, "nogroup": "00g" + "x" * 17}


async def held(steps, where):
    """The answers to all steps whose endpoint the sandbox has, and how many wait for theirs."""
    names, answers, waiting = known(), [], 0
    with Sandbox.open(None, world=WORLD, rate_limit="off") as sandbox:
        async with httpx.AsyncClient(transport=sandbox.transport()) as client:
            for step in steps:
                method, _, target = step.request.partition(" ")
                endpoint = where.endpoint(method, target.partition("?")[0])
                is_there = step.is_beyond or where.is_present(endpoint)
                if not is_there or any(name not in names for name in _names(target)):
                    waiting += 1
                    continue
                answers.append(await _answered(client, step, names, sandbox, endpoint))
                _keep(names, step, answers[-1].response)
    return answers, waiting


def doors(where, present):
    """Every endpoint without a token and with a wrong one."""
    for shape in sorted(present):
        if "well-known" in shape or shape == TOKEN:
            continue
        request = where.name(shape)
        for status, given in ((403, ""), (401, "SSWS 00wrong")):
            filled = re.sub(r"\{\w*\}", "x", request)
            yield Step(status=status, request=filled, headers={"Authorization": given})


def _names(target):
    return [part.partition("}")[0] for part in target.split("{")[1:]]


async def _asked_for_token(client, step, names, sandbox):
    """The step's body is what stands otherwise in a form that is right."""
    app = sandbox.service_app(names["program"], scopes=())
    url = f"{HOST}/oauth2/v1/token"
    signed = signing.assertion(app, sandbox.now().timestamp(), url)
    return await client.post(url, data={**signing.form(signed), **(step.body or {})})


async def _answered(client, step, names, sandbox, endpoint):
    if step.request == TOKEN:
        response = await _asked_for_token(client, step, names, sandbox)
        said = f"{step.request} {step.body or ''}".strip()
        return Answered(said=said, endpoint=endpoint, wanted=step.status, response=response)
    method, _, target = step.request.partition(" ")
    body = _filled(step.body, names)
    response = await client.request(
        method,
        HOST + target.format_map(names),
        headers={"Authorization": f"SSWS {sandbox.token()}", **step.headers},
        **({"content": body} if isinstance(body, bytes) else {"json": body}),
    )
    said = f"{step.request} {step.body or ''}".strip()
    return Answered(said=said, endpoint=endpoint, wanted=step.status, response=response)


def _keep(names, step, response):
    if step.keep and response.is_success:
        names[step.keep] = response.json()["id"]
    if "next" in response.links:
        names["after"] = response.links["next"]["url"].partition("after=")[2].partition("&")[0]


def _filled(value, names):
    match value:
        case str():
            return value.format_map(names) if value.startswith("{") else value
        case dict():
            return {key: _filled(each, names) for key, each in value.items()}
        case list():
            return [_filled(each, names) for each in value]
        case _:
            return value
