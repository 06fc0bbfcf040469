"""Which groups a run may touch, row by row of the table in the module's docstring."""

from dataclasses import replace

import pytest
import yaml

from reconciler.model.catalog import (
    Authority,
    BindGroup,
    Catalog,
    CreateGroup,
    Fulfilment,
    bindings_of,
    own_group,
)
from reconciler.model.directory import DirectoryGroup, LiveState, ReadFailure
from reconciler.model.plan import GroupRef, PlanWarning
from reconciler.planning.scope import ManagedGroup, Scope, scope
from tests.support.nouns import GROUP, ORG, binding, codes, tool

CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP", has_admin_role=False)
BIND = binding()
CREATE = binding("cursor", group=CreateGroup(name="Cursor users"))
MARKED = DirectoryGroup(
    id="00gmade",
    name="Cursor users",
    type="OKTA_GROUP",
    has_admin_role=False,
    description="Seats. [reconciler:okta-prod/cursor/users]",
)
RENAMED = replace(MARKED, id="00grenamed", name="Seats of old")
REFUSED = ReadFailure(code="refused", detail="403 E0000006")


def live(**facts):
    """An org that shows the Claude group with one member."""
    shown = {"groups": {GROUP.id: CLAUDE}, "members": {GROUP.id: frozenset({"00ujane"})}}
    return LiveState(org=ORG, **{**shown, **facts})


def named(*groups):
    """An org in which these groups, without members, have the name Cursor users."""
    return live(
        groups={g.id: g for g in groups},
        groups_by_name={"cursor users": groups},
        members={g.id: frozenset() for g in groups},
    )


def marked(*groups):
    """These groups carry the marker of the Cursor binding."""
    return {CREATE.marker: groups}


def test_a_bound_group_that_was_read_is_managed():
    """The ordinary case, with its members."""
    group = ManagedGroup(ref=GROUP, bindings=(BIND,), members=frozenset({"00ujane"}))
    assert Scope(groups=(group,)) == scope([BIND], live())


def test_a_name_that_okta_does_not_have_is_to_be_created():
    """The group has a name and no id yet."""
    found = scope([CREATE], live())
    group = ManagedGroup(ref=GroupRef(id=None, name="Cursor users"), bindings=(CREATE,))
    assert Scope(groups=(group,)) == found
    assert found.groups[0].is_new


def test_a_name_with_our_marker_is_the_group_we_made():
    """It is managed under the key it had before, and the reader is told to bind it."""
    found = scope([CREATE], named(MARKED))
    group = GroupRef(id="00gmade", name="Cursor users", is_made=True)
    assert (ManagedGroup(ref=group, bindings=(CREATE,)),) == found.groups
    assert codes(found.warnings) == ["group-created-unbound"]


def test_the_binding_to_write_for_a_made_group_parses_whatever_its_name():
    """The hint is copied into a file."""
    name = 'Cursor "pro": users'
    creating = binding("cursor", group=CreateGroup(name=name))
    made = replace(MARKED, name=name)
    state = replace(named(made), groups_by_name={name.casefold(): (made,)})
    (warning,) = scope([creating], state).warnings
    stanza = warning.hint.partition("can lose it: ")[2]
    assert yaml.safe_load(stanza) == {"group": {"bind": {"id": "00gmade", "name": name}}}


def blocked(code, bindings, state):
    """One blocked row: nothing is managed, and each binding says why."""
    found = scope(bindings, state)
    return ((), [code] * len(bindings)) == (found.groups, codes(found.blocked))


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("group-missing", live(groups={}, members={})),
        (
            "group-missing",
            live(groups={}, unread={GROUP.id: ReadFailure(code="missing", detail="")}),
        ),
        ("group-refused", live(unread={GROUP.id: REFUSED})),
        ("group-refused", live(groups={}, unread={GROUP.id: REFUSED})),
        ("group-malformed", live(unread={GROUP.id: ReadFailure(code="malformed", detail="")})),
        ("group-missing", live(members={})),
        ("group-not-writable", live(groups={GROUP.id: replace(CLAUDE, type="APP_GROUP")})),
        ("group-not-writable", live(groups={GROUP.id: replace(CLAUDE, type="BUILT_IN")})),
    ],
)
def test_a_bound_group_that_is_unknown_or_not_ours_to_write_is_blocked(code, state):
    """Unknown is never compared: an unread group must not look empty."""
    assert blocked(code, [BIND], state)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("group-name-taken", named(replace(MARKED, description="Somebody's"))),
        ("group-name-taken", named(replace(MARKED, description=f"{CREATE.marker} edited"))),
        ("group-name-taken", named(replace(MARKED, description=BIND.marker))),
        ("group-marked-twice", named(MARKED, replace(MARKED, id="00gtwin"))),
        ("group-marked-twice", replace(named(MARKED), groups_by_marker=marked(RENAMED))),
        ("group-refused", live(unread_markers={CREATE.marker: REFUSED})),
        (
            "group-refused",
            replace(
                named(replace(MARKED, description="")), unread_markers={CREATE.marker: REFUSED}
            ),
        ),
        ("group-refused", live(unread_names={"cursor users": REFUSED})),
        ("group-refused", replace(named(MARKED), unread={"00gmade": REFUSED})),
        ("group-missing", replace(named(MARKED), members={})),
        ("group-not-writable", named(replace(MARKED, type="APP_GROUP"))),
    ],
)
def test_a_name_that_is_somebody_elses_or_unknown_is_blocked(code, state):
    """A creation is only planned where it is certain that nobody has the name."""
    assert blocked(code, [CREATE], state)


