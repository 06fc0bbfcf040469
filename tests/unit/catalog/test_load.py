"""Files into nouns, and what only several files together can be wrong about."""

import tempfile
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.load import load, load_and_judge
from reconciler.model.approvals.doors import Doors
from reconciler.model.catalog import BindGroup, Grant, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.ids import SecretRef
from reconciler.model.settings import (
    Limit,
    Merging,
    MovedReviews,
    ProposalRules,
    RequiredApproval,
)
from reconciler.model.validity import (
    Approval,
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
    Moment,
)
from reconciler.policy import sample
from tests.support.catalogs import (
    BINDING,
    CONNECTOR,
    GRANT,
    GROUP,
    IDENTITY,
    NOW,
    SOUND,
    TOOL,
    USER,
    loaded,
    said,
    write,
)


def test_a_grant_becomes_a_noun_that_knows_where_it_was_written(tmp_path):
    """A plan line says why, by file and line."""
    grant = loaded(tmp_path).catalog.grants[0]
    expected = Grant(
        tool="claude",
        entitlement="users",
        subject="jane@example.com",
        purpose="Support triage",
        approval=Approval(
            ticket="AI-1", approved_by=("lead@example.com",), approved_at=date(2026, 11, 20)
        ),
        expires=Moment(date(2027, 1, 20)),
    )
    assert (expected, Span("catalog/grants/claude/jane.yaml", 1, 1)) == (grant, grant.origin)


def test_every_other_kind_becomes_its_noun(tmp_path):
    """One look at each field that decides something."""
    catalog = loaded(tmp_path).catalog
    connector = catalog.connectors["okta-prod"]
    assert SecretRef(kind="env", value="OKTA_TOKEN") == connector.apply_auth.secret
    assert connector.plan_auth == connector.apply_auth
    assert BindGroup(id=GROUP, name="Claude users") == catalog.bindings[0].group
    tool = catalog.tools["claude"]
    assert (
        tool.max_duration,
        tool.entitlements["users"].risk.value,
        tool.entitlements["admins"].risk.value,
    ) == (Duration(90, DurationUnit.DAYS), "medium", "high")
    assert catalog.identities[0].keys == ("jira:5b10a2844c20165700ede21g",)
    assert frozenset({USER}) == catalog.acknowledgements[0].people
    assert (Limit(count=20), Limit(count=5, percent=10)) == catalog.settings.guards.run_removals
    assert Span("catalog/settings.yaml", 4, 13) == catalog.settings.protected[0].origin
    assert catalog.doors == Doors()


def test_an_approval_may_point_at_its_source(tmp_path):
    """Who agreed is then read there."""
    text = GRANT.partition("approval:")[0]
    files = {
        "doors/github.yaml": sample.GITHUB_DOOR,
        "doors/jira.yaml": sample.JIRA_DOOR,
        "grants/claude/a.yaml": f"{text}approval: {{by: github, requested_by: joe@example.com}}\n",
        "grants/claude/b.yaml": f"{text}approval: {{by: jira, ticket: AI-7}}\n",
    }
    grants = loaded(tmp_path, files).catalog.grants
    assert [grant.approval for grant in grants[:2]] == [
        ApprovalAtSource(by=ApprovalSource.GITHUB, requested_by="joe@example.com"),
        ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-7"),
    ]


def test_the_settings_say_what_is_verified_and_who_merges(tmp_path):
    """A tool may count fewer sources than there are."""
    text = "approvals: {required: all}\nproposals: {merge: when-verified, most_open: 2}\n"
    tool = SOUND["tools/claude.yaml"] + "  approvals: [jira]\n"
    files = {"settings.yaml": SOUND["settings.yaml"] + text, "tools/claude.yaml": tool}
    catalog = loaded(tmp_path, files).catalog
    assert catalog.settings.required is RequiredApproval.ALL
    assert catalog.settings.proposals == ProposalRules(merge=Merging.WHEN_VERIFIED, most_open=2)
    assert catalog.tools["claude"].approvals == frozenset({ApprovalSource.JIRA})


