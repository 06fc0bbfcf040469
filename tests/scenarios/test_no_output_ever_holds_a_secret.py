"""A secret planted everywhere is in no output of any command, however much is asked for."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office

pytestmark = pytest.mark.slow

TOKEN = "00" + "aB3dE6gH9j" * 4
"""It looks like an API token, as the real one does."""
COMPANY = Company().tool().bind("amy", "old").granted("amy", "bob").ended("old")
LIVE = {
    "OKTA_PROD_TOKEN": TOKEN,
    "RECONCILER_PINS": "okta-prod=acme.okta.com#00okXc34tvSrziOTAjoc",
    "RECONCILER_SECRETS": "okta-prod=OKTA_*",
    "RECONCILER_ENDPOINT_TOKEN": TOKEN,
}
COMMANDS = (
    ("validate",),
    ("validate", "--format", "json"),
    ("plan",),
    ("plan", "--format", "json"),
    ("plan", "--out", "plan.json"),
    ("apply", "plan.json", "--yes"),
    ("show", "plan.json"),
    ("show", "plan.json", "--format", "json"),
    ("connector", "list"),
    ("connector", "list", "--format", "json"),
    ("connector", "test"),
    ("connector", "test", "--format", "json"),
    ("connector", "test", "--write-probe"),
)
ASKING = tuple(
    words
    for words in COMMANDS
    if words[0] in {"plan", "apply"} or words[:2] == ("connector", "test")
)
"""The commands that ask an org."""


def named(words):
    """A test's name: the command."""
    return "-".join(word.strip("-") for word in words)


def written(folder):
    """Every file below the folder that a run wrote, but for the sandbox's own."""
    return {
        path.relative_to(folder): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("sandbox.db")
    }


def holders(office, ran, secret=TOKEN):
    """Every place that holds the secret."""
    places = {"stdout": ran.out, "stderr": ran.err, **written(office.folder)}
    return [str(place) for place, text in places.items() if secret in text]


@pytest.fixture
def office(tmp_path):
    """The company, its plan made."""
    found = Office(tmp_path, COMPANY)
    found.plan()
    return found


@pytest.mark.parametrize("verbose", [(), ("-v",), ("-v", "-v")], ids=["", "v", "vv"])
@pytest.mark.parametrize("words", COMMANDS, ids=named)
def test_the_sandboxs_own_token_is_in_no_output(words, verbose, office):
    """Every command, quiet and loud; the journal and the result file too."""
    with office.org() as org:
        secret = org.token()
    ran = office.run("--sandbox", *verbose, *words)
    assert ran.code in {0, 1, 4}, ran
    assert holders(office, ran, secret) == []


ANSWERS = {
    "/api/v1/users/me": {
        "id": "00uTGbbJVjufaKfQJFec",
        "status": "ACTIVE",
        "profile": {"login": "svc@example.com", "email": "svc@example.com"},
    },
    "/api/v1/groups": [
        {"id": group_id(group_name()), "type": "OKTA_GROUP", "profile": {"name": group_name()}}
    ],
}
"""What the echoing org knows."""


class Echo(BaseHTTPRequestHandler):
    """A server that says back everything it was told, as an error and in its headers."""

    def do_GET(self):
        """The org answers as it should, so that the token is sent to the rest."""
        path, only = self.path.partition("?")[0], self.server.only
        if path == "/.well-known/okta-organization":
            self.say(200, {"id": "00okXc34tvSrziOTAjoc"})
        elif only and not path.endswith(only):
            self.say(200, ANSWERS.get(path, []))
        else:
            told = self.headers.get("Authorization", "")
            summary = f"Invalid token provided: {told}"
            self.say(self.server.status, {"errorCode": "E0000011", "errorSummary": summary})

    def say(self, status, body):
        """One answer, with the token in a header as well."""
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Link", f'<http://{self.headers["Host"]}{self.path}>; rel="self"')
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Okta-Request-Id", f"r-{self.headers.get('Authorization', '')}")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Nothing is printed."""


@contextmanager
def echo(status, only=""):
    """The server on a free port; `only` is how the paths end of which it says things back."""
    with HTTPServer(("127.0.0.1", 0), Echo) as httpd:
        httpd.status, httpd.only = status, only
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}"
        finally:
            httpd.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [400, 401, 403, 404])
@pytest.mark.parametrize("words", ASKING)
def test_an_org_that_says_the_token_back_does_not_get_it_printed(words, status, office):
    """Its error quotes the request; what we print of the error has stars there."""
    with echo(status) as url:
        ran = office.run("--endpoint", f"okta-prod={url}", "-v", *words, env=LIVE)
    assert ran.code in {0, 1, 3}, ran
    assert holders(office, ran) == []


@pytest.mark.parametrize("words", ASKING, ids=named)
def test_a_refusal_before_the_first_request_says_nothing_of_the_secret(words, office):
    """The pin names another host, or the secret is not one that may be named."""
    for change in (
        {"RECONCILER_PINS": "okta-prod=other.okta.com#00o1"},
        {"RECONCILER_SECRETS": "okta-prod=OTHER_*"},
        {"OKTA_PROD_TOKEN": f"{TOKEN}\n", "RECONCILER_PINS": "okta-prod=other.okta.com#00o1"},
    ):
        ran = office.run("-v", *words, env={**LIVE, **change})
        assert ran.code in {0, 1, 3}, ran
        assert holders(office, ran) == []


def test_a_token_typed_as_an_argument_is_not_repeated(office):
    """People paste into the wrong place."""
    for words in (("plan", TOKEN), ("--sandbox", "plan", "--connector", TOKEN), (TOKEN,)):
        ran = office.run(*words)
        assert ran.code == 64
        assert holders(office, ran) == []


@pytest.mark.parametrize("words", ASKING, ids=named)
def test_a_token_in_a_groups_name_is_starred_like_any_other(words, office):
    """Somebody pasted it into the console; our output is not its second leak."""
    with office.org() as org:
        org.rename_group(group_name(), f"Seats {TOKEN}")
    ran = office.run("--sandbox", "-v", *words)
    assert ran.code in {0, 1, 4}, ran
    assert holders(office, ran) == []


def test_what_okta_said_of_a_group_is_starred_in_the_plan_too(office):
    """An error that quotes the token, in a blocked line: on stdout and in the file."""
    path = office.folder / "plan.json"
    with echo(403, only="/users") as url:
        ran = office.run("--endpoint", f"okta-prod={url}", "plan", "--out", "plan.json", env=LIVE)
    assert ran.code == 0, ran
    assert json.loads(path.read_text(encoding="utf-8"))["blocked"]
    assert holders(office, ran) == []
