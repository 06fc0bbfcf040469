"""Whether what a person's file asks for may be asked for."""

import pytest

from reconciler.model.diagnostics import Severity
from reconciler.policy.sample import ACCOUNT, ACCOUNT_FILE, ACCOUNTS, CONNECTOR
from tests.support.catalogs import SOUND, judged, loaded, said

STATE = ACCOUNT.partition("unlock:")[0]
UNLOCK = "user: joe@example.com\nunlock:" + ACCOUNT.partition("unlock:")[2]
RESET = UNLOCK.replace("unlock:", "password_reset:")
ACTIVE = STATE.replace("suspended", "active")
LEAVER = STATE.replace("suspended", "deactivated")
JOE = "identities/joe.yaml"
SETTINGS = ACCOUNTS["settings.yaml"]


def told(root, text, **changed):
    """What is said of one person's file, and of a catalog around it."""
    files = {name.replace("__", "/") + ".yaml": content for name, content in changed.items()}
    return said(loaded(root, {**ACCOUNTS, ACCOUNT_FILE: text, **files}))


@pytest.mark.parametrize(
    "text",
    [
        STATE,
        UNLOCK,
        ACTIVE,
        STATE.replace("desk@", "admin@"),
        STATE.replace("desk@example.com", '"@acme/desk"'),
        RESET.replace("desk@", "admin@"),
        LEAVER.replace("desk@example.com", "[admin@example.com, desk@example.com]"),
        STATE.replace("reason:", "until: 2026-11-20\nreason:"),
        UNLOCK.replace("approved_by:", "requested_by: joe@example.com, approved_by:"),
    ],
)
def test_what_an_operator_or_an_admin_agreed_to_is_well(tmp_path, text):
    """Whoever is locked out may ask for it themselves; others agree."""
    assert told(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STATE.replace("desk@", "boss@"), ["account-approval-insufficient 6:16"]),
        (RESET, ["account-approval-insufficient 5:41"]),
        (
            LEAVER.replace("desk@example.com", "[desk@example.com, hr@example.com]"),
            ["account-approval-insufficient 6:16", "account-second-missing 6:16"],
        ),
        (LEAVER.replace("desk@", "admin@"), ["account-second-missing 6:16"]),
        (
            LEAVER,
            ["account-approval-insufficient 6:16", "account-second-missing 6:16"],
        ),
        (STATE.replace("joe@", "desk@"), ["account-about-oneself 6:16"]),
        (
            STATE.replace("joe@", "ann@").replace(
                "desk@example.com", "[desk@example.com, ANN@example.com]"
            ),
            ["account-about-oneself 6:35"],
        ),
        (
            STATE.replace("  ticket:", "  requested_by: Joe@example.com\n  ticket:"),
            ["account-about-oneself 5:17"],
        ),
        (
            UNLOCK.replace("desk@example.com,", "[desk@example.com, joe@example.com],"),
            ["account-about-oneself 5:60"],
        ),
        (STATE.replace("joe@", "Break.Glass@"), ["account-of-protected 1:7"]),
        (STATE.replace("joe@", "canary@"), ["account-of-protected 1:7"]),
        (
            STATE.replace("reason:", "until: 2026-11-19\nreason:"),
            ["suspension-ends-before-approval 3:8"],
        ),
        (STATE.replace("joe@", "j\N{CYRILLIC SMALL LETTER O}e@"), ["name-mixed-scripts 1:7"]),
        (
            STATE.replace(
                "  ticket:", "  requested_by: h\N{CYRILLIC SMALL LETTER ER}@x\n  ticket:"
            ),
            ["name-mixed-scripts 5:17"],
        ),
    ],
)
def test_each_rule_names_the_value_it_is_about(tmp_path, text, expected):
    """At its line and column."""
    assert told(tmp_path, text) == [line.replace(" ", f" {ACCOUNT_FILE}:", 1) for line in expected]