def test_settings_of_a_former_commit_are_still_read(tmp_path):
    """What they say as `reviews` moved: it counts for nothing, and policy says so."""
    text = SOUND["settings.yaml"] + "reviews: {forge: github, repository: acme/access}\n"
    found = loaded(tmp_path, {"settings.yaml": text})
    at = Span("catalog/settings.yaml", 6, 10)
    moved = MovedReviews(repository="acme/access", origin=at)
    assert (found.catalog.settings.moved_reviews, found.catalog.doors) == (moved, Doors())
    assert said(found) == ["reviews-moved settings.yaml:6:10"]
    assert not load(tmp_path / "catalog").diagnostics


def test_a_list_may_hold_several_objects_each_with_its_own_line(tmp_path):
    """Bulk files are as good as single ones; a wrong object leaves the others alone."""
    one = GRANT.replace("\n", "\n    ").rstrip()
    items = [one, one.replace("jane", "joe"), one.replace("purpose", "porpoise")]
    text = "grants:\n" + "".join(f"  - {item}\n" for item in items)
    result = loaded(
        tmp_path,
        {"grants/claude/bulk.yaml": text, "grants/claude/jane.yaml": GRANT.replace("jane", "jim")},
    )
    assert [grant.origin.line for grant in result.catalog.grants] == [2, 11, 1]
    assert said(result) == ["key-unknown grants/claude/bulk.yaml:23:5"]


def test_a_list_has_no_keys_beside_it_and_is_a_list(tmp_path):
    """What stands beside the list would be read by nobody."""
    files = {
        "grants/claude/a.yaml": "grants: []\ntool: claude\n",
        "grants/claude/b.yaml": "grants: {}\n",
        "grants/claude/c.yaml": "- a\n",
        "grants/claude/d.yaml": "grants:\n  - text\n",
    }
    assert said(loaded(tmp_path, files)) == [
        "key-unknown grants/claude/a.yaml:2:1",
        "value-wrong-type grants/claude/b.yaml:1:9",
        "value-wrong-type grants/claude/c.yaml:1:1",
        "value-wrong-type grants/claude/d.yaml:2:5",
    ]


def test_a_grant_without_an_entitlement_means_the_only_one(tmp_path):
    """Most tools have one."""
    tool = TOOL.replace("  admins: {risk: high}\n", "")
    grant = GRANT.replace("entitlement: users\n", "")
    result = loaded(tmp_path, {"tools/claude.yaml": tool, "grants/claude/jane.yaml": grant})
    assert (said(result), result.catalog.grants[0].entitlement) == ([], "users")


def test_a_grant_lies_in_its_tools_folder_in_lists_too(tmp_path):
    """Review follows paths: another tool's owners would have approved it."""
    path = "grants/cursor/jane.yaml"
    result = loaded(tmp_path, {path: GRANT.replace("jane", "jim")})
    assert [f"grant-outside-tool-folder {path}:1:7"] == said(result)


@pytest.mark.parametrize(
    ("name", "text", "expected", "related"),
    [
        ("tools/z.yaml", TOOL, "tool-duplicate tools/z.yaml:1:5", "tools/claude.yaml:1:5"),
        (
            "connectors/z.yaml",
            CONNECTOR,
            "connector-duplicate connectors/z.yaml:1:5",
            "connectors/okta-prod.yaml:1:5",
        ),
        (
            "bindings/z.yaml",
            BINDING,
            "binding-duplicate bindings/z.yaml:1:1",
            "bindings/claude.yaml:1:1",
        ),
        (
            "grants/claude/z.yaml",
            GRANT,
            "grant-duplicate grants/claude/z.yaml:1:1",
            "grants/claude/jane.yaml:1:1",
        ),
        (
            "identities/z.yaml",
            "# again\n" + IDENTITY.replace("5b10a2", "5B10A2"),
            "identity-duplicate identities/z.yaml:2:7",
            "identities/jane.yaml:1:7",
        ),
    ],
)
def test_a_second_saying_is_refused_and_points_at_the_first(
    tmp_path, name, text, expected, related
):
    """Two places matter, so both are shown."""
    result = loaded(tmp_path, {name: text})
    assert [expected] == said(result)
    assert [f"catalog/{related}"] == [str(span) for span in result.diagnostics[0].related]


