"""Each way in which a connection fails has its own name, proven against real sockets."""

import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reconciler.cli.clock import wall_clock
from reconciler.model.catalog import Route
from reconciler.okta.requests.transport import build_network
from reconciler.okta.responses.transport_errors import (
    UNREACHED,
    connection_error,
    failure_of_sending,
)

pytestmark = pytest.mark.anyio
TODAY = wall_clock()
DAY = timedelta(days=1)


def certificate(folder, *, name="localhost", starts=-2, ends=2):
    """A self-signed certificate for `name`, valid between these days from today; made now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(TODAY + starts * DAY)
        .not_valid_after(TODAY + ends * DAY)
        .add_extension(x509.SubjectAlternativeName(names[:1]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def listening(answer):
    """A port of this machine whose callers are each handed to `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def serve():
            try:
                caller, _ = server.accept()
            except OSError:
                return
            with caller:
                answer(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            thread.join(timeout=10)


def with_tls(path):
    """Shakes hands with the certificate; what the caller thinks of it is the caller's matter."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def answer(caller):
        try:
            with context.wrap_socket(caller, server_side=True):
                pass
        except OSError:
            return

    return answer


async def refusal(url, trusted=None, **way):
    """What asking that address comes to."""
    host, route = httpx.URL(url).host, Route(ca_file=str(trusted or ""), **way)
    transport = build_network(1, host, route)
    async with httpx.AsyncClient(transport=transport, timeout=5, trust_env=False) as client:
        with pytest.raises(httpx.TransportError) as caught:
            await client.get(url)
    failure = failure_of_sending(httpx.Request("GET", url), caught.value, route)
    return failure.error


@pytest.mark.parametrize(
    ("code", "facts", "is_trusted"),
    [
        ("org-certificate-untrusted", {}, False),
        ("org-certificate-expired", {"ends": -1}, True),
        ("org-certificate-expired", {"starts": 1}, True),
        ("org-certificate-other-host", {"name": "other.example"}, True),
    ],
    ids=["self-signed", "expired", "not-yet-valid", "wrong-host"],
)
async def test_a_certificate_says_what_is_wrong_with_it(tmp_path, code, facts, is_trusted):
    """A real server on this machine shows it."""
    path = certificate(tmp_path, **facts)
    with listening(with_tls(path)) as port:
        error = await refusal(f"https://localhost:{port}/", path if is_trusted else None)
    assert (code, True) == (error.code, error.message.startswith("localhost could not be reached"))
    assert error.hint


async def test_something_that_speaks_no_tls_is_told():
    """A proxy's login page, for example."""
    with listening(lambda caller: caller.sendall(b"HTTP/1.1 400 no\r\n\r\n")) as port:
        error = await refusal(f"https://localhost:{port}/")
    assert error.code == "org-tls-failed"


async def test_a_port_where_nobody_listens_is_refused():
    """Taken and given back, so that it is free."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert (await refusal(f"https://127.0.0.1:{port}/")).code == "org-connection-refused"


async def test_a_host_that_has_no_address_is_unknown():
    """`.invalid` is nobody's, by its own rule (RFC 6761)."""
    assert (await refusal("https://acme.okta.invalid/")).code == "org-host-unknown"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("org-connection-timeout", httpx.ConnectTimeout("")),
        ("org-connection-timeout", httpx.PoolTimeout("")),
        ("org-unreachable", httpx.ConnectError("no route to host")),
    ],
)
def test_what_has_no_cause_below_it_still_has_a_name(code, error):
    """And says what to do."""
    found = connection_error("acme.okta.com", error)
    assert (found.code, bool(found.hint)) == (code, True)
    assert found.code in UNREACHED


async def test_a_proxy_that_lets_nothing_through_is_named_without_its_password():
    """Nothing was sent: a write may be tried again."""
    asked = []

    def refuse(caller):
        asked.append(caller.recv(4096))
        caller.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with listening(refuse) as port:
        way = {"proxy": f"http://me:hunter22@127.0.0.1:{port}"}
        error = await refusal("https://acme.okta.com/", **way)
    assert error.code == "org-proxy-refused"
    assert error.message.startswith(
        f"acme.okta.com could not be reached through the proxy 127.0.0.1:{port}: "
    )
    assert "hunter22" not in error.message + error.hint
    assert asked[0].startswith(b"CONNECT acme.okta.com:443 HTTP/1.1")


async def test_a_proxy_that_is_set_and_not_used_is_told():
    """Otherwise a firewall looks like a wrong domain."""
    error = await refusal("https://acme.okta.invalid/", unused="HTTPS_PROXY")
    assert error.code == "org-host-unknown"
    assert "HTTPS_PROXY is set and not used" in error.hint


async def test_certificates_of_ones_own_are_trusted_besides_the_usual(tmp_path):
    """The handshake comes to its end; that nobody answers then is the test's own doing."""
    path = certificate(tmp_path)
    with listening(with_tls(path)) as port:
        error = await refusal(f"https://localhost:{port}/", path)
    assert error.code == "answer-lost"


def test_several_addresses_that_fail_alike_are_one_cause():
    """One host has many addresses."""
    error = httpx.ConnectError("all attempts failed")
    error.__cause__ = OSError("all")
    error.__cause__.__cause__ = ExceptionGroup("all", [ConnectionRefusedError(), TimeoutError()])
    assert connection_error("acme.okta.com", error).code == "org-connection-refused"
