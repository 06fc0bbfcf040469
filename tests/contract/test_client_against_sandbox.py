"""The client and the sandbox were written apart: here they meet, in process, without a socket."""

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.sandbox import Fault, Group, Sandbox, Token, User, World

pytestmark = pytest.mark.anyio
SERVICE = "svc-access@acme.example"
PEOPLE = tuple(f"person.{n:04}@acme.example" for n in range(1250))
TWIN = "00g1twin0000000000a1"
APP_TWIN = "00g1twin0000000000a2"
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
MARKER = "[reconciler:okta-prod/claude/users]"
ODD = 'Odd "quoted" \\ & name'


@pytest.fixture
def anyio_backend():
    """The product runs on asyncio."""
    return "asyncio"


@pytest.fixture
def sandbox():
    """An org with a group of two pages, a name that needs escaping, and a group of each type."""
    users = [User(login=login) for login in PEOPLE]
    gone = User(login="gone@acme.example", status="DEPROVISIONED")
    world = World(
        users=(*users, gone, User(login=SERVICE, roles=("SUPER_ADMIN",))),
        groups=(
            Group(name="big", members=(*PEOPLE, gone.login)),
            Group(name=ODD, members=()),
            Group(name="Marked", description=f"Seats. {MARKER}"),
            Group(name="Told", description=f"like {MARKER} but not it"),
            Group(name="twin", id=TWIN),
            Group(name="Twin", id=APP_TWIN, type="APP_GROUP"),
            *(Group(name=f"g{n:03}") for n in range(230)),
        ),
        tokens=(Token(name="reconciler", owner=SERVICE),),
    )
    with Sandbox.open(None, world=world, rate_limit="off") as org:
        yield org


@pytest.fixture
async def connect(sandbox):
    """Senders to the sandbox; waiting is free."""
    opened = []

    async def sleep(_seconds):
        """Time passes."""

    def connect(*, writes=None, token=None, clock=lambda: NOW):
        sender = Sender(
            OrgUrl.parse("https://acme.okta.com", pinned_host="acme.okta.com"),
            SswsAuth(token or sandbox.token()),
            SenderOptions(clock=clock, sleep=sleep),
            writes=writes,
            transport=sandbox.transport(),
        )
        opened.append(sender)
        return sender

    yield connect
    for sender in opened:
        await sender.aclose()


def group_id(sandbox, name):
    """The id behind a name."""
    return next(group.id for group in sandbox.groups() if group.name == name)


def user_id(sandbox, login):
    """The id behind a login."""
    return next(user.id for user in sandbox.users() if user.login == login)


async def test_the_org_and_the_caller_are_who_they_should_be(sandbox, connect):
    """The pin is compared without the credential."""
    reader = OktaReader(connect(), pinned_org=sandbox.org_id)
    assert (await reader.fetch_org()).id == sandbox.org_id
    assert (await reader.fetch_caller()).login == SERVICE
    with pytest.raises(GuardRefused):
        await OktaReader(connect(), pinned_org="00o1other").fetch_org()


async def test_every_member_is_read_over_all_pages(sandbox, connect):
    """Deprovisioned ones too."""
    reader = OktaReader(connect())
    members = await reader.fetch_members(group_id(sandbox, "big"))
    assert {m.login for m in members} == {*PEOPLE, "gone@acme.example"}
    assert (reader.reads.calls, reader.reads.pages) == (2, 2)


async def test_groups_are_found_by_id_and_by_name(sandbox, connect):
    """Over a hundred ids, names that need escaping, and names that differ by case."""
    reader = OktaReader(connect())
    ids = [group.id for group in sandbox.groups()]
    found = await reader.fetch_groups([*ids, "00gNone"])
    assert [found[i].id for i in ids] == ids
    assert found["00gNone"].code == "missing"
    named = await reader.fetch_groups_named([ODD, "TWIN", "none"])
    assert {name: {g.type for g in groups} for name, groups in named.items()} == {
        ODD: {"OKTA_GROUP"},
        "TWIN": {"OKTA_GROUP", "APP_GROUP"},
        "none": set(),
    }


async def test_groups_are_found_by_the_end_of_their_description(connect):
    """Whatever their name; a marker in the middle of a sentence is none."""
    reader = OktaReader(connect())
    found = await reader.fetch_groups_marked([MARKER, "[reconciler:okta-prod/none/users]"])
    assert {marker: [g.name for g in groups] for marker, groups in found.items()} == {
        MARKER: ["Marked"],
        "[reconciler:okta-prod/none/users]": [],
    }


async def test_people_are_found_in_every_status(sandbox, connect):
    """By id, login and address, whatever the case."""
    reader = OktaReader(connect())
    users = await reader.fetch_users(
        ids=[user_id(sandbox, PEOPLE[100])],
        logins=["GONE@acme.example", *PEOPLE[:45], "nobody@acme.example"],
        emails=[PEOPLE[200].upper()],
    )
    assert {u.login for u in users} == {
        *PEOPLE[:45],
        PEOPLE[100],
        PEOPLE[200],
        "gone@acme.example",
    }


