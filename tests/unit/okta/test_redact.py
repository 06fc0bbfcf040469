"""No secret leaves through a sink; everything else stays readable."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.redact import Redactor

SECRET = 'p@ss/w0rd "with" ümlaut+'
PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nAbCdEf==\n"
    "-----END PRIVATE KEY-----"
)
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIwb2ExIn0.c2lnbmF0dXJl"
SSWS = "00" + "aB3_-" * 8


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        json.dumps(SECRET)[1:-1],
        repr(SECRET)[1:-1],
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"user:" + SECRET.encode()).decode(),
        base64.b64encode(b"ab" + SECRET.encode() + b"cd").decode(),
    ],
)
def test_a_known_secret_is_masked_in_every_form(form):
    """Errors and URLs quote it in many ways."""
    cleaned = Redactor([SECRET]).clean(f"<{form}>")
    assert "***" in cleaned
    assert form not in cleaned


def test_the_lines_of_a_key_are_secrets_too():
    """A traceback may print one."""
    cleaned = Redactor([PEM]).clean("value MIIEvQIBADANBgkqhkiG9w0BAQEFAASC here")
    assert cleaned == "value *** here"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (f"token {SSWS}.", "token ***."),
        (f"a {JWT} b", "a *** b"),
        (f"key: {PEM} end", "key: *** end"),
        (json.dumps(PEM), '"***"'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "***"),
        ("Authorization: SSWS abc", "Authorization: ***"),
        ("authorization=Bearer abc; x", "authorization=***; x"),
        ("{'authorization': 'DPoP abc', 'x': 1}", "{'authorization': '***', 'x': 1}"),
        ("(b'Authorization', b'SSWS abc')", "(b'Authorization', b'***')"),
        ("sent Bearer abcdef0123456789abc.x", "sent Bearer ***"),
    ],
)
def test_what_looks_like_a_secret_is_masked_unknown(text, cleaned):
    """A secret from somewhere else, or an older one."""
    assert Redactor([]).clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "00u1aaaaaaaAAAAAA5d7 in 00g1aaaaaaaAAAAAA5d7 of 00o1aaaaaaaAAAAAA5d7",
        "sha256 00" + "ab" * 31,
        "commit 00" + "ab" * 19,
        "authorization, which was given by ml-lead@example.com",
        "the Bearer of an-extraordinarily-long-name",
        "request ab609228fe84ce59cdcbfa690bcce016, oae3ArCozZVSOuvaI5TTk8g8g",
        "[reconciler:okta-prod/claude-enterprise/users]",
        "",
    ],
)
def test_ids_digests_and_prose_stay(text):
    """A report without ids is no report."""
    assert Redactor([SECRET, "", " "]).clean(text) == text


def test_the_redactor_does_not_show_what_it_hides():
    """Not even in a traceback."""
    assert SECRET not in repr(Redactor([SECRET]))


@given(st.text(min_size=1), st.text(), st.text())
def test_no_secret_survives_anywhere(secret, before, after):
    """Whatever it is made of and whatever stands around it."""
    if not secret.strip() or secret.strip() in "***":
        return
    once = Redactor([secret]).clean(f"{before}{secret}{after}")
    assert secret.strip() not in once.replace("***", "") or secret.strip() in before + after
