"""The client's requests about accounts meet the sandbox, which was written apart from it."""

import asyncio
from datetime import timedelta

import pytest

from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import AccountEventKind, ReadFailure
from reconciler.model.errors import ConnectorError
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.sandbox import App, Group, Sandbox, Token, User, World

ADMIN = "svc@acme.example"
STATUSES = (
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "LOCKED_OUT",
    "PASSWORD_EXPIRED",
    "SUSPENDED",
    "DEPROVISIONED",
)
PEOPLE = tuple(User(login=f"{status.lower()}@acme.example", status=status) for status in STATUSES)
JANE = User(
    login="jane.roe@acme.example",
    first_name="Jane",
    last_name="Roe",
    department="Sales",
    title="Agent",
    manager="Ann Lee",
    provider="FEDERATION",
)
JANES = tuple(
    User(login=f"jane.{n:02}@acme.example", first_name="Jane", last_name="Doe") for n in range(12)
)


@pytest.fixture
def sandbox():
    """An org with people in every status, and Jane among others of her name."""
    world = World(
        users=(User(login=ADMIN, roles=("SUPER_ADMIN",)), *PEOPLE, JANE, *JANES),
        groups=(Group(name="Sellers", members=(JANE.login,)),),
        apps=(
            App(label="Sales tool", groups=("Sellers",)),
            App(label="Mail", users=(JANE.login,)),
            App(label="Other"),
        ),
        tokens=(Token(name="reconciler", owner=ADMIN),),
    )
    with Sandbox.open(None, world=world, rate_limit="off") as org:
        yield org


def asked(org, ask, writes=None):
    """What the client makes of the org's answers."""

    async def run():
        options = SenderOptions(clock=org.now)
        origin = OrgUrl.parse("https://acme.okta.com", pinned_host=None)
        auth, wire = SswsAuth(org.token()), org.transport()
        async with Sender(origin, auth, options, writes=writes, transport=wire) as sender:
            return await ask(sender)

    return asyncio.run(run())


def read(org, ask):
    """What a reader finds."""
    return asked(org, lambda sender: ask(OktaReader(sender)))


def change(org, user, call):
    """What a change is answered."""
    writes = WriteAllowlist(accounts=[(call, user)])
    return asked(org, lambda sender: OktaWriter(sender).change_account(user, call), writes)


def id_of(org, login):
    """The id behind a login."""
    return next(user.id for user in org.users() if user.login == login)


@pytest.mark.parametrize(
    ("call", "status", "after", "kind"),
    [
        ("SUSPEND", "ACTIVE", "SUSPENDED", "SUSPENDED"),
        ("UNSUSPEND", "SUSPENDED", "ACTIVE", "UNSUSPENDED"),
        ("UNLOCK", "LOCKED_OUT", "ACTIVE", "UNLOCKED_BY_ADMIN"),
        ("RESET_PASSWORD", "ACTIVE", "RECOVERY", "PASSWORD_RESET"),
        ("DEACTIVATE", "ACTIVE", "DEPROVISIONED", "DEACTIVATED"),
        ("ACTIVATE", "STAGED", "PROVISIONED", "ACTIVATED"),
        ("ACTIVATE", "DEPROVISIONED", "PROVISIONED", "ACTIVATED"),
        ("REACTIVATE", "PROVISIONED", "PROVISIONED", "REACTIVATED"),
        ("CLEAR_SESSIONS", "ACTIVE", "ACTIVE", "SESSIONS_CLEARED"),
    ],
)
def test_each_change_is_made_shown_and_told_in_the_log(sandbox, call, status, after, kind):
    """By the status, when it changed, and the event with its actor."""
    user, start = id_of(sandbox, f"{status.lower()}@acme.example"), sandbox.now()
    before = read(sandbox, lambda reader: reader.fetch_user(user))
    assert change(sandbox, user, LifecycleCall[call]).request_id

    found = read(sandbox, lambda reader: reader.fetch_user(user))
    assert (before.status, found.status, found.moving_to) == (status, after, "")
    if after != status:
        assert found.status_changed_at >= start.replace(microsecond=0)
    log = read(sandbox, lambda reader: reader.fetch_account_log(start - timedelta(hours=1), [user]))
    (event,) = log.events
    assert (event.user, event.kind) == (user, AccountEventKind[kind])
    assert event.actor.login == ADMIN
    assert event.actor.has_token


def test_members_and_single_people_show_the_same_of_an_account(sandbox):
    """A plan judges by the list, an apply by the one."""
    group = next(group.id for group in sandbox.groups() if group.name == "Sellers")
    (member,) = read(sandbox, lambda reader: reader.fetch_members(group))
    one = read(sandbox, lambda reader: reader.fetch_user(member.id))
    searched = read(
        sandbox, lambda reader: reader.fetch_users(ids=[member.id], logins=[], emails=[])
    )
    assert member == one == searched[0]
    assert (one.provider, one.status_changed_at is not None) == ("FEDERATION", True)


