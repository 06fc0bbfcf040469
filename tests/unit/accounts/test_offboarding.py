"""A leaver loses every live grant, under each of their names, and their account."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reconciler.accounts.offboarding import (
    Duty,
    Offboarding,
    OffboardingRequest,
    find_duties,
    find_refusal,
    propose_offboarding,
)
from reconciler.identity.catalog_person import CatalogPerson, find_person
from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountState
from reconciler.model.catalog import Canary, Catalog, Connector, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Contact, Operator, ProtectedPerson, Settings
from reconciler.model.stanzas import KeyEdit
from tests.support.nouns import approval, grant, tool

NOW = datetime(2026, 11, 28, 10, 15, 30, tzinfo=UTC)
REQUEST = OffboardingRequest(reason="left: for good", ticket="HR-7", by="mira@example.com")
REVOKED = '{at: 2026-11-28, by: "mira@example.com", reason: "left: for good"}'
APPROVAL = '{ticket: "HR-7", approved_by: ["mira@example.com"], approved_at: 2026-11-28T10:15:30Z}'
MAPPING = IdentityMapping(keys=("slack:U1", "mail@example.com"), login="jane@example.com")
CONNECTOR = Connector(id="okta-prod", type="okta", name="Okta", lifecycle=True)


def at(line):
    """A place in a file of grants."""
    return Span("catalog/grants/claude/jane.yaml", line)


GRANTS = (
    grant("jane", origin=at(1)),
    grant("slack:U1", tool="cursor", origin=at(2)),
    grant("mail@example.com", tool="midjourney", starts="2027-01-01", origin=at(3)),
    grant("JANE", revoked="2027-01-01", origin=at(4)),
    grant("jane", expires="2026-11-20", origin=at(5)),
    grant("jane", revoked="2026-11-28", origin=at(6)),
    grant("janet", origin=at(7)),
)
CATALOG = Catalog(connectors={CONNECTOR.id: CONNECTOR}, grants=GRANTS, identities=(MAPPING,))


def proposed(catalog=CATALOG, request=REQUEST, paths=()):
    """What would be written when Jane leaves."""
    person = find_person(catalog, "jane@example.com")
    assert isinstance(person, CatalogPerson)
    return propose_offboarding(catalog, person, request, NOW, paths)


def test_every_grant_that_has_not_ended_is_revoked_and_no_other():
    """Also one that is yet to begin, one by hand, and one that would end later."""
    made = proposed()
    assert made.revoked == GRANTS[:4]
    assert made.edits == tuple(KeyEdit(at=at(n), key="revoked", value=REVOKED) for n in range(1, 5))


def test_a_person_without_a_file_gets_one():
    """It is named as a grant names them."""
    made = proposed(paths={"users/jane@example.com.yaml", "users/jane@example.com-2.yaml"})
    assert made.state is AccountState.SUSPENDED
    text = (
        'user: "jane@example.com"\nstate: suspended\nreason: "left: for good"\n'
        f"approval: {APPROVAL}\n"
    )
    assert made.new_files == (("users/jane@example.com-3.yaml", text),)


def test_the_file_of_a_person_is_edited_and_a_suspension_no_longer_ends():
    """What else it says stays: it is theirs under whichever name it has."""
    declared = AccountDeclaration(
        subject="mail@example.com",
        state=AccountState.SUSPENDED,
        until=date(2026, 12, 15),
        approval=approval(),
        origin=Span("catalog/users/people.yaml", 3, 3),
    )
    made = proposed(replace(CATALOG, accounts=(declared,)))
    written = [(e.key, e.value) for e in made.edits if e.at == declared.origin]
    assert made.new_files == ()
    assert written == [
        ("state", "suspended"),
        ("reason", '"left: for good"'),
        ("approval", APPROVAL),
        ("until", None),
    ]


def test_a_file_that_closes_the_account_stays_as_it_was_approved():
    """A suspension is less, and is approved by fewer people."""
    declared = AccountDeclaration(
        subject="jane@example.com", state=AccountState.DEACTIVATED, approval=approval()
    )
    made = proposed(replace(CATALOG, accounts=(declared,)))
    assert (made.new_files, made.state) == ((), AccountState.DEACTIVATED)
    assert {e.key for e in made.edits} == {"revoked"}


def test_deactivation_is_of_everybody_who_agreed_each_once():
    """Two people are needed, and one name twice is one."""
    request = replace(
        REQUEST, deactivates=True, approved_by=("MIRA@example.com", "ida@example.com")
    )
    made = proposed(request=request)
    assert made.state is AccountState.DEACTIVATED
    ((_, text),) = made.new_files
    assert 'approved_by: ["mira@example.com", "ida@example.com"]' in text
    assert "state: deactivated\n" in text


@pytest.mark.parametrize("change", [{"lifecycle": False}, {"disabled": True}])
def test_where_no_connector_changes_accounts_only_grants_are_written(change):
    """A file that nothing carries out would be an error."""
    catalog = replace(CATALOG, connectors={"okta-prod": replace(CONNECTOR, **change)})
    made = proposed(catalog)
    assert made == Offboarding(edits=made.edits, revoked=GRANTS[:4])
    assert len(made.edits) == 4


PROTECTED = Settings(protected=(ProtectedPerson(login="MAIL@example.com", reason="break-glass"),))
BY_ID = Settings(protected=(ProtectedPerson(login="old@example.com", reason="root", id="00u1"),))
CANARY = Canary(user="jane@example.com", group_id="00gcanary", group_name="Canaries")
SHIELDED = {
    "under another of their names": (replace(CATALOG, settings=PROTECTED), "account-protected"),
    "by their id": (
        replace(CATALOG, settings=BY_ID, identities=(replace(MAPPING, id="00u1"),)),
        "account-protected",
    ),
    "as the canary": (
        replace(CATALOG, connectors={"okta-prod": replace(CONNECTOR, canary=CANARY)}),
        "account-canary",
    ),
}


def test_a_login_of_any_length_gets_a_file():
    """No file system takes a name of more than 255 bytes."""
    login = f"{'j' * 250}@example.com"
    catalog = replace(CATALOG, grants=(grant(login),))
    person = find_person(catalog, login)
    assert isinstance(person, CatalogPerson)
    made = propose_offboarding(catalog, person, REQUEST, NOW)
    assert [path for path, _ in made.new_files] == [f"users/{'j' * 100}.yaml"]


IDA = Operator(email="ida@example.com", may=frozenset({AccountAction.UNLOCK}))
LEAD = Settings(admins=(Contact(email="mira@example.com"),), operators=(IDA,))
APPROVED = replace(CATALOG, settings=LEAD)


def refused(catalog, request=REQUEST):
    """The code of what speaks against it."""
    person = find_person(catalog, "jane@example.com")
    assert isinstance(person, CatalogPerson)
    found = find_refusal(catalog, person, request, NOW)
    return found and found.code


@pytest.mark.parametrize(("catalog", "code"), SHIELDED.values(), ids=SHIELDED)
def test_a_protected_person_is_out_of_reach(catalog, code):
    """Whoever needs them gone takes the protection away first, in the open."""
    assert refused(catalog) == code


DEACTIVATION = replace(REQUEST, deactivates=True)
AGREED = {
    "an admin": (APPROVED, REQUEST, None),
    "nobody who may": (CATALOG, REQUEST, "account-approval-insufficient"),
    "one person to deactivate": (APPROVED, DEACTIVATION, "account-approval-insufficient"),
    "two people to deactivate": (
        APPROVED,
        replace(DEACTIVATION, approved_by=("ida@example.com",)),
        None,
    ),
    "the person themselves": (
        APPROVED,
        replace(REQUEST, approved_by=("mail@example.com",)),
        "approver-is-account",
    ),
    "where no account is changed": (replace(CATALOG, connectors={}), REQUEST, None),
}


@pytest.mark.parametrize(("catalog", "request_", "code"), AGREED.values(), ids=AGREED)
def test_those_who_ask_have_to_be_enough(catalog, request_, code):
    """No plan would carry the file out."""
    assert refused(catalog, request_) == code


def test_where_the_catalog_counts_on_the_person_is_told():
    """A guard would hold the removal of a required member, and no approver would be left."""
    catalog = replace(
        CATALOG,
        settings=Settings(
            admins=(Contact(email="MAIL@example.com"), Contact(email="mira@example.com")),
            operators=(Operator(email="jane@example.com", may=frozenset()),),
        ),
        tools={
            "claude": replace(
                tool(users={"required_members": ("slack:U1", "joe@example.com")}),
                owners=(Contact(email="jane@example.com"),),
                approvers=(Contact(email="jane@example.com"),),
            )
        },
    )
    person = find_person(catalog, "jane@example.com")
    assert isinstance(person, CatalogPerson)
    assert find_duties(catalog, person) == (
        Duty(role="admin", of="settings.yaml"),
        Duty(role="operator", of="settings.yaml"),
        Duty(role="owner", of="claude"),
        Duty(role="approver", of="claude"),
        Duty(role="required member", of="claude/users"),
    )
