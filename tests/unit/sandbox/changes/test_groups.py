"""Changes and the rows they leave in the log."""

from reconciler.sandbox import Group


def test_a_log_row_names_the_token_and_both_ends(ask, ids, sandbox, world):
    """So that a change can be traced to a run."""
    ask("PUT", f"/api/v1/groups/{ids['empty']}/users/{ids['ravi.rao@acme.example']}")
    (row,) = sandbox.log()
    assert row.token_id == world.tokens[0].id
    assert row.actor == "svc-access@acme.example"
    assert (row.user, row.group) == ("ravi.rao@acme.example", "empty")
    assert row.published == "2026-09-01T09:00:00.000Z"


def test_a_group_made_again_has_no_old_members(ask, ids, sandbox):
    """Its id is another one, too."""
    name = "claude-enterprise"
    sandbox.delete_group(name)
    made = ask("POST", "/api/v1/groups", json={"profile": {"name": name}}).json()
    assert made["id"] not in (ids[name], Group(name=name).id)
    assert sandbox.members(name) == ()
