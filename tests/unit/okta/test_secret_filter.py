"""No secret leaves through a sink; everything else stays readable."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.secret_filter import KnownSecrets, Redactor

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
        (f"a ghp_{'a1' * 18} b", "a *** b"),
        (f"(github_pat_{'a1_' * 12})", "(***)"),
        (f"glpat-{'a1' * 10} xoxb-{'12-ab' * 5} ATATT3{'xY' * 20}", "*** *** ***"),
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


def test_a_secret_told_later_is_masked_from_then_on():
    """A token is issued in the middle of a run."""
    known, issued = KnownSecrets(), []
    known.add_source(lambda: issued)
    assert known.clean("see an-issued-token") == "see an-issued-token"
    issued.append("an-issued-token")
    known.add("a-variable-s-value")
    assert known.clean("see an-issued-token, a-variable-s-value") == "see ***, ***"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        (
            json.dumps({"domain": "https://acme.okta.com", "apiToken": "an-api-token"}),
            "an-api-token",
        ),
        (
            json.dumps({"kty": "EC", "kid": "kid-2026-11", "d": "a-private-number"}),
            "a-private-number",
        ),
        (PEM.replace("\n", "\\n"), "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"),
        (PEM.replace("\n", "\\n"), PEM),
        ('{"domain": "a-damaged-one', '{"domain": "a-damaged-one'),
        ("\udcff-a-variable-of-bytes", "\udcff-a-variable-of-bytes"),
    ],
)
def test_what_of_a_secret_is_a_secret_alone_is_masked_too(secret, shown):
    """A value inside JSON, a line of a key whose line ends were spelled out."""
    known = KnownSecrets()
    known.add(secret)
    assert known.clean(f"<{shown}>") == "<***>"
    assert known.clean("https://acme.okta.com kid-2026-11 domain") == (
        "https://acme.okta.com kid-2026-11 domain"
    )


def test_a_word_is_no_secret():
    """A client id of two letters would star every report."""
    known = KnownSecrets()
    known.add("id")
    known.add_source(lambda: ["", "okta"])
    assert known.clean("the id of okta") == "the id of okta"


def test_two_ends_of_a_key_in_different_lines_hide_nothing_between_them():
    """Groups named like a key's ends would take the lines between out of a plan."""
    text = "-----BEGIN A-----\nremove amy\n-----END A-----\n"
    assert "remove amy" in Redactor([]).clean_lines(text)
    assert Redactor([PEM]).clean_lines(f"{PEM}\n") == "***\n"


def test_a_key_in_one_value_of_json_leaves_the_others():
    """The output stays JSON, and stays whole."""
    text = json.dumps(["-----BEGIN A-----", "remove amy", "-----END A-----"])
    assert "remove amy" in json.loads(Redactor([]).clean(text))


@given(st.text(), st.text())
def test_lines_are_cleaned_as_a_text_is(secret, text):
    """Nothing but the judging of lines differs, and no line end is lost."""
    cleaned = Redactor([secret]).clean_lines(text)
    assert cleaned.count("\n") <= text.count("\n")
    assert Redactor(()).clean_lines("plain\r\n text\u2028\n") == "plain\r\n text\u2028\n"