def test_a_group_that_was_renamed_is_known_by_its_marker():
    """Under its id, for its name is no longer the one that was planned; and it asks to be bound."""
    state = live(
        groups={RENAMED.id: RENAMED},
        groups_by_marker=marked(RENAMED),
        members={RENAMED.id: frozenset({"00ujane"})},
    )
    found = scope([CREATE], state)
    assert [(g.ref, g.members) for g in found.groups] == [
        (GroupRef(id="00grenamed", name="Seats of old"), frozenset({"00ujane"}))
    ]
    (warning,) = found.warnings
    assert warning.summary.endswith('it was made as "Cursor users" and renamed since')
    assert warning.groups == (found.groups[0].ref,)


def test_our_marked_group_wins_over_one_of_a_directory():
    """Whatever an app or a directory calls its own groups."""
    twins = [replace(MARKED, id=f"00g{t}", type=t, description="") for t in ("APP_GROUP", "OTHER")]
    copied = replace(MARKED, id="00gcopy", type="APP_GROUP")
    for others in (twins, [copied], [*twins, copied]):
        found = scope([CREATE], named(*others, MARKED))
        assert [g.ref.id for g in found.groups] == ["00gmade"]
        assert found.blocked == ()


def test_a_read_that_failed_costs_nothing_where_the_other_found_the_group():
    """Name and marker are two ways to one group."""
    by_marker = replace(
        named(MARKED),
        groups_by_name={},
        groups_by_marker=marked(MARKED),
        unread_names={"cursor users": REFUSED},
    )
    by_name = replace(named(MARKED), unread_markers={CREATE.marker: REFUSED})
    for state in (by_marker, by_name):
        assert [g.ref.id for g in scope([CREATE], state).groups] == ["00gmade"]


def test_a_name_is_looked_for_whatever_its_case():
    """Okta's names differ in case only for people who do not look."""
    shouting = binding("cursor", group=CreateGroup(name="CURSOR Users"))
    assert blocked("group-name-taken", [shouting], named(replace(MARKED, description="")))


def test_a_retired_binding_without_a_group_is_over():
    """There is nothing to make, and nobody to take out."""
    assert scope([replace(CREATE, retired=True)], live()) == Scope()


def test_an_active_binding_speaks_for_a_group_that_another_leaves():
    """The retired one comes last, and disagrees with nobody."""
    old = replace(binding("cursor"), retired=True, unattended=True)
    (group,) = scope([old, BIND], live()).groups
    assert group.bindings == (BIND, old)
    assert not group.bindings[0].retired
    assert scope([old], live()).groups[0].bindings[0].retired


def test_bindings_of_one_group_are_one_managed_group():
    """Access is the union of what both entitlements grant."""
    other = binding("cursor")
    group = ManagedGroup(ref=GROUP, bindings=(BIND, other), members=frozenset({"00ujane"}))
    assert (group,) == scope([BIND, other], live()).groups


@pytest.mark.parametrize(
    "difference", [{"authority": Authority.AUTHORITATIVE}, {"unattended": True}]
)
def test_bindings_of_one_group_that_disagree_all_block(difference):
    """Neither may decide for the other what happens to members nobody named."""
    assert blocked("bindings-disagree", [BIND, binding("cursor", **difference)], live())


def test_a_group_that_one_binding_made_and_another_binds_is_one_group():
    """Apart, each would take the other's granted people for unapproved members."""
    by_id = binding("notion", group=BindGroup(id="00gmade", name="Cursor users"))
    found = scope([CREATE, by_id], named(MARKED))
    assert [frozenset({CREATE.name, by_id.name})] == [
        frozenset(b.name for b in group.bindings) for group in found.groups
    ]