def test_a_blank_that_a_plan_left_is_seen_in_each_part(tmp_path):
    """The reason, the approver and whoever asked are filled in by people."""
    text = (
        ACCOUNT.replace("laptop stolen", "WHY THIS IS RIGHT")
        .replace("locked out", "WHY THIS IS RIGHT")
        .replace("ticket: IT-1,", "ticket: IT-1, requested_by: YOUR-EMAIL,")
        .replace("approved_by: desk@example.com\n", "approved_by: [desk@example.com, YOUR-EMAIL]\n")
    )
    assert told(tmp_path, text) == [
        f"placeholder-left {ACCOUNT_FILE}:{at}" for at in ("3:9", "6:16", "10:11", "11:42")
    ]


def test_who_is_meant_is_asked_of_identities_too(tmp_path):
    """One person has one file, no part in their own approval, and their protection."""
    other = STATE.replace("joe@example.com", "jira:7")
    mapped = "jira: '7'\nokta: {login: %s}\n"
    joined = {"identities__joe": mapped % "joe@example.com", "users__z": other}
    assert told(tmp_path, STATE, **joined) == ["account-duplicate users/z.yaml:1:7"]
    (tmp_path / "catalog/users/z.yaml").unlink()
    desk = {"identities__joe": mapped % "desk@example.com"}
    assert told(tmp_path, other, **desk) == [f"account-about-oneself {ACCOUNT_FILE}:6:16"]
    glass = {"identities__joe": mapped % "break.glass@example.com"}
    assert told(tmp_path, other, **glass) == [f"account-of-protected {ACCOUNT_FILE}:1:7"]


def test_a_person_is_protected_by_id_under_another_login(tmp_path):
    """As everywhere."""
    user = "00u7abcdefGHIJKLM5d7"
    protected = SETTINGS.replace("reason: emergency", f"id: {user}, reason: emergency")
    mapped = f"jira: '7'\nokta: {{id: {user}}}\n"
    text = STATE.replace("joe@example.com", "jira:7")
    assert told(tmp_path, text, settings=protected, identities__joe=mapped) == [
        f"account-of-protected {ACCOUNT_FILE}:1:7"
    ]


def test_an_operators_name_at_github_is_theirs_too(tmp_path):
    """Who has an address and a name there cannot agree for themselves by the other."""
    settings = SETTINGS.replace("@acme/desk", "@desk")
    text = STATE.replace("joe@", "desk@").replace("by: desk@example.com", 'by: "@DESK"')
    assert told(tmp_path, text, settings=settings) == [f"account-about-oneself {ACCOUNT_FILE}:6:16"]


def test_files_about_accounts_need_a_connector_that_may_change_them(tmp_path):
    """One that is disabled for a while still says what is meant."""
    files = {**ACCOUNTS, "connectors/okta-prod.yaml": CONNECTOR}
    assert said(loaded(tmp_path, files)) == [f"account-connector-missing {ACCOUNT_FILE}:1:7"]
    files["connectors/okta-prod.yaml"] = CONNECTOR + "lifecycle: true\ndisabled: true\n"
    assert said(loaded(tmp_path, files)) == []


def test_nobody_may_approve_where_the_settings_name_nobody(tmp_path):
    """And the message says whom to name."""
    found = loaded(tmp_path, {**ACCOUNTS, "settings.yaml": SOUND["settings.yaml"]}).diagnostics
    assert {each.code for each in found} == {"account-approval-insufficient"}
    assert {each.hint for each in found} == {"name admins or operators in settings.yaml"}
    assert {each.severity for each in found} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("T08:00Z", "T08:00:00Z", []),
        ("2026-11-20T08:00Z", "2026-11-22T09:00Z", []),
        ("2026-11-20T08:00Z", "2026-11-22T09:01Z", ["request-in-future 9:17"]),
        ("approved_at: 2026-11-20\n", "approved_at: 2026-11-23\n", ["approval-in-future 7:16"]),
        (
            "approved_at: 2026-11-20}",
            "approved_at: 2026-11-22T09:01Z}",
            ["approval-in-future 11:72"],
        ),
    ],
)
def test_nothing_is_dated_after_now(tmp_path, before, after, expected):
    """A request or an approval that is yet to come would count what happens until then."""
    assert before in ACCOUNT
    base = {**ACCOUNTS, ACCOUNT_FILE: None}
    found = judged(tmp_path, base, {**ACCOUNTS, ACCOUNT_FILE: ACCOUNT.replace(before, after, 1)})
    assert said(found) == [line.replace(" ", f" {ACCOUNT_FILE}:", 1) for line in expected]
