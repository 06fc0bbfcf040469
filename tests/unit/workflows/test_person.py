"""One person is seen with every group, and which live grant explains it."""

import asyncio

import pytest

from reconciler.model.directory import AccountProfile, ReadFailure
from reconciler.model.errors import ConnectorError, UsageError
from reconciler.workflows.account import PersonName
from reconciler.workflows.person import look_at_person
from tests.support.builders import CONNECTOR, NOW, Company, group_id, user_id
from tests.support.fake_directory import FakeReader

COMPANY = Company().tool().bind("jane").person("jane").granted("jane").ended("jane")
GROUP = group_id("AI Clearance - claude - users")
JANE = PersonName(typed="jane@example.com", asked="jane@example.com")


def reader(groups):
    """Okta shows Jane and these groups of hers."""
    live = COMPANY.live()
    profile = AccountProfile(user=live.users[user_id("jane")])
    return FakeReader(
        profiles={JANE.asked: profile}, groups_of={user_id("jane"): groups}, groups=live.groups
    )


def look(asked, name=JANE):
    """What is seen."""
    return asyncio.run(look_at_person(asked, COMPANY.catalog(), CONNECTOR, name, NOW))


def test_each_group_stands_with_the_live_grant_that_explains_it():
    """An ended grant is told and explains nothing; a group that is not shown is named."""
    seen = look(reader(frozenset({GROUP, "00gother"})))
    assert [held.group.id for held in seen.groups] == [GROUP]
    assert len(seen.named.grants) == 2
    assert [g.tool for g in seen.live_grants] == ["claude"]
    assert seen.groups[0].grants == seen.live_grants
    assert seen.unread == ("00gother",)


def test_groups_that_could_not_be_read_are_no_empty_list():
    """Nor is a person whom nobody knows anybody."""
    with pytest.raises(ConnectorError, match="could not be read"):
        look(reader(ReadFailure(code="refused", detail="403")))
    with pytest.raises(UsageError):
        look(FakeReader(), PersonName(typed="x@y.z", asked="x@y.z"))
