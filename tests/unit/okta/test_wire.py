"""Okta's JSON is read strictly where it matters and leniently where Okta may add to it."""

import msgspec
import pytest

from reconciler.okta import wire

USER = b'{"id":"00u1","status":"ACTIVE","profile":{"login":"a@x.io"}%s}'


def user(more=b""):
    """A user with more in it."""
    return msgspec.json.decode(USER % more, type=wire.User)


def test_a_field_that_nobody_reads_may_be_anything():
    """Okta adds fields without a new version of its API."""
    assert user(b',"type":{"id":[1,{"x":null}]},"_links":7') == user()


def test_a_status_or_a_type_that_is_new_is_kept_as_it_is():
    """An unknown word is no reason to read nothing at all."""
    group = b'{"id":"00g1","type":"NEW_KIND","profile":{"name":"n","description":null}}'
    decoded = msgspec.json.decode(group, type=wire.Group)
    assert (decoded.type, decoded.profile.description) == ("NEW_KIND", None)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"id":"00u1","profile":{"login":"a"}}',
        b'{"id":1,"status":"ACTIVE","profile":{"login":"a"}}',
        b'{"id":"00u1","status":"ACTIVE","profile":null}',
        b'{"id":"00u1","status":"ACTIVE","profile":{}}',
        b'{"id":"00u1","status":"ACTIVE","profile":{"login":"a"},"created":"2026-11-22T09:00:00"}',
    ],
)
def test_what_a_decision_needs_has_to_be_there_and_of_its_type(body):
    """Half a user is none; an instant without its zone could be another day."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=wire.User)


@pytest.mark.parametrize(
    "more",
    [
        b',"credentials":7',
        b',"credentials":{"provider":{"type":1}}',
        b',"statusChanged":"2026-11-22T09:00:00"',
        b',"transitioningToStatus":true',
    ],
)
def test_what_an_account_is_judged_by_is_of_its_type(more):
    """A provider that is no text is not the same as one that Okta does not name."""
    with pytest.raises(msgspec.ValidationError):
        user(more)


@pytest.mark.parametrize(
    ("rules", "body"),
    [
        (None, b""),
        (None, b',"_embedded":{}'),
        ([], b',"_embedded":{"group-rules":[]}'),
        ([wire.RuleRef(id="0pr1")], b',"_embedded":{"group-rules":[{"id":"0pr1","name":"x"}]}'),
    ],
)
def test_no_word_of_rules_is_not_the_same_as_no_rules(rules, body):
    """Read as "by hand", silence would remove whom a rule put there."""
    member = msgspec.json.decode(USER % body, type=wire.Member)
    assert (member.embedded.group_rules if member.embedded else None) == rules


@pytest.mark.parametrize("name", ["hasAdminPrivlege", "hasAdminPrivilege", "hasAdminPrivileges"])
def test_every_spelling_of_the_admin_count_is_read(name):
    """Okta's own documents and answers differ."""
    stats = msgspec.json.decode(f'{{"{name}":true}}'.encode(), type=wire.Stats)
    said = [stats.has_admin_privlege, stats.has_admin_privilege, stats.has_admin_privileges]
    assert said.count(True) == 1
