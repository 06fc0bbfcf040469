"""A secret in every input that can hold one, and an org that says everything back: no sink has it.

The org answers in the place of the network. It is as bad as an org can be: it quotes the request it
got, with its headers and its body, in error bodies, in headers, and in names.
"""

import base64
import json
import sys
from urllib.parse import quote

import httpx
import pytest

from reconciler.okta.requests.retry import GiveUp
from tests.scenarios.canaries import Canaries, leaks, opaque
from tests.support.builders import CONNECTOR, Company, group_id, group_name
from tests.support.harness import Office

pytestmark = pytest.mark.slow

ORG_ID = "00okXc34tvSrziOTAjoc"
PIN = f"{CONNECTOR}=acme.okta.com#{ORG_ID}"
BASE = {
    "id": CONNECTOR,
    "type": "okta",
    "name": "Okta production",
    "canary": {"user": "canary@example.com", "group": {"id": group_id("Canary"), "name": "Canary"}},
}
COMMANDS = (
    ("validate",),
    ("validate", "--format", "json"),
    ("validate", "--format", "github"),
    ("validate", "--format", "sarif"),
    ("plan",),
    ("plan", "--format", "json", "--connector", CONNECTOR),
    ("plan", "--format", "markdown", "--connector", CONNECTOR),
    ("plan", "--out", "new.json", "--connector", CONNECTOR),
    ("apply", "plan.json", "--yes"),
    ("show", "plan.json"),
    ("show", "plan.json", "--format", "json"),
    ("show", "plan.json", "--format", "markdown"),
    ("connector", "list"),
    ("connector", "list", "--format", "json"),
    ("connector", "test"),
    ("connector", "test", "--format", "json"),
    ("connector", "test", "--write-probe"),
)
ASKING = (
    ("-vv", "plan", "--out", "new.json", "--connector", CONNECTOR),
    ("-v", "apply", "plan.json", "--yes"),
    ("connector", "test", "--format", "json"),
)


class Hostile:
    """An org that says back what it was told; `way` is how."""

    def __init__(self, way, canaries):
        self.way = way
        self.canaries = canaries
        self.heard = []

    async def __call__(self, request):
        """The answer of the network."""
        body = (await request.aread()).decode()
        told = f"{dict(request.headers)} {request.method} {request.url} {body}"
        self.heard.append(told)
        if self.way == "fault":
            raise httpx.ConnectError(f"no way to {told}", request=request)
        if self.way == "bug":
            raise RuntimeError(told)
        return self.answer(request, told)

    def answer(self, request, told):
        """One response, with everything in its headers too."""
        path = request.url.path
        status, content = 200, {}
        if path == "/.well-known/okta-organization":
            content = {"id": ORG_ID}
        elif path == "/oauth2/v1/token" and self.way != "no-token":
            content = {
                "token_type": "Bearer",
                "expires_in": 3600,
                "access_token": self.canaries.access_token,
                "scope": f"okta.groups.read {told}",
            }
        elif path == "/oauth2/v1/token":
            status, content = 401, {"error": "invalid_client", "error_description": told}
        elif self.way == "names":
            status, content = self.named(path, told)
        else:
            status, content = int(self.way[:3]), {"errorCode": "E0000011", "errorSummary": told}
            content |= {"errorId": told, "errorCauses": [{"errorSummary": told}]}
        plain = told.replace("\n", " ").encode("ascii", "replace").decode()
        return httpx.Response(
            status,
            json=content,
            headers={
                "X-Okta-Request-Id": plain,
                "WWW-Authenticate": f'Bearer error="x", error_description="{plain}"',
                "Date": plain,
            },
            request=request,
        )

    def named(self, path, told):
        """Groups and people are called what was told."""
        profile = {"login": told, "email": told, "firstName": told, "name": told}
        person = {"id": "00uTGbbJVjufaKfQJFec", "status": told, "profile": profile}
        if path == "/api/v1/users/me":
            return 200, person
        if path == "/api/v1/groups":
            bound = {"id": group_id(group_name()), "type": "OKTA_GROUP", "profile": {"name": told}}
            return 200, [bound]
        return 200, [person] if path.endswith("/users") else []


WAYS = ("401", "403", "404", "names", "no-token", "fault", "bug")


def files(folder):
    """Every file of a run; the inputs and the sandbox's own database are none."""
    return {
        path.relative_to(folder): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
        and path.relative_to(folder).parts[0] != "catalog"
        and not path.name.startswith("sandbox.db")
    }


def printing(canaries):
    """A command that prints a secret, and another on stderr."""
    code = (
        f"import sys; print(sys.argv[1]); print({canaries.stderr[::-1]!r}[::-1], file=sys.stderr)"
    )
    return (sys.executable, "-c", code, canaries.command)


def service_app(key, **more):
    """Sign-in with a private key."""
    return {"method": "private_key_jwt", "client_id": "0oa1", "private_key": key, **more}


