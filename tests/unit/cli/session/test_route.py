"""The way to Okta is said outside the repository, or it is straight."""

from pathlib import Path

import click
import pytest

from reconciler.cli.secrets import output_filter
from reconciler.cli.session.evidence import read_claims
from reconciler.cli.session.route import read_route
from reconciler.model.catalog import Route
from reconciler.model.errors import UsageError
from tests.unit.okta.responses.test_unreached import certificate

SYSTEM = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def _no_way(monkeypatch):
    for name in (*SYSTEM, "RECONCILER_PROXY", "RECONCILER_NO_PROXY", "RECONCILER_CA_FILE"):
        monkeypatch.delenv(name, raising=False)


def refusal(repository=Path("/repository")):
    """Why there is no way."""
    with pytest.raises(UsageError) as caught:
        read_route(repository)
    return caught.value


def test_without_a_word_it_is_straight():
    """Nothing is trusted besides the usual."""
    assert read_route(Path("/repository")) == Route()


@pytest.mark.parametrize("name", SYSTEM[:-1])
def test_a_proxy_of_the_system_is_not_used_and_not_forgotten(monkeypatch, name):
    """Whoever sets it for a job must not stand between it and Okta; an error names it."""
    monkeypatch.setenv(name, "http://proxy.example.com:3128")
    found = read_route(Path("/repository"))
    assert (found.proxy, found.unused, found.ca_file) == ("", name, "")
    monkeypatch.setenv("RECONCILER_PROXY", "http://own.example.com:3128")
    assert read_route(Path("/repository")).unused == ""


def test_proxy_and_exceptions_are_as_they_were_said(monkeypatch):
    """Blanks, stars and capitals are how people write lists of hosts."""
    monkeypatch.setenv("RECONCILER_PROXY", " https://proxy.example.com:3128 ")
    monkeypatch.setenv("RECONCILER_NO_PROXY", "GHE.example.com, *.corp.example, .lan,,")
    found = read_route(Path("/repository"))
    assert found.proxy == "https://proxy.example.com:3128"
    assert found.straight == ("ghe.example.com", "corp.example", "lan")


@pytest.mark.parametrize(
    "text",
    ["proxy.example.com:3128", "http://proxy.example.com", "socks5://p:1", "http://p:1/path", "x"],
)
def test_what_is_no_proxy_is_refused_and_not_repeated(monkeypatch, text):
    """It may hold a password."""
    monkeypatch.setenv("RECONCILER_PROXY", f"{text}?hunter22")
    error = refusal()
    assert error.code == "proxy-invalid"
    assert "hunter22" not in error.message + error.hint


def test_its_password_reaches_no_output(monkeypatch, capsys):
    """And evidence names host and port alone."""
    monkeypatch.setenv("RECONCILER_PROXY", "http://me:hunter22@proxy.example.com:3128")
    with output_filter.filter_output():
        read_route(Path("/repository"))
        click.echo("so hunter22")
    assert capsys.readouterr().out == "so ***\n"
    assert read_claims()["RECONCILER_PROXY"] == "proxy.example.com:3128"


def test_certificates_come_from_outside_the_repository(monkeypatch, tmp_path):
    """Whoever may propose a change must not choose whom we trust."""
    path = certificate(tmp_path)
    monkeypatch.setenv("RECONCILER_CA_FILE", str(path))
    assert read_route(tmp_path / "repository").ca_file == str(path)
    assert refusal(tmp_path).code == "ca-file-invalid"


@pytest.mark.parametrize("text", ["server.pem", "/nowhere/ca.pem", "/etc/passwd", "/"])
def test_what_holds_no_certificates_is_refused(monkeypatch, text):
    """Before the first request, and not by trusting nobody."""
    monkeypatch.setenv("RECONCILER_CA_FILE", text)
    assert refusal().code == "ca-file-invalid"
