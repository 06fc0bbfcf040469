"""One person, as they are read: what Okta and the files say, and what neither explains."""

from datetime import UTC, date, datetime

from reconciler.model.accounts import AccountDeclaration, AccountRequest, AccountState
from reconciler.model.diagnostics import Span
from reconciler.model.directory import AccountProfile, DirectoryGroup
from reconciler.planning.holdings import HeldApp, HeldGroup, Named
from reconciler.render.formats.text import render
from reconciler.render.people.user import (
    apps_document,
    groups_document,
    profile_facts,
    show_document,
)
from reconciler.render.people.user_json import apps_plain, groups_plain, profile_plain, show_plain
from tests.support.nouns import approval, binding, grant, user

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PROFILE = AccountProfile(
    user=user(
        "jane",
        "LOCKED_OUT",
        name="Jane Doe",
        email="j.doe@example.com",
        status_changed_at=NOW,
        provider="OKTA",
        moving_to="ACTIVE",
    ),
    manager="Mira",
    department="Sales",
    title="Lead",
    last_login_at=NOW,
    password_changed_at=NOW,
)
MINE = grant("jane", expires="2027-01-20", origin=Span("grants/a·b.yaml", 3))
REVOKED = grant("jane", starts="2026-01-01", revoked="2026-11-20", origin=Span("grants/c.yaml", 1))
HOURS = grant("jane", starts="2026-11-22T08:00Z", expires="2026-11-22T14:00Z")
ENDLESS = grant("slack:U1", starts="2027-01-01", origin=Span("grants/d.yaml", 2))
FILE = AccountDeclaration(
    subject="jane@example.com",
    state=AccountState.SUSPENDED,
    until=date(2026, 12, 1),
    reason="laptop",
    approval=approval(),
    unlock=AccountRequest(requested_at=NOW, reason="x", approval=approval()),
    origin=Span("users/jane.yaml", 1),
)
BOUND = HeldGroup(
    group=DirectoryGroup(id="00gclaude", name="Claude · users", type="OKTA_GROUP"),
    bindings=(binding(),),
    grants=(MINE,),
)
LEFT = HeldGroup(
    group=DirectoryGroup(id="00gcursor", name="Cursor", type="OKTA_GROUP"), bindings=(binding(),)
)
OTHER = HeldGroup(group=DirectoryGroup(id="00gall", name="Everyone", type="BUILT_IN"))
NAMED = Named(grants=(MINE, REVOKED, ENDLESS), declarations=(FILE,))


def text(document):
    """The document's lines as they are printed."""
    return "\n".join(line.text for line in render(document))


def test_a_person_is_shown_whole():
    """Nothing that Okta leaves out is shown as empty."""
    assert text(show_document(PROFILE, NAMED, (BOUND, LEFT, OTHER), NOW)) == (
        "jane@example.com\n"
        "  name: Jane Doe\n"
        "  login: jane@example.com\n"
        "  e-mail: j.doe@example.com\n"
        "  id: 00ujane\n"
        "  status: LOCKED_OUT\n"
        "  since: 2026-11-22 09:00 UTC\n"
        "  becoming: ACTIVE\n"
        "  password kept by: OKTA\n"
        "  manager: Mira\n"
        "  department: Sales\n"
        "  title: Lead\n"
        "  last signed in: 2026-11-22 09:00 UTC\n"
        "  password changed: 2026-11-22 09:00 UTC\n"
        "\n"
        "jane@example.com is LOCKED_OUT.\n"
        "1 live grant · 2 bound groups\n"
        "\n"
        "Live grants (1)\n"
        "  = claude/users · through 2027-01-20 · grants/a\\u{b7}b.yaml:3\n"
        "\n"
        "Grants that are yet to begin (1)\n"
        "  · claude/users · from 2027-01-01 without an end · grants/d.yaml:2\n"
        "      as slack:U1\n"
        "\n"
        "Ended grants (1)\n"
        "  · claude/users · from 2026-01-01 revoked as of 2026-11-20 · grants/c.yaml:1\n"
        "\n"
        "Files in users/ (1)\n"
        "  · suspended through 2026-12-01, unlock requested at 2026-11-22 09:00 UTC · "
        "users/jane.yaml:1\n"
        "      laptop\n"
        "\n"
        "Bound groups (2)\n"
        '  = "Claude \\u{b7} users" (00gclaude) · claude/users\n'
        "      grant claude/users through 2027-01-20 grants/a\\u{b7}b.yaml:3\n"
        '  ! "Cursor" (00gcursor) · claude/users\n'
        "      no grant"
    )
    bare = AccountProfile(user=user("joe"))
    assert [str(fact) for fact in profile_facts(bare)] == [
        "login: joe@example.com",
        "id: 00ujoe",
        "status: ACTIVE",
    ]


