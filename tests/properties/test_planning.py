"""What is true of every plan, over random companies."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.model.catalog import Authority, CreateGroup
from reconciler.model.plan import Action, MemberClass
from reconciler.planning.plan_codec import digest, dump_plan, load_plan
from tests.properties.worlds import (
    LOGINS,
    carried_out,
    catalogs,
    group_id,
    orgs,
    plan,
    unattribute,
    uncover,
    user_id,
    without_limits,
)


@given(catalogs(), orgs())
def test_carrying_an_unheld_plan_out_leaves_nothing_to_do(catalog, live):
    """Convergence and idempotence: one apply is enough, and the second finds no change."""
    made = plan(catalog, live)
    assume(not any(c.held_by for c in made.changes))

    again = plan(catalog, carried_out(made, live))

    assert again.changes == ()


@given(catalogs(), orgs())
def test_applying_again_and_again_comes_to_rest(catalog, live):
    """A guard may pass once additions are visible; then the next run finishes, and no third."""
    for _ in range(3):
        live = carried_out(plan(catalog, live), live)

    assert [c for c in plan(catalog, live).changes if not c.held_by] == []


@given(catalogs(LOGINS), orgs())
def test_an_unguarded_plan_makes_groups_hold_exactly_who_is_wanted(catalog, live):
    """Convergence: without doubt, authoritative groups end as git says, to the person.

    But for whom a rule put there: nobody here can take them out.
    """
    settings = replace(catalog.settings, protected=())
    catalog = without_limits(replace(catalog, settings=settings))
    made = plan(catalog, live)
    after = carried_out(made, live)
    excused = {(b.group.key, b.person.id) for b in made.blocked if b.person}
    held = any(c.held_by for c in made.changes)
    for summary in made.groups:
        if summary.authority is not Authority.AUTHORITATIVE or held or summary.group.id is None:
            continue
        wanted = {
            user_id(g.subject)
            for b in catalog.bindings
            if b.name in summary.bindings
            for g in catalog.grants
            if (g.tool, g.entitlement) == (b.tool, b.entitlement) and g.validity.is_live(made.as_of)
        }
        fed = live.rule_fed.get(summary.group.id, frozenset())
        blocked = {person for key, person in excused if key == summary.group.key} | fed

        assert wanted - blocked == after.members[summary.group.id] - blocked


@given(catalogs(), orgs())
def test_no_line_names_a_group_that_no_binding_names(catalog, live):
    """Scope: what is not managed is not in the plan at all."""
    made = plan(catalog, live)
    bound = {b.group.name for b in catalog.bindings}

    assert {c.group.name for c in made.changes} <= bound
    assert {c.group.id for c in made.changes if c.action is Action.REMOVE} <= set(live.members)


@given(catalogs(), orgs(), st.sampled_from([group_id(n) for n in ("Alpha", "Beta", "Gamma")]))
def test_losing_sight_of_a_group_never_adds_a_removal(catalog, live, group):
    """Doubt: less coverage, never more removals; and the unread group has no line at all."""
    before = {c.intent for c in plan(catalog, live).changes if c.action is Action.REMOVE}

    made = plan(catalog, uncover(live, group))

    after = {c.intent for c in made.changes if c.action is Action.REMOVE}
    assert after <= before
    assert all(c.group.id != group for c in made.changes)


@given(catalogs(), orgs())
def test_nobody_whom_a_rule_feeds_is_removed(catalog, live):
    """Attribution: taking them out would silently edit the rule, and they would come back."""
    for change in plan(catalog, live).changes:
        if change.action is Action.REMOVE:
            assert change.person.id not in live.rule_fed[change.group.id]


@given(catalogs(), orgs())
def test_nobody_of_whom_okta_does_not_say_is_removed(catalog, live):
    """Attribution has three values: taking out whom a rule may feed might edit the rule."""
    for change in plan(catalog, live).changes:
        if change.action is Action.REMOVE:
            assert change.person.id not in live.unattributed.get(change.group.id, ())


@given(catalogs(), orgs())
def test_every_member_of_a_managed_group_is_accounted_for_once(catalog, live):
    """Shown as protected or rule-fed, wanted, removed, reported or blocked: nobody is forgotten."""
    made = plan(catalog, live)
    protected = {user_id(p.login) for p in catalog.settings.protected}
    for summary in made.groups:
        if summary.group.id is None:
            continue
        members, fed = live.members[summary.group.id], live.rule_fed[summary.group.id]
        shown = (members & protected) | fed

        assert (summary.protected, summary.rule_fed) == (
            len(members & protected),
            len(fed - protected),
        )
        lines = (*made.changes, *made.blocked, *made.unapproved)
        spoken = {n.person.id for n in lines if n.person and n.group == summary.group}
        wanted = {
            user_id(g.subject)
            for b in catalog.bindings
            if b.name in summary.bindings
            for g in catalog.grants
            if g.tool == b.tool and g.subject in LOGINS and g.validity.is_live(made.as_of)
        }
        certain = all(g.subject in LOGINS for g in catalog.grants)
        assert not certain or members - shown - wanted <= spoken


@given(catalogs(), orgs(), st.sampled_from([group_id(n) for n in ("Alpha", "Beta", "Gamma")]))
def test_losing_attribution_never_adds_a_removal(catalog, live, group):
    """Doubt: what was known of a rule is forgotten, and nobody goes for that."""
    before = {c.intent for c in plan(catalog, live).changes if c.action is Action.REMOVE}

    made = plan(catalog, unattribute(live, group))

    assert {c.intent for c in made.changes if c.action is Action.REMOVE} <= before


@given(catalogs(), orgs())
def test_a_group_that_makes_admins_has_no_line_unless_it_is_meant(catalog, live):
    """Scope: nobody becomes an admin, or stops being one, by accident."""
    made = plan(catalog, live)
    for binding in catalog.bindings:
        group = live.groups[group_id(binding.group.name)]
        is_bound = not isinstance(binding.group, CreateGroup)
        if is_bound and group.is_writable and group.has_admin_role and not binding.admin_role:
            assert all(c.group.id != group.id for c in made.changes)
            assert ("group-has-admin-role", group.id) in {
                (b.code, b.group.id) for b in made.blocked
            }


@given(catalogs(), orgs(), st.sampled_from(LOGINS))
def test_losing_a_person_never_removes_them(catalog, live, login):
    """Doubt: a renamed login leaves its grant unresolved, and holds what it might explain."""
    gone = user_id(login)
    users = {
        u: replace(user, login="renamed@example.com", email="renamed@example.com")
        if u == gone
        else user
        for u, user in live.users.items()
    }
    catalog = replace(catalog, identities=())
    subjects = {
        (g.tool, g.subject) for g in catalog.grants if g.validity.is_live(plan(catalog, live).as_of)
    }

    made = plan(catalog, replace(live, users=users))

    for change in made.changes:
        if change.action is Action.REMOVE and change.person.id == gone:
            assert (change.tool, login) not in subjects


@given(catalogs(), orgs())
def test_nobody_protected_and_no_candidate_of_a_doubt_is_removed(catalog, live):
    """The frozen stay: protected people, and everyone an ambiguous grant may mean."""
    made = plan(catalog, live)
    protected = {user_id(p.login) for p in catalog.settings.protected}
    frozen = {(b.group.key, c.id) for b in made.blocked for c in b.candidates}
    for change in made.changes:
        if change.action is Action.REMOVE:
            assert change.person.id not in protected
            assert (change.group.key, change.person.id) not in frozen


@given(catalogs(), orgs())
def test_a_removal_is_always_explained_and_an_addition_always_justified(catalog, live):
    """Every addition cites a live grant; every removal an ended one, or authority without any."""
    authority = {b.group.name: b.authority for b in catalog.bindings}
    for change in plan(catalog, live).changes:
        if change.action is Action.ADD:
            assert change.grants
        if change.action is Action.REMOVE:
            is_ended = change.member_class is MemberClass.ENDED
            assert bool(change.grants) is is_ended
            assert is_ended or authority[change.group.name] is Authority.AUTHORITATIVE


@given(catalogs(), orgs())
def test_nobody_inactive_is_added(catalog, live):
    """A suspended or closed account gains nothing."""
    for change in plan(catalog, live).changes:
        if change.action is Action.ADD:
            assert live.users[change.person.id].status == "ACTIVE"


@given(catalogs(), orgs(), st.randoms(use_true_random=False))
def test_the_order_of_files_changes_no_byte(catalog, live, chance):
    """Order: the same input in another order gives the same plan file."""
    shuffled = [list(catalog.grants), list(catalog.bindings)]
    for items in shuffled:
        chance.shuffle(items)
    other = replace(catalog, grants=tuple(shuffled[0]), bindings=tuple(shuffled[1]))

    assert dump_plan(plan(catalog, live)) == dump_plan(plan(other, live))


@given(catalogs(), orgs())
def test_a_plan_file_reads_back_as_the_same_plan(catalog, live):
    """Round trip: nothing is lost between plan and apply."""
    made = plan(catalog, live)

    assert made == load_plan(dump_plan(made))
    assert dump_plan(made) == dump_plan(load_plan(dump_plan(made)))


@given(catalogs(), orgs())
def test_the_digest_covers_intent_and_nothing_else(catalog, live):
    """A reviewer's digest survives reformatting, and no change of what would happen."""
    made = plan(catalog, live)
    chatty = replace(
        catalog, grants=tuple(replace(g, purpose="other words") for g in catalog.grants)
    )

    assert digest(made) == digest(plan(chatty, live))
    for left_out in range(len(made.changes)):
        fewer = made.changes[:left_out] + made.changes[left_out + 1 :]
        assert digest(made) != digest(replace(made, changes=fewer))


@given(catalogs(), orgs())
def test_removals_come_first_and_high_risk_before_the_rest(catalog, live):
    """Order: what can hurt is read first."""
    ranks = [
        (c.action is not Action.REMOVE, c.risk.value != "high") for c in plan(catalog, live).changes
    ]

    assert sorted(ranks) == ranks