def test_a_mapping_of_an_okta_account_alone_answers_for_its_login(tmp_path):
    """It says which account is meant when an address is used twice."""
    text = f"okta: {{login: ann@example.com, id: {USER}}}\n"
    shared = f"email: bo@example.com\nokta: {{id: {USER}}}\n"
    result = loaded(tmp_path, {"identities/ann.yaml": text, "identities/bo.yaml": shared})
    assert (
        IdentityMapping(keys=("ann@example.com",), login="ann@example.com", id=USER)
        in result.catalog.identities
    )
    assert IdentityMapping(keys=("bo@example.com",), id=USER) in result.catalog.identities


def test_an_approver_is_known_by_any_of_their_names(tmp_path):
    """The tool lists an address and a GitHub name; a mapping joins a third."""
    mapping = "slack: U1\ngithub: lead\nokta: {login: l.ead@example.com}\n"
    for name in ("'@lead'", "github:lead", "slack:U1", "L.EAD@example.com"):
        text = GRANT.replace("lead@example.com", name)
        files = {"grants/claude/jane.yaml": text, "identities/lead.yaml": mapping}
        assert said(loaded(tmp_path, files)) == [], name


def test_an_approver_is_the_subject_under_another_name_too(tmp_path):
    """A mapping must not be a way around four eyes."""
    text = GRANT.replace("subject: jane@example.com", "subject: slack:U1")
    mapping = "slack: U1\nokta: {login: lead@example.com}\n"
    files = {"grants/claude/jane.yaml": text, "identities/lead.yaml": mapping}
    assert said(loaded(tmp_path, files)) == ["approver-is-subject grants/claude/jane.yaml:7:16"]


def test_a_revoked_grant_is_a_record_and_not_judged_by_todays_approvers(tmp_path):
    """An approver who left does not make old records wrong."""
    text = GRANT.replace("lead@", "former@") + "revoked: {at: 2026-11-22, by: x, reason: left}\n"
    folder = write(tmp_path, {**SOUND, "grants/claude/jane.yaml": text})
    assert said(load_and_judge(folder, display="catalog", now=NOW)) == []


def test_a_revocation_that_lies_ahead_leaves_the_grant_to_be_judged(tmp_path):
    """It still gives access, so who approved it matters."""
    text = GRANT.replace("lead@", "jane@") + "revoked: {at: 2026-11-23, by: x, reason: left}\n"
    folder = write(tmp_path, {**SOUND, "grants/claude/jane.yaml": text})
    judged = load_and_judge(folder, display="catalog", now=NOW)
    assert said(judged) == ["approver-is-subject grants/claude/jane.yaml:7:16"]


def test_settings_that_cannot_be_read_leave_open_who_may_approve(tmp_path):
    """One word that is wrong there is one error, and not one more for each account."""
    unapproved = sample.ACCOUNT.replace("desk@", "joe@")
    accounts = {**sample.ACCOUNTS, sample.ACCOUNT_FILE: unapproved}
    lacking = {each.code for each in loaded(tmp_path, accounts).diagnostics}
    assert "account-approval-insufficient" in lacking
    accounts[sample.SETTINGS_FILE] += "door: jira\n"
    left = {each.code for each in loaded(tmp_path, accounts).diagnostics}
    assert left == {*lacking, "key-unknown"} - {"account-approval-insufficient"}


def test_load_alone_stops_before_policy(tmp_path):
    """Form and references are one thing, rules for granting another."""
    folder = write(tmp_path, {**SOUND, "grants/claude/jane.yaml": GRANT.replace("2027", "2029")})
    assert load(folder).diagnostics == ()
    assert [each.code for each in load_and_judge(folder).diagnostics] == ["grant-window-too-long"]