async def test_members_are_written_and_a_made_group_too(sandbox, connect):
    """Twice the same is accepted; other groups are out of reach."""
    person = user_id(sandbox, PEOPLE[0])
    writer = OktaWriter(connect(writes=WriteAllowlist([TWIN], names=["made"])))
    for _ in range(2):
        assert (await writer.add_member(TWIN, person)).request_id
    assert [m.login for m in sandbox.members(TWIN)] == [PEOPLE[0]]
    for _ in range(2):
        await writer.remove_member(TWIN, person)
    assert sandbox.members(TWIN) == ()
    made = await writer.create_group("made", "[reconciler:a/b/c]")
    await writer.add_member(made.id, person)
    assert [m.login for m in sandbox.members("made")] == [PEOPLE[0]]
    with pytest.raises(GuardRefused):
        await writer.add_member(group_id(sandbox, "big"), person)


async def test_the_log_tells_a_hand_from_our_token(sandbox, connect):
    """Whom our token added and a person took out again, newest first; nobody else is told of."""
    person, other = user_id(sandbox, PEOPLE[0]), user_id(sandbox, PEOPLE[1])
    writer = OktaWriter(connect(writes=WriteAllowlist([TWIN])))
    await writer.add_member(TWIN, person)
    await writer.add_member(TWIN, other)
    sandbox.remove_member(TWIN, PEOPLE[0])
    since = sandbox.now() - timedelta(days=2)
    clock = sandbox.now() + timedelta(seconds=1)
    reader = OktaReader(connect(clock=lambda: clock))
    log = await reader.fetch_membership_log(since, groups=[TWIN], users=[person])
    assert (log.since, {(e.group, e.user) for e in log.events}) == (since, {(TWIN, person)})
    told = [(e.is_removal, e.actor.has_token, e.actor.login == SERVICE) for e in log.events]
    assert told == [(True, False, False), (False, True, True)]
    assert reader.reads.calls == 1
    by_group = await reader.fetch_membership_log(since, groups=[TWIN], users=[])
    assert {e.user for e in by_group.events} == {person, other}


async def test_a_refused_write_says_why(sandbox, connect):
    """An app's group belongs to its app; an unknown person is a 404."""
    writer = OktaWriter(connect(writes=WriteAllowlist([TWIN, APP_TWIN])))
    for group, user, status in (
        (APP_TWIN, user_id(sandbox, PEOPLE[0]), 403),
        (TWIN, "00uNobody", 404),
    ):
        with pytest.raises(ConnectorError) as caught:
            await writer.add_member(group, user)
        assert caught.value.status == status
        assert caught.value.request_id


@pytest.mark.parametrize("kind", ["html", "concurrency", "cut", "short"])
async def test_passing_trouble_is_waited_out(sandbox, connect, kind):
    """Every page is whole in the end."""
    sandbox.faults.add(Fault(kind=kind, times=2))
    members = await OktaReader(connect()).fetch_members(group_id(sandbox, "big"))
    assert len(members) == len(PEOPLE) + 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_passing_refusal_is_waited_out(sandbox, connect, status):
    """Writes too."""
    sandbox.faults.add(Fault(kind="status", status=status, times=2))
    writer = OktaWriter(connect(writes=WriteAllowlist([TWIN])))
    await writer.add_member(TWIN, user_id(sandbox, PEOPLE[0]))
    assert [m.login for m in sandbox.members(TWIN)] == [PEOPLE[0]]


async def test_a_write_whose_answer_is_lost_is_true_in_the_end(sandbox, connect):
    """It is asked for again: it says what shall be."""
    sandbox.faults.add(Fault(kind="after-write", times=1))
    writer = OktaWriter(connect(writes=WriteAllowlist([TWIN])))
    await writer.add_member(TWIN, user_id(sandbox, PEOPLE[0]))
    assert [m.login for m in sandbox.members(TWIN)] == [PEOPLE[0]]


async def test_a_creation_whose_answer_is_lost_is_not_made_twice(sandbox, connect):
    """The operator is told; the group exists once."""
    sandbox.faults.add(Fault(kind="after-write", method="POST", times=1))
    writer = OktaWriter(connect(writes=WriteAllowlist(names=["made"])))
    with pytest.raises(ConnectorError):
        await writer.create_group("made", "d")
    assert [g.name for g in sandbox.groups()].count("made") == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("repeat", "malformed"),
        ("foreign-next", "malformed"),
        ("wrong-shape", "malformed"),
        ("malformed", "malformed"),
        ("short", "unreachable"),  # in process the line breaks before the answer begins
        ("cut", "unreachable"),
        ("html", "unreachable"),
    ],
)
async def test_lasting_trouble_on_a_later_page_leaves_doubt(sandbox, connect, kind, code):
    """Not half a list."""
    path = f"/api/v1/groups/{group_id(sandbox, 'big')}/users"
    sandbox.faults.add(Fault(kind=kind, path=path, times=0, skip=1))
    members = await OktaReader(connect()).fetch_members(group_id(sandbox, "big"))
    assert isinstance(members, ReadFailure)
    assert members.code == code


async def test_a_token_the_org_does_not_know_ends_the_run(connect):
    """Every further read would fail alike."""
    reader = OktaReader(connect(token="00wrong"))
    with pytest.raises(ConnectorError) as caught:
        await reader.fetch_members(TWIN)
    assert (caught.value.code, caught.value.okta_code) == ("token-refused", "E0000011")