SIGNING = ("pem", "pem-line", "jwk", "references")
KINDS = ("token", "odd-token", "file", "command", "seed", *SIGNING)


def planted(kind, canaries, folder):
    """A connector whose secret is kept so, and the variables around it."""
    secrets = folder.parent / "secrets"
    secrets.mkdir()
    for name, text in (("token", canaries.file), ("key.pem", canaries.pem)):
        (secrets / name).write_text(f"{text}\n", encoding="utf-8")
        (secrets / name).chmod(0o600)
    argv = printing(canaries)
    variables = {
        "API_TOKEN": canaries.api_token,
        "ODD_TOKEN": canaries.variable,
        "SEED": json.dumps({"domain": "https://acme.okta.com", "apiToken": canaries.seed_token}),
        "PEM_LINE": canaries.pem.strip().replace("\n", "\\n"),
        "JWK": canaries.jwk,
        "CLIENT": canaries.client_id,
        "MANAGER": canaries.manager_token,
    }
    environment = {f"OKTA_{name}": value for name, value in variables.items()}
    environment |= {
        "RECONCILER_PINS": PIN,
        "RECONCILER_SECRETS": f"{CONNECTOR}=OKTA_*",
        "RECONCILER_SECRET_DIR": str(secrets),
        "RECONCILER_COMMANDS": json.dumps({CONNECTOR: [argv]}),
        "RECONCILER_ENDPOINT_TOKEN": canaries.endpoint_token,
    }
    auth = {
        "token": {"method": "ssws", "token": {"env": "OKTA_API_TOKEN"}},
        "odd-token": {"method": "ssws", "token": {"env": "OKTA_ODD_TOKEN"}},
        "file": {"method": "ssws", "token": {"file": "token"}},
        "command": {"method": "ssws", "token": {"command": argv}},
        "pem": service_app({"file": "key.pem"}),
        "pem-line": service_app({"env": "OKTA_PEM_LINE"}, key_id="kid-1", dpop="off"),
        "jwk": service_app({"env": "OKTA_JWK"}, dpop="required"),
        "references": service_app({"env": "OKTA_JWK"}, client_id={"env": "OKTA_CLIENT"}),
    }
    if kind == "seed":
        return {**BASE, "config": {"env": "OKTA_SEED"}}, environment
    return {**BASE, "domain": "https://acme.okta.com", "auth": auth[kind]}, environment


COMPANY = Company().tool().bind("amy", "old").granted("amy", "bob").ended("old")


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The company, its plan made in the sandbox."""
    found = Office(tmp_path_factory.mktemp("planned") / "office", COMPANY)
    found.plan()
    return found


@pytest.fixture
def office(planned, tmp_path):
    """A copy of it for each test."""
    return planned.copied(tmp_path / "office")


def in_the_network(hostile, monkeypatch):
    """It answers instead of every host, and nobody waits before asking again."""

    async def answer(_transport, request):
        return await hostile(request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)
    monkeypatch.setattr("reconciler.okta.requests.retry.decide", lambda *_: GiveUp())


def check(office, canaries, commands, environment):
    """No command gives a secret away; returns what they printed, all of it together."""
    printed = ""
    for words in commands:
        ran = office.run(*words, env=environment)
        assert ran.code in {0, 1, 3, 4}, ran
        texts = {"stdout": ran.out, "stderr": ran.err, **files(office.folder)}
        assert leaks(canaries, texts) == [], words
        assert "Traceback" not in ran.err
        printed += ran.out + ran.err
    return printed


@pytest.mark.parametrize(
    ("kind", "way"),
    [(kind, way) for kind in KINDS for way in WAYS if kind in SIGNING or way != "no-token"],
)
def test_nothing_that_a_hostile_org_says_back_is_printed_or_kept(kind, way, office, monkeypatch):
    """Every kind of secret, every way of saying it back."""
    canaries = Canaries()
    connector, environment = planted(kind, canaries, office.folder)
    office.write(COMPANY.file(f"connectors/{CONNECTOR}.yaml", connector))
    hostile = Hostile(way, canaries)
    in_the_network(hostile, monkeypatch)
    printed = check(office, canaries, ASKING, environment)
    assert printed
    assert hostile.heard


@pytest.mark.parametrize("verbose", [(), ("-v",), ("-vv",)], ids=["", "v", "vv"])
@pytest.mark.parametrize("kind", ["token", "pem-line"])
def test_every_command_in_every_form_keeps_its_secrets(kind, verbose, office, monkeypatch):
    """Those that print what others read later too."""
    canaries = Canaries()
    connector, environment = planted(kind, canaries, office.folder)
    office.write(COMPANY.file(f"connectors/{CONNECTOR}.yaml", connector))
    in_the_network(Hostile("names", canaries), monkeypatch)
    assert check(office, canaries, [(*verbose, *words) for words in COMMANDS], environment)


def test_an_org_that_is_served_gets_the_endpoints_token_and_no_sink_does(office, monkeypatch):
    """`--endpoint` has a token of its own."""
    canaries = Canaries()
    _, environment = planted("token", canaries, office.folder)
    hostile = Hostile("names", canaries)
    in_the_network(hostile, monkeypatch)
    endpoint = ("--endpoint", f"{CONNECTOR}=http://127.0.0.1:9")
    check(office, canaries, [(*endpoint, *words) for words in ASKING], environment)
    assert canaries.endpoint_token in hostile.heard[-1]


def test_a_token_in_names_that_people_gave_is_starred(tmp_path):
    """Pasted into a group's name it is printed by every command; in a file it is an error."""
    canaries = Canaries()
    office = Office(tmp_path, COMPANY)
    office.write(COMPANY.grant("amy", purpose=f"Work with {canaries.github}", expires="2027-01-31"))
    refused = check(office, canaries, [("validate",), ("--sandbox", "plan")], {})
    assert "secret-literal" in refused
    office.write(COMPANY)
    with office.org() as org:
        org.rename_group(group_name(), f"Seats {canaries.github} {canaries.api_token}")
    office.plan()
    asked = [words for words in COMMANDS if words[0] != "validate"]
    printed = check(office, canaries, [("--sandbox", *words) for words in asked], {})
    assert "Seats ***" in printed


