"""Each way in which a connector can fail is a check of its own, with what to do about it."""

import json

import httpx
import pytest

from reconciler.sandbox import Fault
from tests.support.builders import CANARY, CONNECTOR, Company, group_id, group_name, user_id
from tests.support.harness import Office, Rehearsal

NAME = group_name()
COMPANY = Company().tool().bind("amy").granted("amy", "bob").roles("GROUP_MEMBERSHIP_ADMIN")
CREATING = COMPANY.tool("cursor").create(tool="cursor")
OF_CLAUDE = "group of claude/users@okta-prod"
OF_CURSOR = "group of cursor/users@okta-prod"
ORDER = [
    "org",
    "credential",
    "dedicated owner",
    "write members",
    "separation",
    "canary",
    OF_CLAUDE,
    "System Log",
    "use",
]
RESTS = ["rights", "canary", "groups"]
PUT_BACK = [("remove", "canary"), ("add", "canary")]
PINS = {
    "RECONCILER_PINS": "okta-prod=acme.okta.com#00okXc34tvSrziOTAjoc",
    "RECONCILER_SECRETS": "okta-prod=OKTA_*",
    "OKTA_PROD_TOKEN": "a-secret-that-nobody-may-see",
}


def asked(office, *options):
    """The exit code, and each check by its name."""
    ran = office.run("--sandbox", "connector", "test", CONNECTOR, "--format", "json", *options)
    (probe,) = json.loads(ran.out)["probes"]
    return ran.code, {check["name"]: check for check in probe["checks"]}


def wrong(checks):
    """The names of the checks that failed."""
    return [name for name, check in checks.items() if check["status"] == "failed"]


def office_with(folder, company, *faults):
    """The company, whose org misbehaves so."""
    office = Office(folder, company)
    with office.org() as org:
        for fault in faults:
            org.faults.add(fault)
    return office


def test_a_connector_in_order_passes_and_nothing_is_written(tmp_path):
    """Every check is named, in the order in which one rests on another."""
    office = Office(tmp_path, COMPANY)
    code, checks = asked(office)
    assert (code, list(checks), wrong(checks)) == (0, ORDER, [])
    others = {name: check["code"] for name, check in checks.items() if check["code"]}
    assert others.pop("separation") == "credential-shared"
    assert set(others) <= {"dedicated owner"}
    assert office.events() == []


def test_the_words_say_the_same_as_the_data(tmp_path):
    """With a hint below each failure, a verdict, and that it is the sandbox."""
    office = office_with(tmp_path, COMPANY, Fault(kind="missing-role", times=0))
    ran = office.run("--sandbox", "connector", "test")
    _, checks = asked(office)
    assert ran.code == 1
    assert "Test of okta-prod · sandbox" in ran.out
    assert f"{len(wrong(checks))} checks failed." in ran.out
    for name in wrong(checks):
        assert f"failed: {name}: {checks[name]['summary']} [{checks[name]['code']}]" in ran.out
        assert checks[name]["hint"]
        assert f"hint: {checks[name]['hint']}" in ran.out


def test_the_data_has_one_shape(tmp_path):
    """A pipeline reads it."""
    ran = Office(tmp_path, COMPANY).run("--sandbox", "connector", "test", "--format", "json")
    content = json.loads(ran.out)
    assert list(content) == ["format", "probes"]
    assert content["format"] == "reconciler.probe/1"
    (probe,) = content["probes"]
    assert list(probe) == ["connector", "credential", "sandbox", "proxy", "checks"]
    assert (probe["connector"], probe["credential"]) == (CONNECTOR, "plan and apply")
    assert probe["sandbox"] is True
    shape = ("name", "status", "summary", "code", "hint")
    assert {tuple(check) for check in probe["checks"]} == {shape}
    assert ran.err == ""


@pytest.mark.parametrize(
    ("failing", "company", "words"),
    [
        ([OF_CLAUDE], COMPANY.group(NAME, kind="APP_GROUP"), "type APP_GROUP"),
        ([OF_CLAUDE], COMPANY.admin_role(NAME), "carries an Okta admin role"),
        (["write members"], COMPANY.roles("READ_ONLY_ADMIN"), "may not write members"),
        (["create groups"], CREATING, "may not create groups"),
        ([OF_CURSOR], CREATING.roles("USER_ADMIN").group(group_name("cursor")), "was not made"),
    ],
    ids=["app-group", "admin-role", "no-right-to-write", "no-right-to-create", "name-taken"],
)
def test_what_is_wrong_in_the_org_fails_its_own_check_only(failing, company, words, tmp_path):
    """The others still say that they passed."""
    code, checks = asked(Office(tmp_path, company))
    assert (code, wrong(checks)) == (1, failing)
    assert words in checks[failing[0]]["summary"]
    assert checks[failing[0]]["hint"]


