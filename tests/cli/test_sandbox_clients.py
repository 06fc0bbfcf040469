"""A service app for another program: its key goes into one new file, and nowhere else."""

import asyncio

import httpx
import pytest

from reconciler.sandbox import Sandbox
from reconciler.sandbox.oauth.service_apps import ServiceApp
from tests.support import signing
from tests.support.builders import Company
from tests.support.harness import Office

URL = "https://acme.okta.com/oauth2/v1/token"


@pytest.fixture
def office(tmp_path):
    """One group with one member."""
    return Office(tmp_path, Company().tool().bind("amy").granted("amy"))


def add(office, *more, file="key.pem"):
    """Registers a service app with one scope."""
    where = str(office.folder / file)
    given = ("--scope", "okta.groups.read", "--key-out", where)
    return office.run("sandbox", "client", "add", *given, *more)


def printed(ran):
    """The lines of stdout by their names."""
    return dict(line.split(": ") for line in ran.out.splitlines())


def test_the_key_that_is_written_signs_in(office):
    """With the id and the key's name that are printed; the file is its owner's alone."""
    ran = add(office, "--key", "EC", "--role", "READ_ONLY_ADMIN")
    said = printed(ran)
    path = office.folder / "key.pem"
    assert (ran.code, set(said), path.stat().st_mode & 0o777) == (0, {"client_id", "key_id"}, 0o600)
    assert "PRIVATE KEY" not in ran.out + ran.err
    app = ServiceApp(**said, private_key=path.read_text(encoding="utf-8"))
    with Sandbox.open(office.folder / ".reconciler" / "sandbox.db") as org:
        form = signing.form(signing.assertion(app, org.now().timestamp(), URL))

        async def ask():
            async with httpx.AsyncClient(transport=org.transport()) as client:
                return await client.post(URL, data=form)

        assert asyncio.run(ask()).json()["scope"] == "okta.groups.read"


def test_a_file_that_is_there_is_never_written_over(office):
    """It may be the only copy of another key."""
    (office.folder / "key.pem").write_text("precious", encoding="utf-8")
    ran = add(office)
    assert (ran.code, ran.out) == (1, "")
    assert "key-file-exists" in ran.err
    assert (office.folder / "key.pem").read_text(encoding="utf-8") == "precious"


def test_a_client_that_cannot_be_leaves_no_file(office):
    """The scope and the role are named."""
    for option, value in (("--scope", "okta.group.read"), ("--role", "KING")):
        ran = add(office, option, value)
        assert ran.code == 1
        assert value in ran.err
    assert not (office.folder / "key.pem").exists()


def test_a_folder_that_is_not_there_is_said(office):
    """No traceback, and no client."""
    ran = add(office, file="nowhere/key.pem")
    assert ran.code == 1
    assert "key-file-unwritable" in ran.err


def test_show_names_clients_and_apps(office):
    """With roles and scopes; never with a key."""
    add(office, "--client-id", "0oamine", "--dpop", "--role", "SUPER_ADMIN")
    ran = office.run("sandbox", "show", "clients")
    assert "0oamine" in ran.out
    assert "SUPER_ADMIN" in ran.out
    assert "okta.groups.read" in ran.out
    assert office.run("sandbox", "show", "apps").code == 0


def test_a_client_that_is_there_keeps_its_key(office):
    """A second file holds the same one."""
    first, second = add(office), add(office, file="again.pem")
    assert printed(first) == printed(second)
    files = [office.folder / name for name in ("key.pem", "again.pem")]
    assert files[0].read_text(encoding="utf-8") == files[1].read_text(encoding="utf-8")
