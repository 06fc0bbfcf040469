"""One candidate resolves; several or none never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.identity.index import index_users
from reconciler.identity.resolve import Ambiguous, Missing, Resolved, resolve
from reconciler.model.catalog import IdentityMapping
from reconciler.model.settings import IdentityRule
from tests.support.nouns import user

M, L, E = IdentityRule.MAPPING, IdentityRule.LOGIN, IdentityRule.EMAIL
JANE = user("jane", email="team@example.com")
JOE = user("joe", email="team@example.com")
GONE = user("gone", "DEPROVISIONED", email="jane@example.com")
PEOPLE = index_users([JANE, JOE, GONE])


def mapped(*keys, **okta):
    """A mapping of outside accounts."""
    return IdentityMapping(keys=keys or ("jira:5b10",), **okta)


@pytest.mark.parametrize(
    ("resolution", "subject", "rules"),
    [
        (Resolved(user=JANE, rule=L), "jane@example.com", (M, L)),
        (Resolved(user=JANE, rule=L), "JANE@Example.COM", (M, L)),
        (Resolved(user=JANE, rule=L), "jane@example.com", (M, L, E)),
        (Resolved(user=GONE, rule=E), "jane@example.com", (M, E)),
        (Missing(), "team@example.com", (M, L)),
        (Ambiguous(candidates=(JANE, JOE), rule=E), "team@example.com", (M, L, E)),
        (Missing(), "nobody@example.com", (M, L, E)),
        (Missing(), "jira:5b10", (M, L, E)),
        (Missing(), "jane@example.com", (M,)),
    ],
)
def test_the_first_rule_with_a_candidate_decides(resolution, subject, rules):
    """An address is asked only where settings say so, and a login that was found ends it."""
    assert resolution == resolve(subject, (), PEOPLE, rules)


@pytest.mark.parametrize(
    ("resolution", "mappings"),
    [
        (Resolved(user=JANE, rule=M), (mapped(login="Jane@example.com"),)),
        (Resolved(user=JANE, rule=M), (mapped(id="00ujane"),)),
        (
            Resolved(user=JANE, rule=M, is_anchored=True),
            (mapped(login="old.name@example.com", id="00ujane"),),
        ),
        (Missing(is_mapped=True), (mapped(login="nobody@example.com"),)),
        (Missing(is_mapped=True), (mapped(login="jane@example.com", id="00unobody"),)),
        (Ambiguous(candidates=(JANE, JOE), rule=M), (mapped(id="00ujoe"), mapped(id="00ujane"))),
        (
            Resolved(user=JANE, rule=M),
            (mapped(id="00ujane"), mapped(login="jane@example.com")),
        ),
    ],
)
def test_a_mapping_answers_by_id_and_else_by_login(resolution, mappings):
    """The id outlives a renamed login, and a wrong id is not repaired by a login."""
    assert resolution == resolve("jira:5b10", mappings, PEOPLE, (M, L, E))


def test_a_mapping_decides_even_when_it_finds_nobody():
    """Falling back to the login would answer with whoever holds it by now."""
    mapping = mapped("jane@example.com", id="00unobody")
    expected = Missing(is_mapped=True)
    assert expected == resolve("jane@example.com", (mapping,), PEOPLE, (M, L, E))


def test_a_mapping_is_not_asked_where_settings_leave_it_out():
    """The settings name the rules; nothing else is consulted."""
    mapping = mapped("jane@example.com", id="00ujoe")
    expected = Resolved(user=JANE, rule=L)
    assert expected == resolve("jane@example.com", (mapping,), PEOPLE, (L,))


def test_an_outside_account_is_never_taken_for_a_login():
    """Even when somebody in Okta has that very text as a login."""
    odd = user("odd", login="jira:5b10", email="jira:5b10")
    assert resolve("jira:5b10", (), index_users([odd]), (M, L, E)) == Missing()


@given(st.permutations([JANE, JOE, GONE]))
def test_the_order_in_which_okta_lists_people_decides_nothing(people):
    """Never the first of several, and the same bytes whatever the order."""
    expected = Ambiguous(candidates=(JANE, JOE), rule=E)
    assert expected == resolve("team@example.com", (), index_users(people), (E,))


@pytest.mark.parametrize("name", ["weiß", "weiss"])
def test_two_accounts_that_only_look_alike_are_two_people(name):
    """Neither is a candidate for the other's grant."""
    people = index_users([user("weiß"), user("weiss")])
    found = resolve(f"{name}@example.com", (), people, (M, L))
    assert isinstance(found, Resolved)
    assert found.user.id == f"00u{name}"