def test_an_admin_role_that_is_meant_passes(tmp_path):
    """The binding says so."""
    company = COMPANY.bind("amy", admin_role=True).admin_role(NAME)
    code, checks = asked(Office(tmp_path, company))
    assert (code, checks[OF_CLAUDE]["status"]) == (0, "passed")


@pytest.mark.parametrize(
    ("name", "company"),
    [
        (OF_CLAUDE, COMPANY.apps(NAME)),
        ("least privilege", COMPANY.roles("SUPER_ADMIN")),
        ("use", Company().tool().roles("GROUP_MEMBERSHIP_ADMIN")),
    ],
    ids=["no-app", "more-rights-than-needed", "unused"],
)
def test_what_works_and_should_not_stay_so_only_warns(name, company, tmp_path):
    """The connector may be used; the hint says what to do."""
    code, checks = asked(Office(tmp_path, company))
    assert (code, wrong(checks)) == (0, [])
    assert checks[name]["status"] == "warned"
    assert checks[name]["hint"]


def test_rights_that_only_a_write_would_show_are_unproven(tmp_path):
    """A custom role's name tells nothing; nobody claims that it passed."""
    code, checks = asked(Office(tmp_path, COMPANY.roles("CUSTOM")))
    assert (code, checks["write members"]["status"]) == (0, "unproven")


def test_a_canary_that_somebody_took_out_fails(tmp_path):
    """Then no apply would start."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.remove_member("Canary", CANARY)
    code, checks = asked(office)
    assert (code, wrong(checks)) == (1, ["canary"])
    assert "still a member" in checks["canary"]["hint"]


def test_a_connector_without_a_canary_fails(tmp_path):
    """The hint has the lines to add."""
    code, checks = asked(Office(tmp_path, COMPANY.without_canary()))
    assert (code, wrong(checks)) == (1, ["canary"])
    assert "canary: {user, group: {id, name}}" in checks["canary"]["hint"]


def test_a_group_that_is_gone_fails(tmp_path):
    """Its id is in the hint's reach: the binding has it."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.delete_group(NAME)
    code, checks = asked(office)
    assert (code, wrong(checks)) == (1, [OF_CLAUDE])
    assert group_id(NAME) in checks[OF_CLAUDE]["summary"]


def test_a_refused_token_is_told_from_an_org_that_is_not_there(tmp_path):
    """A 401 is the token's; nothing that rests on it is said to have passed."""
    office = office_with(tmp_path, COMPANY, Fault(kind="expired-token", path="/api/*", times=0))
    code, checks = asked(office)
    assert (code, wrong(checks)) == (1, ["credential"])
    assert list(checks) == ["org", "credential", *RESTS, "use"]
    assert {checks[name]["status"] for name in RESTS} == {"not run"}
    assert checks["credential"]["code"] == "token-refused"
    assert "suspended or deactivated" in checks["credential"]["hint"]


@pytest.mark.parametrize(
    ("status", "failing"),
    [
        (None, {"rights": "role-missing", OF_CLAUDE: "group-missing"}),
        (403, {OF_CLAUDE: "permission-missing"}),
    ],
)
def test_a_credential_without_a_role_is_found_out(status, failing, tmp_path):
    """Whether Okta refuses it or shows it empty lists."""
    fault = Fault(kind="missing-role", status=status, times=0)
    code, checks = asked(office_with(tmp_path, COMPANY, fault))
    found = {name: checks[name]["code"] for name in wrong(checks)}
    assert (code, found) == (1, {**failing, "canary": "canary-not-seen"})


def test_a_disabled_connector_is_not_asked(tmp_path):
    """Named, it is refused; unnamed, it is passed over."""
    office = Office(tmp_path, COMPANY)
    path = tmp_path / "catalog" / "connectors" / "okta-prod.yaml"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "disabled": True}), encoding="utf-8")
    ran = office.run("--sandbox", "connector", "test", CONNECTOR)
    assert (ran.code, "error: connector-disabled" in ran.err) == (3, True)
    ran = office.run("--sandbox", "connector", "test", "--format", "json")
    assert json.loads(ran.out)["probes"] == []
    listed = json.loads(office.run("connector", "list", "--format", "json").out)
    assert [row["disabled"] for row in listed["connectors"]] == [True]


