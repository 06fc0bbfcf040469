"""What one plan needs is observed once, and whatever was not read whole is marked."""

import pytest

from reconciler.live.snapshot import observe
from reconciler.model.catalog import BindGroup, Canary, Catalog
from reconciler.model.directory import (
    AttributedMembers,
    CanarySight,
    CredentialFacts,
    DirectoryGroup,
    LiveState,
    Org,
    ReadCount,
    ReadFailure,
)
from reconciler.model.errors import ConnectorError, GuardRefused
from tests.support.fake_directory import FakeReader
from tests.support.nouns import GROUP, binding, grant, tool, user

pytestmark = pytest.mark.anyio
JANE, JOE, SVC = user("jane"), user("joe"), user("svc")
CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
OTHER = DirectoryGroup(id="00gother", name="Other", type="OKTA_GROUP")
BINDINGS = (binding(), binding("cursor", group=BindGroup(id="00gother", name="Other")))
CATALOG = Catalog(tools={"claude": tool(), "cursor": tool("cursor")}, grants=(grant("joe"),))
CANARY = Canary(user="Canary@Example.com", group_id="00gcanary", group_name="Canary")
SHORT = ReadFailure(code="malformed", detail="page 2 was no list")
REFUSED = ConnectorError("token-refused", "Okta refused the credential", status=401)


def reader(**more):
    """An org with two groups."""
    facts = {
        "caller": SVC,
        "groups": {GROUP.id: CLAUDE, "00gother": OTHER},
        "members": {GROUP.id: (JANE,), "00gother": (JANE,), "00gcanary": (user("canary"),)},
        "users": (JOE,),
    }
    return FakeReader(**{**facts, **more})


async def test_everything_that_was_read_is_in_the_state():
    """Groups, members, people, caller, and what it cost."""
    assert await observe(reader(), CATALOG, BINDINGS, CANARY) == LiveState(
        org=Org(id="00oacme", domain="acme.okta.com"),
        credential=CredentialFacts(method="ssws"),
        caller="00usvc",
        groups={GROUP.id: CLAUDE, "00gother": OTHER},
        members={GROUP.id: frozenset({"00ujane"}), "00gother": frozenset({"00ujane"})},
        rule_fed={GROUP.id: frozenset(), "00gother": frozenset()},
        unattributed={GROUP.id: frozenset(), "00gother": frozenset()},
        shows_rules=False,
        users={u.id: u for u in (JANE, JOE, SVC)},
        canary=CanarySight.SEEN,
        reads=ReadCount(calls=11, pages=1),
    )


async def test_members_that_nobody_may_see_are_not_asked_for():
    """The group stands there as an empty one, and its people are looked up like anybody."""
    asked = reader()
    state = await observe(asked, CATALOG, BINDINGS, CANARY, readable=BINDINGS[:1])
    assert state.members == {GROUP.id: frozenset({"00ujane"}), "00gother": frozenset()}
    assert ("members", "00gother") not in asked.asked
    assert ("members", GROUP.id) in asked.asked
    assert state.unread == {}


async def test_a_short_read_leaves_its_group_unread_and_the_others_read():
    """It must not look like a smaller group."""
    short = reader(members={GROUP.id: SHORT, "00gother": (JANE,)})
    found = await observe(short, CATALOG, BINDINGS)
    assert ({GROUP.id: SHORT}, {"00gother": frozenset({"00ujane"})}) == (
        found.unread,
        found.members,
    )


async def test_a_group_that_is_not_there_is_unread_and_its_members_not_asked():
    """Absent and unread are told apart by their code."""
    missing = reader(groups={"00gother": OTHER})
    found = await observe(missing, CATALOG, BINDINGS)
    assert ({GROUP.id: "missing"}, ["00gother"]) == (
        {group: unread.code for group, unread in found.unread.items()},
        list(found.members),
    )
    assert ("members", GROUP.id) not in missing.asked


