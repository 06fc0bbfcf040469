"""The endpoints of group rules."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Rule, Sandbox, derived_id

RULES = "/api/v1/groups/rules"


@pytest.fixture
def world(world):
    """Sixty rules, of which one feeds somebody."""
    fed = ("ravi.rao@acme.example",)
    rules = [
        Rule(name=f"rule {n:02}", expression=f'user.department=="{n}"', groups=("empty",))
        for n in range(59)
    ]
    feeder = Rule(name="Sixtieth", expression="true", groups=("empty",), members=fed)
    return replace(world, rules=(*rules, feeder))


def test_a_rule_is_whole_and_says_nothing_of_people(ask, ids):
    """Nobody is excluded, so `conditions.people` is not there."""
    path = f"{RULES}/{derived_id('rule', 'rule 00')}"
    assert ask("GET", path).json() == {
        "type": "group_rule",
        "id": derived_id("rule", "rule 00"),
        "status": "ACTIVE",
        "name": "rule 00",
        "created": "2025-09-01T09:00:00.000Z",
        "lastUpdated": "2025-09-01T09:00:00.000Z",
        "conditions": {
            "expression": {"value": 'user.department=="0"', "type": "urn:okta:expression:1.0"}
        },
        "actions": {"assignUserToGroups": {"groupIds": [ids["empty"]]}},
        "allGroupsValid": True,
    }


def test_rules_come_in_pages_of_fifty(ask, links):
    """And the last page has no next."""
    first = ask("GET", RULES)
    assert links(first)["self"] == f"https://acme.okta.com{RULES}?limit=50"
    second = ask("GET", links(first)["next"])
    assert list(links(second)) == ["self"]
    ids = [rule["id"] for page in (first, second) for rule in page.json()]
    assert len(ids) == len(set(ids)) == 60


def test_a_word_finds_a_rule(ask, links):
    """In any case; a full last page has no next here (recorded)."""
    response = ask("GET", RULES, params={"limit": "1", "search": "sixti"})
    assert [rule["name"] for rule in response.json()] == ["Sixtieth"]
    assert links(response) == {"self": f"https://acme.okta.com{RULES}?limit=1&search=sixti"}


def test_a_rule_can_name_its_groups(ask, ids):
    """When that is asked."""
    response = ask("GET", RULES, params={"limit": "1", "expand": "groupIdToGroupNameMap"})
    (rule,) = response.json()
    assert rule["_embedded"] == {"groupIdToGroupNameMap": {ids["empty"]: "empty"}}


def test_a_missing_rule_is_not_found(ask):
    """404."""
    response = ask("GET", f"{RULES}/0prnone")
    assert (response.status_code, response.json()["errorCode"]) == (404, "E0000007")


@pytest.mark.parametrize(
    ("group", "user", "found"),
    [
        ("empty", "ravi.rao@acme.example", ["Sixtieth"]),
        ("claude-enterprise", "jane.doe@acme.example", []),
        ("empty", "jane.doe@acme.example", []),
    ],
)
def test_a_membership_names_its_rules(ask, ids, group, user, found):
    """None for a manual one."""
    path = f"/api/v1/groups/{ids[group]}/users/{ids[user]}/group-rules"
    assert [rule["name"] for rule in ask("GET", path).json()] == found


def test_a_membership_of_nobody_is_not_found(ask, ids):
    """The group stands first."""
    for group, user, kind in (("00gnone", "x", "UserGroup"), (ids["empty"], "x", "User")):
        response = ask("GET", f"/api/v1/groups/{group}/users/{user}/group-rules")
        assert response.json()["errorSummary"].endswith(f"({kind})")


def test_rules_are_seen_by_another_process(tmp_path, world, ask):
    """They are in the file, as is who is excluded."""
    with Sandbox.open(tmp_path / "org.db", world=world) as org:
        org.remove_member("empty", "ravi.rao@acme.example")
    with Sandbox.open(tmp_path / "org.db") as again:
        assert again.rules()[-1].exclude == ("ravi.rao@acme.example",)
        assert ask("GET", RULES, org=again, params={"search": "Sixt"}).json()[0]["conditions"][
            "people"
        ]