def test_two_bindings_that_create_one_name_are_treated_alike_before_and_after():
    """After the creation the second binding's people must not become unapproved members."""
    second = binding("notion", group=CreateGroup(name="Cursor users"))
    before, after = scope([CREATE, second], live()), scope([CREATE, second], named(MARKED))
    assert [g.bindings for g in before.groups] == [g.bindings for g in after.groups]


def test_one_blocked_binding_leaves_the_others_managed():
    """Doubt stays where it is."""
    found = scope([BIND, CREATE], live(unread_names={"cursor users": REFUSED}))
    assert (
        [g.bindings for g in found.groups],
        codes(found.blocked),
    ) == ([(BIND,)], ["group-refused"])


def test_a_group_renamed_in_okta_is_found_by_id_and_told():
    """The id decides, and the file's name is out of date."""
    renamed = live(groups={GROUP.id: replace(CLAUDE, name="Claude seats")})
    found = scope([BIND], renamed)
    assert [GroupRef(id=GROUP.id, name="Claude seats")] == [g.ref for g in found.groups]
    assert found.warnings == (
        PlanWarning(
            code="group-renamed",
            summary='00gclaude is called "Claude seats" in Okta and "Claude users" in '
            "claude/users@okta-prod; the id decides",
            hint="update the name in the binding",
            groups=(GroupRef(id=GROUP.id, name="Claude seats"),),
        ),
    )


@pytest.mark.parametrize(
    ("expected", "groups"),
    [
        (MARKED, (MARKED,)),
        (None, ()),
        (None, (MARKED, replace(MARKED, id="00gtwin"))),
        (None, (replace(MARKED, description=f"{CREATE.marker}."),)),
        (None, (replace(MARKED, description="[reconciler:okta-prod/cursor/admins]"),)),
    ],
)
def test_a_group_is_our_own_by_a_marker_at_its_end_and_no_twin(expected, groups):
    """Anything less certain is somebody else's group."""
    assert expected == own_group(CREATE, groups)


def test_bindings_are_the_connectors_own_that_okta_fulfils_by_name():
    """Manual tools and other orgs have no part in this plan."""
    by_hand = replace(tool("midjourney"), fulfilment=Fulfilment.MANUAL)
    tools = {"claude": tool(), "cursor": tool("cursor"), "midjourney": by_hand}
    elsewhere = binding(connector="okta-lab")
    bindings = (CREATE, binding("midjourney"), elsewhere, binding("unknown"), BIND)
    catalog = Catalog(tools=tools, bindings=bindings)
    assert bindings_of(catalog, "okta-prod") == (BIND, CREATE)


ADMINS = replace(CLAUDE, has_admin_role=True)


@pytest.mark.parametrize(
    ("code", "binding_", "state"),
    [
        ("group-has-admin-role", BIND, live(groups={GROUP.id: ADMINS})),
        ("group-has-admin-role", CREATE, named(replace(MARKED, has_admin_role=True))),
    ],
)
def test_a_group_that_makes_admins_is_blocked(code, binding_, state):
    """Whoever is put into it becomes an admin, which a grant of a tool does not say."""
    assert blocked(code, [binding_], state)


@pytest.mark.parametrize("has_admin_role", [True, False, None])
def test_a_group_that_makes_admins_is_managed_where_that_is_meant(has_admin_role):
    """The binding says so, and it does no harm where there is no such role."""
    meant = replace(BIND, admin_role=True)
    state = live(groups={GROUP.id: replace(CLAUDE, has_admin_role=has_admin_role)})
    assert [group.ref for group in scope([meant], state).groups] == [GROUP]


def test_a_managed_group_knows_whom_rules_put_there_and_how_many_apps_it_has():
    """As far as Okta said."""
    jane, joe = frozenset({"00ujane"}), frozenset({"00ujoe"})
    state = live(
        groups={GROUP.id: replace(CLAUDE, app_count=2)},
        rule_fed={GROUP.id: jane, "00gother": joe},
        unattributed={GROUP.id: joe},
    )
    (group,) = scope([BIND], state).groups
    assert (jane, joe, 2) == (group.rule_fed, group.unattributed, group.app_count)


def test_bindings_of_one_group_agree_on_its_admin_role_or_all_block():
    """Else people whom the blocked binding grants would be taken for unapproved."""
    other = replace(binding("cursor"), admin_role=True)
    found = scope([BIND, other], live(groups={GROUP.id: ADMINS}))
    assert found.groups == ()
    assert len(found.blocked) == 2
