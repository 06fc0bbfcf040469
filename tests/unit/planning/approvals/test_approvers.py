"""Approvers who are gone from Okta are warned of, as far as the plan saw them."""

from dataclasses import replace

import pytest

from reconciler.identity.resolve import Missing, Unknown
from reconciler.model.catalog import Catalog
from reconciler.model.settings import Contact
from reconciler.planning.approvals.accounts import warn_of_approvers
from tests.support.nouns import binding, known, tool, user

LEAD = Contact(email="Lead@example.com", github="@lead")
CATALOG = Catalog(
    tools={
        name: replace(tool(name), approvers=(LEAD,), owners=(Contact(email="o@x.io"),))
        for name in ("claude", "cursor", "unbound")
    }
)
BOUND = (binding("cursor"), binding("claude"), binding("gone"))


def warned(*users, catalog=CATALOG, **resolutions):
    """The warnings, where these people were read."""
    people = known(*users, resolutions=resolutions.get("resolutions"))
    return list(warn_of_approvers(catalog, BOUND, people))


@pytest.mark.parametrize("fact", ["login", "email"])
def test_an_approver_whose_account_is_closed_is_named_once_with_their_tools(fact):
    """Found by login, or by address."""
    gone = replace(user("lead", "DEPROVISIONED"), **{"login": "l", "email": "", fact: LEAD.email})
    (warning,) = warned(gone)
    assert warning.code == "approver-deactivated"
    assert warning.summary.startswith("Lead@example.com, who approves for claude, cursor, ")
    assert [(p.id, p.login) for p in warning.people] == [(gone.id, gone.login)]


def test_an_approver_whom_nobody_is_is_warned_of_where_that_was_asked():
    """Nobody asks for approvers alone, and a look-up that failed says nothing."""
    assert warned() == []
    missing = {"lead@example.com": Missing()}
    (warning,) = warned(resolutions=missing)
    assert warning.code == "approver-unknown-in-okta"
    assert [(p.id, p.login) for p in warning.people] == [(None, "Lead@example.com")]
    assert warned(resolutions={"lead@example.com": Unknown(detail="502")}) == []


def test_who_is_there_is_not_warned_of():
    """Suspended is not gone; of two accounts one that is open is enough."""
    lead = replace(user("lead"), login="lead@example.com")
    assert warned(lead) == []
    assert warned(replace(lead, status="SUSPENDED")) == []
    other = replace(lead, id="00uother", login="x", email="lead@example.com")
    closed = replace(other, id="00uclosed", login="y", status="DEPROVISIONED")
    assert warned(other, closed) == []


def test_where_a_tool_names_no_approver_its_owners_approve():
    """As the judge of approvals has it."""
    owner = replace(user("o", "DEPROVISIONED"), login="o@x.io")
    bare = Catalog(tools={"claude": replace(CATALOG.tools["claude"], approvers=())})
    assert [w.code for w in warned(owner, catalog=bare)] == ["approver-deactivated"]