async def test_only_a_group_that_a_rule_targets_is_asked_who_was_put_there():
    """Nobody else can be rule-fed, and the question costs more than a plain list."""
    told = AttributedMembers(
        users=(JANE, JOE, SVC), fed=frozenset({JANE.id}), unknown=frozenset({JOE.id})
    )
    asked = reader(targets=frozenset({GROUP.id}), attributed={GROUP.id: told})
    found = await observe(asked, CATALOG, BINDINGS)
    assert found.members[GROUP.id] == frozenset({JANE.id, JOE.id, SVC.id})
    assert {GROUP.id: frozenset({JANE.id}), "00gother": frozenset()} == found.rule_fed
    assert {GROUP.id: frozenset({JOE.id}), "00gother": frozenset()} == found.unattributed
    assert ("members", GROUP.id) not in asked.asked
    assert ("attributed", "00gother") not in asked.asked


async def test_rules_that_could_not_be_read_leave_everybody_unattributed():
    """Could not tell is not by hand."""
    found = await observe(reader(targets=SHORT), CATALOG, BINDINGS)
    assert found.rule_fed == {GROUP.id: frozenset(), "00gother": frozenset()}
    assert found.unattributed == found.members


async def test_a_group_whose_attributed_read_was_short_is_unread():
    """Its members are as unknown as who put them there."""
    short = reader(targets=frozenset({GROUP.id}), attributed={GROUP.id: SHORT})
    found = await observe(short, CATALOG, BINDINGS)
    assert ({GROUP.id: SHORT}, ["00gother"]) == (found.unread, list(found.members))


async def test_rules_are_not_asked_for_where_no_group_is_read():
    """A plan of blocked bindings costs nothing more."""
    asked = reader(groups={})
    await observe(asked, CATALOG, BINDINGS)
    assert "rule-targets" not in asked.asked


async def test_a_look_up_that_failed_marks_its_subjects():
    """Who they are is unknown, not nobody."""
    found = await observe(reader(fails=SHORT), CATALOG, BINDINGS)
    assert found.unread_subjects == {"joe@example.com": SHORT}


async def test_a_service_app_has_no_caller():
    """Then nobody can be ourselves."""
    assert (await observe(reader(caller=None), CATALOG, BINDINGS)).caller is None


@pytest.mark.parametrize(
    ("sight", "members"),
    [
        (CanarySight.SEEN, (JANE, user("canary", login="cANARY@example.com"))),
        (CanarySight.ABSENT, (JANE,)),
        (CanarySight.ABSENT, ()),
        (CanarySight.UNREAD, SHORT),
    ],
)
async def test_the_canary_is_seen_in_its_group_or_it_is_not(sight, members):
    """A credential without an admin role reads empty lists; logins compare in any case."""
    found = await observe(reader(members={"00gcanary": members}), CATALOG, BINDINGS, CANARY)
    assert found.canary is sight


async def test_a_canary_that_nobody_named_is_not_asked_for():
    """There is no request for it either."""
    asked = reader()
    found = await observe(asked, CATALOG, BINDINGS)
    assert found.canary is CanarySight.NOT_ASKED
    assert ("members", "00gcanary") not in asked.asked


@pytest.mark.parametrize(
    "broken",
    [
        {"caller": REFUSED},
        {"groups": {GROUP.id: CLAUDE, "00gother": OTHER}, "members": {GROUP.id: REFUSED}},
        {"members": {GROUP.id: REFUSED, "00gother": REFUSED}},
        {"members": {"00gcanary": REFUSED}},
        {"fails": REFUSED},
        {"targets": REFUSED},
        {"targets": frozenset({GROUP.id}), "attributed": {GROUP.id: REFUSED}},
    ],
)
async def test_an_error_that_ends_the_run_surfaces_as_itself(broken):
    """Reads run together, but the command line knows one error, not a group of them."""
    with pytest.raises(ConnectorError) as caught:
        await observe(reader(**broken), CATALOG, BINDINGS, CANARY)
    assert caught.value is REFUSED


async def test_the_wrong_org_is_asked_for_nothing_else():
    """Nothing is told to an org that is not the pinned one."""
    wrong = reader(org=GuardRefused("org-mismatch", "another org answers"))
    with pytest.raises(GuardRefused):
        await observe(wrong, CATALOG, BINDINGS, CANARY)
    assert wrong.asked == ["org"]


async def test_a_fault_of_ours_is_not_dressed_up_as_oktas():
    """A bug must reach the last resort, whatever else failed beside it."""
    with pytest.raises(ExceptionGroup) as caught:
        await observe(reader(members={GROUP.id: KeyError("bug")}), CATALOG, BINDINGS)
    assert [KeyError] == [type(error) for error in caught.value.exceptions]
