"""Whether a person stands behind an API token: signs, each named, and never a failure."""

from dataclasses import replace

import pytest

from reconciler.connector_checks.token_owner import MANY_GROUPS, judge_owner
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.directory import DirectoryGroup, LiveState, ReadFailure
from reconciler.model.settings import Contact, Settings
from tests.support.nouns import GROUP, ORG, approval, grant, tool, user

JANE = user("jane")
CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
QUIET = LiveState(org=ORG, groups={GROUP.id: CLAUDE}, members={GROUP.id: frozenset({"00ubob"})})
INSIDE = LiveState(org=ORG, groups={GROUP.id: CLAUDE}, members={GROUP.id: frozenset({"00ujane"})})
REFUSED = ReadFailure(code="refused", detail="Okta said 403")
FEW = frozenset(f"00g{n}" for n in range(MANY_GROUPS))
OUTSIDE = Catalog(
    identities=(IdentityMapping(keys=("jira:1",), login="jane@example.com"),),
    grants=(grant("jira:1"),),
)
APPROVER = Catalog(grants=(grant("bob", approval=approval(approved_by=("Jane@Example.com",))),))


def judged(catalog=None, live=QUIET, links=(), groups=FEW):
    """The one check."""
    return judge_owner(JANE, catalog or Catalog(), live, links, groups)


@pytest.mark.parametrize(
    ("sign", "facts"),
    [
        ("they have a grant of claude", {"catalog": Catalog(grants=(grant("JANE@example.com"),))}),
        ("they have a grant of claude", {"catalog": OUTSIDE}),
        ("an identity maps an account to them", {"catalog": OUTSIDE}),
        (
            "names them as an owner",
            {"catalog": Catalog(settings=Settings(admins=(Contact(email="jane@example.com"),)))},
        ),
        ("names them as an owner", {"catalog": APPROVER}),
        ("apps on their dashboard: 2", {"links": ("Jira", "Slack")}),
        ('they are in "Claude users"', {"live": INSIDE}),
        (f"they are in {MANY_GROUPS + 1} groups", {"groups": FEW | {"00gmore"}}),
    ],
)
def test_each_sign_of_a_person_is_named(sign, facts):
    """The reader decides whether it means anything."""
    check = judged(**facts)
    assert (check.status.value, check.code) == ("warned", "owner-looks-human")
    assert sign in check.summary
    assert check.hint


def test_a_tools_owner_is_a_person():
    """So is who approves for it."""
    contact = (Contact(email="jane@example.com"),)
    for described in (replace(tool(), owners=contact), replace(tool(), approvers=contact)):
        assert judged(Catalog(tools={"claude": described})).code == "owner-looks-human"


def test_an_account_without_any_sign_is_taken_for_a_dedicated_one():
    """It is in the groups that every account is in, and in no file."""
    check = judged(Catalog(grants=(grant("bob"),), tools={"claude": tool()}))
    assert (check.status.value, check.code) == ("passed", "")


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        ("their apps could not be read", {"links": REFUSED}),
        ("their groups could not be read", {"groups": REFUSED}),
        ("their apps and groups could not be read", {"links": REFUSED, "groups": REFUSED}),
    ],
)
def test_what_could_not_be_read_proves_nothing(words, facts):
    """Neither a person nor none."""
    check = judged(**facts)
    assert (check.status.value, check.code) == ("unproven", "owner-unread")
    assert words in check.summary


def test_one_sign_is_enough_whatever_else_could_not_be_read():
    """What is known is said."""
    assert judged(live=INSIDE, links=REFUSED, groups=REFUSED).code == "owner-looks-human"