@pytest.mark.parametrize(
    ("call", "status", "okta_code"),
    [
        ("SUSPEND", "STAGED", "E0000001"),
        ("UNSUSPEND", "ACTIVE", "E0000001"),
        ("UNLOCK", "ACTIVE", "E0000032"),
        ("REACTIVATE", "ACTIVE", "E0000038"),
        ("ACTIVATE", "ACTIVE", "E0000016"),
        ("DEACTIVATE", "DEPROVISIONED", "E0000007"),
    ],
)
def test_a_change_that_the_status_forbids_is_refused_by_its_code(sandbox, call, status, okta_code):
    """The line's answer, and nothing was changed."""
    user = id_of(sandbox, f"{status.lower()}@acme.example")
    with pytest.raises(ConnectorError) as caught:
        change(sandbox, user, LifecycleCall[call])
    assert caught.value.okta_code == okta_code
    assert read(sandbox, lambda reader: reader.fetch_user(user)).status == status


def test_the_log_of_some_people_tells_nothing_of_others(sandbox):
    """And that of no one in particular tells everything."""
    jane, active = id_of(sandbox, JANE.login), id_of(sandbox, "active@acme.example")
    for user in (jane, active):
        change(sandbox, user, LifecycleCall.CLEAR_SESSIONS)
    since = sandbox.now() - timedelta(hours=1)

    def people(users):
        log = read(sandbox, lambda reader: reader.fetch_account_log(since, users))
        return {event.user for event in log.events}

    assert people([jane]) == {jane}
    assert people([]) == people([jane] * 21) == {jane, active}


def test_a_person_who_locked_themselves_out_is_told_of(sandbox):
    """Whether the event names them as its target or only as its actor."""
    sandbox.set_status("active@acme.example", "LOCKED_OUT")
    user, since = id_of(sandbox, "active@acme.example"), sandbox.now() - timedelta(hours=1)
    log = read(sandbox, lambda reader: reader.fetch_account_log(since, [user]))
    assert AccountEventKind.LOCKED in {event.kind for event in log.events if event.user == user}


@pytest.mark.parametrize("groups", [True, False])
def test_ended_sessions_are_told_with_memberships(sandbox, groups):
    """Asked by the person or by the group, in the same one request."""
    jane = id_of(sandbox, JANE.login)
    group = next(group.id for group in sandbox.groups() if group.name == "Sellers")
    change(sandbox, jane, LifecycleCall.CLEAR_SESSIONS)
    since, outset = sandbox.now() - timedelta(hours=1), len(sandbox.requests())
    who = {"groups": [group], "users": []} if groups else {"groups": [], "users": [jane]}
    log = read(sandbox, lambda reader: reader.fetch_membership_log(since, **who, sessions=True))
    assert [(event.user, event.kind) for event in log.cleared] == [
        (jane, AccountEventKind.SESSIONS_CLEARED)
    ]
    assert len(sandbox.requests()) - outset == 1


def test_a_profile_tells_a_person_from_another(sandbox):
    """By login or id, and by nothing that is only like it."""
    found = read(sandbox, lambda reader: reader.fetch_profile(JANE.login.upper()))
    assert (found.manager, found.department, found.title) == ("Ann Lee", "Sales", "Agent")
    assert read(sandbox, lambda reader: reader.fetch_profile(found.id)) == found
    for text in ("jane.roe", "nobody@acme.example"):
        assert read(sandbox, lambda reader, text=text: reader.fetch_profile(text)) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("jane.roe@acme.example", 1),
        ("JANE.ROE@acme.example", 1),
        ("jane.roe", 1),
        ("roe", 1),
        ("Jane Roe", 1),
        ("Jane Doe", 10),
        ("jane", 10),
        ("nobody", 0),
        ('" or status eq "ACTIVE', 0),
    ],
)
def test_a_name_finds_ten_candidates_at_most(sandbox, text, number):
    """Whatever is typed is a value and no expression."""
    found = read(sandbox, lambda reader: reader.fetch_candidates(text))
    assert not isinstance(found, ReadFailure), found
    assert len(found) == number
    assert all("jane" in user.login for user in found)


def test_the_apps_of_a_person_are_theirs_or_a_groups(sandbox):
    """What a group gives goes with it."""
    jane = id_of(sandbox, JANE.login)
    apps = read(sandbox, lambda reader: reader.fetch_apps_of(jane))
    assert [(app.label, app.is_direct) for app in apps] == [("Mail", True), ("Sales tool", False)]
