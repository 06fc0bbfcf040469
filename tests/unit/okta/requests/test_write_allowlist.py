"""No write leaves that the run may not make, whoever built the request."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.accounts import LifecycleCall
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.okta.requests.write_allowlist import WriteAllowlist, check_request

BASE = "https://acme.okta.com"
PATHS = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            ["api", "v1", "groups", "users", "rules", "00g1", "00g2", "00u1", "..", ".", "%2e%2e"]
        ),
        max_size=8,
    ).map("/".join),
    st.builds(
        "api/v1/groups/{}/users/{}{}".format,
        st.sampled_from(["00g1", "00g2", "00g1/../00g2", "00g1%00", "{00g1}", "00G1"]),
        st.sampled_from(["00u1", "", "00u1/", "../../00g2/users/00u1", "00u1;x"]),
        st.sampled_from(["", "?x=1", "#x", "/", "%0a"]),
    ),
)


def put(path, method="PUT"):
    """A write of one membership."""
    return httpx.Request(method, f"{BASE}{path}")


def post(body, path="/api/v1/groups"):
    """A creation."""
    return httpx.Request("POST", f"{BASE}{path}", json=body)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_members_of_a_bound_group_may_be_written(method):
    """This is the whole of it."""
    check_request(put("/api/v1/groups/00g1/users/00u1", method), BASE, WriteAllowlist(["00g1"]))


@given(st.sampled_from(["PUT", "DELETE", "POST", "PATCH", "HEAD", "put", "QUERY"]), PATHS)
def test_no_write_outside_a_bound_group_passes(method, path):
    """Generated methods and paths: exactly the two writes of the one group pass."""
    try:
        request = httpx.Request(method, f"{BASE}/{path}")
    except httpx.InvalidURL:
        return
    try:
        check_request(request, BASE, WriteAllowlist(["00g1"]))
    except GuardRefused:
        return
    assert request.method in {"PUT", "DELETE"}
    group, user = request.url.raw_path.removeprefix(b"/api/v1/groups/").split(b"/users/")
    assert group == b"00g1"
    assert user.isalnum()


@given(st.sampled_from(["PUT", "DELETE", "POST"]), PATHS)
def test_a_reader_writes_nothing(method, path):
    """Without an allow-list every write is refused."""
    try:
        request = httpx.Request(method, f"{BASE}/{path}")
    except httpx.InvalidURL:
        return
    with pytest.raises(GuardRefused):
        check_request(request, BASE, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.io/api/v1/groups",
        "http://acme.okta.com/api/v1/groups",
        "https://acme.okta.com:444/api/v1/groups",
        "https://x:y@acme.okta.com/api/v1/groups",
    ],
)
def test_not_even_a_read_goes_elsewhere(url):
    """It would carry the token."""
    with pytest.raises(GuardRefused) as caught:
        check_request(httpx.Request("GET", url), BASE, WriteAllowlist(["00g1"]))
    assert caught.value.code == "request-foreign"


def test_a_creation_passes_once_under_its_announced_name():
    """A creation is never sent twice."""
    allowed = WriteAllowlist(names=["N"])
    request = post({"profile": {"name": "N", "description": "d"}})
    check_request(request, BASE, allowed)
    with pytest.raises(GuardRefused):
        check_request(request, BASE, allowed)


def test_a_creation_that_was_turned_away_unread_passes_again():
    """A 429 made no group; a 500 may have."""
    allowed = WriteAllowlist(names=["N"])
    request = post({"profile": {"name": "N"}})
    check_request(request, BASE, allowed)
    allowed.note_response(request, httpx.Response(429))
    check_request(request, BASE, allowed)
    allowed.note_response(request, httpx.Response(500))
    with pytest.raises(GuardRefused):
        check_request(request, BASE, allowed)


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        (httpx.Response(401), True),
        (httpx.Response(400, headers={"www-authenticate": 'DPoP error="use_dpop_nonce"'}), True),
        (httpx.Response(400), False),
        (httpx.Response(200, headers={"www-authenticate": 'DPoP error="use_dpop_nonce"'}), False),
        (httpx.Response(403), False),
        (httpx.Response(408), False),
    ],
)
def test_a_creation_by_nobody_in_particular_made_no_group(answer, passes):
    """Signing comes before carrying out; any other answer leaves a doubt."""
    allowed = WriteAllowlist(names=["N"])
    request = post({"profile": {"name": "N"}})
    check_request(request, BASE, allowed)
    allowed.note_response(request, answer)
    assert allowed.allows(request) is passes


def token_request(path="/oauth2/v1/token", method="POST", base=BASE, **changes):
    """A request for a token, changed; None takes a field out."""
    form = {"grant_type": "client_credentials", "scope": "okta.groups.read"}
    form |= {"client_assertion_type": "urn:x", "client_assertion": "a.b.c", **changes}
    data = {name: value for name, value in form.items() if value is not None}
    return httpx.Request(method, f"{base}{path}", data=data)


@pytest.mark.parametrize("allowed", [None, WriteAllowlist(), WriteAllowlist(["00g1"])])
def test_a_token_may_always_be_asked_for(allowed):
    """It is no write to the org, and a reader needs one too."""
    check_request(token_request(), BASE, allowed)


@pytest.mark.parametrize(
    "request_",
    [
        token_request("/oauth2/v1/token?x=1"),
        token_request("/oauth2/v1/token/"),
        token_request("/oauth2/default/v1/token"),
        token_request("/oauth2/v1/revoke"),
        token_request("/oauth2/v1/clients"),
        token_request("/api/v1/users"),
        token_request(method="PUT"),
        token_request(grant_type="password"),
        token_request(username="x"),
        token_request(client_assertion=None),
        token_request(scope=["a", "b"]),
        token_request(base="https://evil.okta.com"),
        httpx.Request("POST", f"{BASE}/oauth2/v1/token", json={"grant_type": "client_credentials"}),
        httpx.Request("POST", f"{BASE}/oauth2/v1/token"),
        httpx.Request(
            "POST",
            f"{BASE}/oauth2/v1/token",
            content=b"\xff&grant_type=client_credentials",
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
    ],
)
def test_only_exactly_the_request_for_a_token_passes(request_):
    """That address, that form, those fields."""
    for allowed in (None, WriteAllowlist(["00g1"])):
        with pytest.raises(GuardRefused):
            check_request(request_, BASE, allowed)


@pytest.mark.parametrize(
    "request_",
    [
        post({"profile": {"name": "n"}}),
        post({"profile": {"name": "N"}}, "/api/v1/groups/rules"),
        post({"profile": {"name": "N"}}, "/api/v1/groups?x=1"),
        post({"profile": {"name": "N"}}, "/api/v1/users"),
        post({"profile": {"name": "N", "other": 1}}),
        post({"name": "N"}),
        post([]),
        httpx.Request("POST", f"{BASE}/api/v1/groups", content=b"\xff"),
        httpx.Request("PUT", f"{BASE}/api/v1/groups", json={"profile": {"name": "N"}}),
    ],
)
def test_only_exactly_the_announced_creation_passes(request_):
    """The body is judged too."""
    with pytest.raises(GuardRefused):
        check_request(request_, BASE, WriteAllowlist(names=["N"]))


USER = f"{BASE}/api/v1/users/00u1"
FORMS = {
    LifecycleCall.SUSPEND: ("POST", "/lifecycle/suspend"),
    LifecycleCall.UNSUSPEND: ("POST", "/lifecycle/unsuspend"),
    LifecycleCall.UNLOCK: ("POST", "/lifecycle/unlock"),
    LifecycleCall.RESET_PASSWORD: ("POST", "/lifecycle/reset_password?sendEmail=true"),
    LifecycleCall.DEACTIVATE: ("POST", "/lifecycle/deactivate?sendEmail=false"),
    LifecycleCall.ACTIVATE: ("POST", "/lifecycle/activate?sendEmail=true"),
    LifecycleCall.REACTIVATE: ("POST", "/lifecycle/reactivate?sendEmail=true"),
    LifecycleCall.CLEAR_SESSIONS: ("DELETE", "/sessions?oauthTokens=true&forgetDevices=true"),
}


def reset(url=f"{USER}/lifecycle/reset_password?sendEmail=true", method="POST", **more):
    """The reset of one password, or something like it."""
    return httpx.Request(method, url, **more)


@pytest.mark.parametrize("call", LifecycleCall)
def test_a_change_of_an_account_passes_in_one_form_and_once(call):
    """Of that person and no other; another change of the same person is another line."""
    method, rest = FORMS[call]
    allowed = WriteAllowlist(accounts=[(call, "00u1")])
    for other in LifecycleCall:
        other_method, other_rest = FORMS[other]
        if other is not call:
            assert not allowed.allows(httpx.Request(other_method, f"{USER}{other_rest}"))
    assert not allowed.allows(httpx.Request(method, f"{BASE}/api/v1/users/00u2{rest}"))
    assert allowed.allows(httpx.Request(method, f"{USER}{rest}"))
    assert not allowed.allows(httpx.Request(method, f"{USER}{rest}"))


@pytest.mark.parametrize(
    "request_",
    [
        reset(f"{USER}/lifecycle/reset_password"),
        reset(f"{USER}/lifecycle/reset_password?sendEmail=false"),
        reset(f"{USER}/lifecycle/reset_password?sendEmail=TRUE"),
        reset(f"{USER}/lifecycle/reset_password?sendEmail=true&revokeSessions=true"),
        reset(f"{USER}/lifecycle/reset_password?sendEmail=true&sendEmail=false"),
        reset(f"{USER}/lifecycle/reset_password?sendEmail=true&"),
        reset(f"{USER}/lifecycle/reset_password/?sendEmail=true"),
        reset(f"{USER}/lifecycle/reset_password;x?sendEmail=true"),
        reset(f"{USER}/lifecycle/%72eset_password?sendEmail=true"),
        reset(f"{USER}/lifecycle/unlock/%2e%2e/reset_password?sendEmail=true"),
        reset(f"{USER}/lifecycle/%2E%2E/lifecycle/reset_password?sendEmail=true"),
        reset(f"{USER}/lifecycle/../?sendEmail=true"),
        reset(f"{USER}/lifecycle/expire_password_with_temp_password"),
        reset(f"{USER}/../00u2/lifecycle/reset_password?sendEmail=true"),
        reset(f"{USER}/%2e%2e/00u1/lifecycle/reset_password?sendEmail=true"),
        reset(f"{USER}%2f..%2f00u2/lifecycle/reset_password?sendEmail=true"),
        reset(f"{BASE}/api/v1/users/me/lifecycle/reset_password?sendEmail=true"),
        reset(f"{BASE}//api/v1/users/00u1/lifecycle/reset_password?sendEmail=true"),
        reset(method="PUT"),
        reset(method="DELETE"),
        reset(json={}),
        reset(content=b"x"),
        reset(content=iter([b"x"])),
        reset(USER),
        reset(USER, method="DELETE"),
        reset(f"{USER}/credentials/forgot_password?sendEmail=true"),
    ],
)
def test_only_exactly_the_announced_change_of_an_account_passes(request_):
    """Path, query, method and body: whatever differs is another request."""
    accounts = [(LifecycleCall.RESET_PASSWORD, "00u1")]
    allowed = WriteAllowlist(groups=["00u1"], names=["N"], accounts=accounts)
    with pytest.raises(GuardRefused):
        check_request(request_, BASE, allowed)


@pytest.mark.parametrize("calls", [[], [(LifecycleCall.SUSPEND, "00u1")]])
@given(method=st.sampled_from(["PUT", "DELETE", "POST", "PATCH"]), path=PATHS)
def test_no_change_of_an_account_passes_unannounced(calls, method, path):
    """Generated paths below a person."""
    try:
        request = httpx.Request(method, f"{USER}/{path}")
    except httpx.InvalidURL:
        return
    with pytest.raises(GuardRefused):
        check_request(request, BASE, WriteAllowlist(["00g1"], ["N"], calls))


@pytest.mark.parametrize(
    ("answer", "passes"),
    [
        (httpx.Response(429), True),
        (httpx.Response(401), True),
        (httpx.Response(400, headers={"www-authenticate": 'DPoP error="use_dpop_nonce"'}), True),
        (httpx.Response(200), False),
        (httpx.Response(400), False),
        (httpx.Response(403), False),
        (httpx.Response(500), False),
    ],
)
@pytest.mark.parametrize("call", LifecycleCall)
def test_a_change_of_an_account_passes_again_where_it_was_not_carried_out(call, answer, passes):
    """A lost answer leaves a doubt that only the status can end."""
    method, rest = FORMS[call]
    request, allowed = (
        httpx.Request(method, f"{USER}{rest}"),
        WriteAllowlist(accounts=[(call, "00u1")]),
    )
    allowed.note_response(request, answer)
    assert allowed.allows(request)
    allowed.note_response(request, answer)
    assert allowed.allows(request) is passes


@pytest.mark.parametrize("user", ["", "../00u2", "00u1/lifecycle", "00u1?x", "00u1%2f", "a b"])
def test_an_id_that_is_none_opens_nothing(user):
    """It would stand for another path."""
    with pytest.raises(ConnectorError):
        WriteAllowlist(accounts=[(LifecycleCall.SUSPEND, user)])


def test_a_groups_id_is_learned_only_from_its_own_creation():
    """Nobody widens the list otherwise."""
    allowed = WriteAllowlist(["00g1"], names=["N"])
    with pytest.raises(GuardRefused):
        allowed.allow_group("N", "00g2")
    check_request(post({"profile": {"name": "N"}}), BASE, allowed)
    allowed.allow_group("N", "00g2")
    assert allowed.groups == {"00g1", "00g2"}
    with pytest.raises(GuardRefused):
        allowed.allow_group("N", "00g3")
