"""A name that is not what it looks like is told, with the letter's own name."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Acknowledgement, Canary, Catalog, Connector, IdentityMapping
from reconciler.model.diagnostics import Severity
from reconciler.model.settings import Contact, ProtectedPerson, Settings
from reconciler.policy.checks.person_names import check_spellings
from tests.support.nouns import approval, day, grant, tool

A = "\N{CYRILLIC SMALL LETTER A}"
BAD = f"j{A}ne@example.com"


def said(name):
    """Code and summary of what is said about a subject."""
    return [(f.code, f.summary) for f in check_spellings(Catalog(grants=(grant(name),)))]


@pytest.mark.parametrize(
    ("code", "letter", "name"),
    [
        ("name-mixed-scripts", "CYRILLIC SMALL LETTER A (U+0430)", BAD),
        ("name-mixed-scripts", "CYRILLIC SMALL LETTER A (U+0430)", f"jane@ex{A}mple.com"),
        (
            "name-mixed-scripts",
            "LATIN SMALL LETTER A (U+0061)",
            "иван\N{LATIN SMALL LETTER A}@x.io",
        ),
        (
            "name-mixed-scripts",
            "GREEK SMALL LETTER OMICRON (U+03BF)",
            "j\N{GREEK SMALL LETTER OMICRON}e@example.com",
        ),
        ("name-invisible-character", "ZERO WIDTH SPACE (U+200B)", "ja\u200bne@example.com"),
        ("name-invisible-character", "SOFT HYPHEN (U+00AD)", "ja\u00adne@example.com"),
        ("name-invisible-character", "RIGHT-TO-LEFT OVERRIDE (U+202E)", "ja\u202ene@example.com"),
        ("name-invisible-character", "HANGUL FILLER (U+3164)", "한\u3164국@example.com"),
        ("name-invisible-character", "NO-BREAK SPACE (U+00A0)", "ja\u00a0ne@example.com"),
        ("name-invisible-character", "VARIATION SELECTOR-16 (U+FE0F)", "jané\ufe0f@example.com"),
        ("name-outer-space", "begins or ends with white space", "\u3000jane@example.com"),
        ("name-outer-space", "begins or ends with white space", "jane@example.com\u00a0"),
    ],
)
def test_what_no_reader_would_see_is_named(code, letter, name):
    """Its look says nothing, so its name and number do."""
    ((found, summary),) = said(name)
    assert (found, letter in summary) == (code, True)


@pytest.mark.parametrize(
    "name",
    [
        "jane@example.com",
        "weiß@example.com",
        "zoë.krüger@example.com",
        "иван@example.com",
        "иван@пример.рф",
        "田中さくらcom@example.com",
        "김jane@example.com",
        "jira:5b10a2844c",
    ],
)
def test_an_ordinary_name_is_not_remarked_on(name):
    """Of whatever alphabet, and Latin letters beside those that are written with them."""
    assert said(name) == []


def test_every_name_of_a_person_is_read():
    """Wherever one may stand, and where it stands is said."""
    catalog = Catalog(
        settings=Settings(protected=(ProtectedPerson(login=BAD, reason="x"),)),
        tools={
            "claude": tool(users={"required_members": (BAD,)}),
            "cursor": tool("cursor"),
        },
        grants=(grant(approval=approval(approved_by=("lead@example.com", BAD), requested_by=BAD)),),
        identities=(
            IdentityMapping(keys=(BAD,), id="00u1"),
            IdentityMapping(keys=("jira:1",), login=BAD),
        ),
        connectors={
            "okta": Connector(
                id="okta",
                type="okta",
                name="Okta",
                canary=Canary(user=BAD, group_id="00g1", group_name="Canary"),
            )
        },
        acknowledgements=(
            Acknowledgement(
                guard="group-removals",
                connector="okta",
                people=frozenset(),
                reason="x",
                by=BAD,
                expires=day("2026-11-27"),
            ),
        ),
    )
    assert sorted(f.path for f in check_spellings(catalog)) == [
        ("approval", "approved_by", 1),
        ("approval", "requested_by"),
        ("by",),
        ("canary", "user"),
        ("email",),
        ("entitlements", "users", "required_members", 0),
        ("login",),
        ("okta", "login"),
    ]


def test_contacts_are_people_too():
    """An owner's address is where a question goes."""
    owned = replace(tool(), owners=(Contact(email=BAD),))
    catalog = Catalog(tools={"claude": owned})
    assert [f.path for f in check_spellings(catalog)] == [("owners", 0, "email")]


def test_only_white_space_around_a_name_is_an_error():
    """The others may be how somebody is called."""
    severities = {f.code: f.severity for n in (BAD, "\u00a0j@x.io") for f in spell(n)}
    assert severities == {
        "name-mixed-scripts": Severity.WARNING,
        "name-outer-space": Severity.ERROR,
    }


def spell(name):
    """The findings about a subject."""
    return check_spellings(Catalog(grants=(grant(name),)))