def test_a_pin_that_does_not_fit_fails_before_anything_is_sent(tmp_path):
    """The test of a connector that a pull request changed says so, and sends no token."""
    office = Office(tmp_path, COMPANY)
    path = tmp_path / "catalog" / "connectors" / "okta-prod.yaml"
    text = path.read_text(encoding="utf-8").replace("acme.okta.com", "evil.okta.com")
    path.write_text(text, encoding="utf-8")
    ran = office.run("connector", "test", "--format", "json", env=PINS)
    first, *others = json.loads(ran.out)["probes"][0]["checks"]
    assert (ran.code, first["status"], first["code"]) == (1, "failed", "org-mismatch")
    assert first["hint"]
    assert {check["status"] for check in others} == {"not run", "passed"}
    assert PINS["OKTA_PROD_TOKEN"] not in ran.out + ran.err


@pytest.mark.parametrize(
    ("code", "env"),
    [
        ("secret-missing", {"OKTA_PROD_TOKEN": ""}),
        ("token-malformed", {"OKTA_PROD_TOKEN": " 00short\n"}),
        ("token-malformed", {"OKTA_PROD_TOKEN": "SSWS 00short"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-prod=OTHER_*"}),
        ("pins-invalid", {"RECONCILER_PINS": "okta-prod=acme.okta.com"}),
        ("pin-missing", {"RECONCILER_PINS": "", "CI": "true"}),
    ],
)
def test_what_is_wrong_before_the_first_request_has_its_own_code(code, env, tmp_path):
    """Nothing was sent, and no value is shown; what rests on it was not run."""
    ran = Office(tmp_path, COMPANY).run(
        "connector", "test", "--format", "json", env={**PINS, **env}
    )
    first, *others = json.loads(ran.out)["probes"][0]["checks"]
    assert (ran.code, first["name"], first["code"]) == (1, "configuration", code)
    assert first["hint"]
    skipped = [check["name"] for check in others if check["status"] == "not run"]
    assert skipped == ["org", "credential", *RESTS]
    assert "00short" not in ran.out + ran.err


class WithoutScheme(httpx.AsyncBaseTransport):
    """A proxy that drops the word before the token."""

    def __init__(self, inner):
        self.inner = inner

    async def handle_async_request(self, request):
        """The token alone, as no client sends it."""
        given = request.headers.get("authorization", "")
        if given:
            request.headers["authorization"] = given.removeprefix("SSWS ")
        return await self.inner.handle_async_request(request)


def test_a_secret_that_okta_takes_for_no_token_is_told_from_a_refused_one(tmp_path):
    """`E0000005` is about its form, `E0000011` about what it may."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.transport = WithoutScheme(office.sandbox.transport())
        (failing,) = (c for c in office.probe().checks if c.status.value == "failed")
    assert (failing.name, failing.code) == ("credential", "auth-scheme-wrong")
    assert "token alone" in failing.hint


def test_a_connector_that_is_not_there_is_a_usage_error(tmp_path):
    """What there is, is said."""
    ran = Office(tmp_path, COMPANY).run("--sandbox", "connector", "test", "okta-prd")
    assert (ran.code, "there is: okta-prod" in ran.err) == (64, True)


def test_the_list_asks_nobody(tmp_path):
    """Neither secret nor pin nor org; and it has no secret to show."""
    office = Office(tmp_path, COMPANY)
    ran = office.run("connector", "list", env={"CI": "true"})
    assert ran.code == 0
    assert "okta-prod: Okta production" in ran.out
    assert "used by claude" in ran.out
    content = json.loads(office.run("connector", "list", "--format", "json").out)
    assert content["format"] == "reconciler.connectors/1"
    assert [row["id"] for row in content["connectors"]] == [CONNECTOR]
    assert "OKTA_PROD_TOKEN" not in json.dumps(content)


def test_every_request_is_said_when_asked_for(tmp_path):
    """One line each on stderr; the data on stdout stays what it was."""
    office = Office(tmp_path, COMPANY)
    quiet = office.run("--sandbox", "connector", "test", "--format", "json")
    loud = office.run("--sandbox", "-v", "connector", "test", "--format", "json")
    assert loud.out == quiet.out
    assert f"GET /api/v1/groups/{group_id(NAME)}/users" in loud.err.splitlines()


def test_the_write_probe_takes_the_canary_out_and_puts_them_back(tmp_path):
    """Both steps are checks; nothing but the canary's own group is written."""
    office = Office(tmp_path, COMPANY)
    code, checks = asked(office, "--write-probe")
    assert (code, list(checks)) == (0, [*ORDER, "remove a member", "add a member"])
    assert office.events() == PUT_BACK
    assert office.members("Canary") == {"canary"}
    assert office.members() == {"amy"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "failing", "events"),
    [("DELETE", ["remove a member"], []), ("PUT", ["add a member"], PUT_BACK[:1])],
)
def test_a_write_that_is_refused_is_told_with_what_to_do(method, failing, events, tmp_path):
    """A refused removal leaves the canary in; a refused addition needs a hand."""
    refusal = Fault(kind="status", status=403, method=method, times=0)
    office = office_with(tmp_path, COMPANY, refusal)
    code, checks = asked(office, "--write-probe")
    assert (code, wrong(checks)) == (1, failing)
    assert checks[failing[0]]["hint"]
    assert office.events() == events
    assert office.members("Canary") == ({"canary"} if method == "DELETE" else set())
    if method == "PUT":
        assert f'put {CANARY} back into "Canary" by hand' in checks[failing[0]]["hint"]


@pytest.mark.parametrize("kind", ["cut", "after-write"])
def test_answers_that_are_lost_leave_the_canary_a_member(kind, tmp_path):
    """Whatever the network does to the removal, the addition comes after it."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(kind=kind, method="DELETE", times=0))
        checks = office.write_probe()
        assert checks[-1].status.value == "passed"
        assert office.members("Canary") == {"canary"}


class PutsBack(httpx.AsyncBaseTransport):
    """Somebody else's program: whoever is taken out of a group is put back at once."""

    def __init__(self, office):
        self.office = office
        self.org = office.sandbox.transport()

    async def handle_async_request(self, request):
        """Answered as ever; and after a removal the hand is quicker than the next look."""
        answer = await self.org.handle_async_request(request)
        if request.method == "DELETE":
            self.office.sandbox.add_member("Canary", CANARY)
        return answer


def test_whoever_puts_members_back_is_noticed(tmp_path):
    """Every removal here would be undone like this one."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.transport = PutsBack(office)
        removed, added = office.write_probe()
        assert (removed.status.value, added.status.value) == ("failed", "passed")
        assert "still, or again" in removed.summary
        assert "a group rule or another program puts members back" in removed.hint
        assert office.members("Canary") == {"canary"}


def test_nothing_but_the_canarys_own_group_is_written(tmp_path):
    """The transport would let nothing else through."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.write_probe()
        path = f"/api/v1/groups/{group_id('Canary')}/users/{user_id(CANARY)}"
        assert [(m, p) for m, p, _ in office.writes()] == [("DELETE", path), ("PUT", path)]


def test_nothing_is_written_where_reading_already_failed(tmp_path):
    """A canary that is not there is not added, and nobody else's group is tried."""
    office = Office(tmp_path, COMPANY.admin_role(NAME))
    code, checks = asked(office, "--write-probe")
    assert (code, office.events()) == (1, [])
    assert wrong(checks) == [OF_CLAUDE]


def test_a_write_probe_that_was_asked_for_and_not_run_is_said(tmp_path):
    """Silence would be taken for a pass."""
    _, checks = asked(Office(tmp_path, COMPANY.admin_role(NAME)), "--write-probe")
    assert "not run" in {check["status"] for check in checks.values()}


def test_a_canary_whom_a_rule_feeds_is_told_and_the_rule_left_alone(tmp_path):
    """Taking them out would silently edit the rule."""
    office = Office(tmp_path, COMPANY.rule("Staff", "Canary", "canary"))
    code, _ = asked(office, "--write-probe")
    with office.org() as org:
        (rule,) = org.rules()
    assert (code, rule.members, rule.exclude) == (1, (CANARY,), ())


def test_every_write_is_said_when_asked_for(tmp_path):
    """It is the one part of a test that changes anything."""
    ran = Office(tmp_path, COMPANY).run("--sandbox", "-v", "connector", "test", "--write-probe")
    assert [line for line in ran.err.splitlines() if line.startswith(("PUT ", "DELETE "))]


def test_an_apply_that_lacks_the_right_is_refused_before_the_first_write(tmp_path):
    """Every apply runs the read-only part first, in the same process."""
    office = Office(tmp_path, COMPANY.roles("READ_ONLY_ADMIN"))
    office.plan()
    office.apply()
    with office.org() as org:
        assert not [row for row in org.log() if row.event.startswith("group.")]
    assert not [entry for entry in office.journal() if entry["event"] == "intent"]