def test_groups_name_what_no_grant_explains():
    """The others are shown, and are none of ours."""
    document = groups_document("jane@example.com", (BOUND, LEFT, OTHER), 1)
    assert document.verdict == "1 bound group has no live grant behind it."
    assert document.totals == "3 groups · 1 could not be read"
    assert [section.title for section in document.sections] == ["Bound groups", "Other groups"]
    assert groups_document("j", (BOUND,), 0).verdict == "A live grant explains every bound group."
    assert groups_document("j", (OTHER,), 0).verdict == "No group is bound."


APPS = (
    HeldApp(label="Chat", is_direct=False, groups=(BOUND, LEFT)),
    HeldApp(label="Mail", is_direct=True),
    HeldApp(label="Wiki", is_direct=False),
)


def test_apps_say_how_each_is_given():
    """Alone, through a bound group, or through another."""
    assert text(apps_document("jane@example.com", APPS, "", (LEFT,))) == (
        "Apps of jane@example.com\n"
        '  apps not read of: "Cursor" (00gcursor)\n'
        "\n"
        "These are all apps that are assigned to the person.\n"
        "3 apps\n"
        "\n"
        "Assigned to them alone (1)\n"
        "  · Mail\n"
        "\n"
        "Through a group (2)\n"
        "  = Chat\n"
        '      "Claude \\u{b7} users" (00gclaude) for claude/users: grant claude/users through '
        "2027-01-20 grants/a\\u{b7}b.yaml:3\n"
        '      "Cursor" (00gcursor) for claude/users: no grant\n'
        "  · Wiki\n"
        "      through a group that the catalog does not bind"
    )
    assert apps_document("j", (), "", ()).verdict == "No app is assigned to the person."


def test_links_of_a_dashboard_are_not_called_assignments():
    """An admin may hide an assigned app from it."""
    links = (HeldApp(label="Chat", is_direct=None, groups=(BOUND,)),)
    document = apps_document("jane@example.com", links, "Okta refused it", ())
    assert "the scope okta.apps.read (Okta refused it)" in document.verdict
    assert [section.title for section in document.sections] == ["On the dashboard"]
    assert apps_plain("j", links, "Okta refused it", (LEFT,)) == {
        "format": "reconciler.user-apps/1",
        "login": "j",
        "source": "dashboard",
        "unread_why": "Okta refused it",
        "unread_groups": ["00gcursor"],
        "apps": [{"label": "Chat", "is_direct": None, "groups": [GROUP_PLAIN]}],
    }


GRANT_PLAIN = {
    "tool": "claude",
    "entitlement": "users",
    "subject": "jane@example.com",
    "ticket": "AI-1",
    "starts": None,
    "expires": "2027-01-20",
    "revoked": None,
    "origin": "grants/a·b.yaml:3",
}
GROUP_PLAIN = {
    "id": "00gclaude",
    "name": "Claude · users",
    "type": "OKTA_GROUP",
    "bindings": ["claude/users@okta-prod"],
    "grants": [GRANT_PLAIN],
}


def test_whoever_is_protected_is_shown_to_be():
    """A group without a grant is no finding then, and no command touches the account."""
    named = Named(protected="single sign-on is down")
    shown = text(show_document(PROFILE, named, (), NOW))
    assert "  protected: single sign-on is down\n" in shown
    assert show_plain(PROFILE, named, (), NOW)["protected"] == "single sign-on is down"
    assert "protected" not in text(show_document(PROFILE, NAMED, (), NOW))


def test_programs_get_the_same_by_name():
    """Empty and null where Okta or the file says nothing."""
    found = show_plain(PROFILE, NAMED, (BOUND, OTHER), NOW)
    assert found["grants"][0] == {**GRANT_PLAIN, "phase": "live"}
    assert found["groups"] == [GROUP_PLAIN]
    assert found["declarations"] == [
        {
            "state": "suspended",
            "until": "2026-12-01",
            "reason": "laptop",
            "requests": {"unlock": "2026-11-22T09:00:00+00:00"},
            "origin": "users/jane.yaml:1",
        }
    ]
    assert found.items() >= profile_plain(PROFILE).items()
    assert groups_plain("j", (OTHER,), ["00gx"])["unread"] == ["00gx"]
    assert profile_plain(AccountProfile(user=user("joe")))["status_changed_at"] is None


def test_a_grant_of_hours_is_shown_with_its_instants():
    """In words and as data, as the file has them."""
    named = Named(grants=(HOURS,), declarations=())
    shown = text(show_document(PROFILE, named, (), NOW))
    assert "claude/users · from 2026-11-22 08:00 UTC until 2026-11-22 14:00 UTC" in shown