def test_a_secret_in_a_comment_is_found_as_well(tmp_path):
    """Git keeps comments for ever."""
    token = "00" + "x" * 40
    text = GRANT + f"# was {token}\n"
    assert said(loaded(tmp_path, {"grants/claude/jane.yaml": text})) == [
        "secret-literal grants/claude/jane.yaml:10:7"
    ]
    escaped = GRANT.replace("Support triage", '"\\x30\\x30' + "x" * 40 + '"')
    assert said(loaded(tmp_path, {"grants/claude/jane.yaml": escaped})) == [
        "secret-literal grants/claude/jane.yaml:1:1"
    ]


def test_what_only_reads_like_a_secret_may_be_one(tmp_path):
    """A token of Jira that was pushed is to be replaced there, whatever else is written here."""
    door = sample.JIRA_DOOR.replace("{env: JIRA_READ_TOKEN}", f"{{value: ATATT3{'x' * 40}}}")
    found = loaded(tmp_path, {sample.JIRA_DOOR_FILE: door}).diagnostics
    assert door != sample.JIRA_DOOR
    (hint,) = (each.hint for each in found if each.code == "secret-literal")
    assert "replace it at its source" in hint


def test_loading_leaves_the_garbage_collector_as_it_was(tmp_path):
    """It is paused for speed, and only meanwhile."""
    import gc  # noqa: PLC0415 - only here

    loaded(tmp_path)
    assert gc.isenabled()


NAMES = sorted(SOUND)


@given(
    st.sampled_from(NAMES),
    st.integers(0, 400),
    st.integers(0, 30),
    st.binary(max_size=12)
    | st.text(alphabet="{}[]:-&*!|>'\" \n\t#\u202e\x850", max_size=6).map(str.encode),
)
def test_no_mutated_catalog_makes_loading_raise(name, start, length, put):
    """Whatever a pull request holds, the answer is diagnostics."""
    content = SOUND[name].encode()
    changed = content[:start] + put + content[start + length :]
    with tempfile.TemporaryDirectory() as folder:
        result = loaded(Path(folder), {name: changed})
    for each in result.diagnostics:
        assert each.summary.isprintable()
        assert each.hint.isprintable()
        assert each.span.line >= 1


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2026-11-20", None),
        ("2026-11-20T14:00Z", time(14)),
        ("2026-11-20T23:59:30Z", time(23, 59, 30)),
        ("2028-02-29T00:00Z", time(0)),
        ("2000-02-29T00:00Z", time(0)),
    ],
)
def test_an_approval_names_a_day_or_an_instant(tmp_path, written, clock):
    """Of a day nobody knows which came first, the approval or what happened on it."""
    text = GRANT.replace("2026-11-20", written).replace("2027-01-20", "2028-03-01")
    text = text.replace("expires", "starts: 2028-02-20\nexpires")
    (grant,) = loaded(tmp_path, {"grants/claude/jane.yaml": text}).catalog.grants
    assert grant.approval.written == written
    assert grant.approval.approved_time == clock


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-29T14:00Z",
        "2100-02-29T14:00Z",
        "2026-11-31",
        "2026-04-31T14:00Z",
        "2026-13-01T14:00Z",
        "2026-11-00T14:00Z",
        "2026-11-20T24:00Z",
        "2026-11-20T14:60Z",
        "2026-11-20T14:00",
        "2026-11-20T14:00+01:00",
        "2026-11-20 14:00Z",
        "0999-11-20",
    ],
)
def test_what_is_no_day_and_no_instant_is_said_so(tmp_path, written):
    """Both engines agree, and nothing reaches the nouns that cannot be one."""
    text = GRANT.replace("2026-11-20", f'"{written}"')
    assert said(loaded(tmp_path, {"grants/claude/jane.yaml": text})) == [
        "value-wrong-form grants/claude/jane.yaml:8:16"
    ]