FORMS = ("{}", "{}=", "{}==", "okta-prod={}", "x=y={} ", '{{"okta-prod": [["{}"]]}}')
UNREAD = [
    (name, form)
    for name in ("RECONCILER_PINS", "RECONCILER_SECRETS", "RECONCILER_COMMANDS")
    for form in FORMS
    if (name, form) != ("RECONCILER_SECRETS", "okta-prod={}")  # the name of a variable, by its form
]


@pytest.mark.parametrize(("name", "form"), UNREAD)
def test_a_setting_that_cannot_be_read_is_not_quoted(name, form, office):
    """Somebody put the secret into the wrong field of the CI's settings."""
    canaries = Canaries()
    connector, environment = planted("command", canaries, office.folder)
    office.write(COMPANY.file(f"connectors/{CONNECTOR}.yaml", connector))
    check(office, canaries, ASKING, {**environment, name: form.format(canaries.setting)})


@pytest.mark.parametrize("command", ["fails", "hidden", "slow"])
def test_a_command_that_fails_says_nothing_of_what_it_printed(command, office):
    """Neither its output, nor its stderr, nor its arguments but the program."""
    canaries = Canaries()
    code = {
        "fails": "import sys; print(sys.argv[1]); print(sys.argv[1], file=sys.stderr); sys.exit(3)",
        "hidden": "import sys; sys.exit(sys.argv[1])",
        "slow": "import sys; print(sys.argv[1] * 9999)",
    }[command]
    argv = (sys.executable, "-c", code, canaries.argument)
    connector, environment = planted("token", canaries, office.folder)
    connector["auth"] = {"method": "ssws", "token": {"command": argv}}
    office.write(COMPANY.file(f"connectors/{CONNECTOR}.yaml", connector))
    for allowed in ({CONNECTOR: [argv]}, {}):
        environment["RECONCILER_COMMANDS"] = json.dumps(allowed)
        check(office, canaries, ASKING, environment)


@pytest.mark.parametrize("place", ["plan", "journal", "result"])
def test_a_fault_of_ours_that_holds_a_secret_is_named_by_place_alone(place, office, monkeypatch):
    """No traceback, whatever raised; chained errors neither."""
    canaries = Canaries()

    def fail(*_, **__):
        raise RuntimeError(canaries.pem) from ValueError(canaries.variable)

    target = {
        "plan": "reconciler.workflows.plan.assess",
        "journal": "reconciler.store.journal.Journal.record_begun",
        "result": "reconciler.cli.session.apply.dump_result",
    }[place]
    monkeypatch.setattr(target, fail)
    words = ("plan",) if place == "plan" else ("apply", "plan.json", "--yes")
    ran = office.run("-v", "--sandbox", *words)
    assert ran.code == 1
    assert "unexpected" in ran.err
    texts = {"stdout": ran.out, "stderr": ran.err, **files(office.folder)}
    assert leaks(canaries, texts) == []


def test_the_search_finds_a_secret_in_every_form():
    """A search that finds nothing anywhere would prove nothing."""
    canaries = Canaries()
    line = canaries.pem.splitlines()[3]
    for text in (
        canaries.variable,
        json.dumps({"a": [canaries.variable]}),
        quote(canaries.pem),
        json.dumps(canaries.pem),
        line[20:40],
        base64.b64encode(f"user:{canaries.file}".encode()).decode(),
        base64.urlsafe_b64encode(f"a{canaries.client_id}b".encode()).decode(),
    ):
        assert leaks(canaries, {"here": f"before {text} after"})
    assert leaks(canaries, {"here": f"nothing but {opaque()}"}) == []
