"""Which grants Okta was seen to show, by the evidence of past runs."""

from dataclasses import replace
from datetime import timedelta

from reconciler.catalog.digest import catalog_digest
from reconciler.doors.seen_grants import find_seen_grants
from reconciler.evidence.folder import read_chain
from reconciler.evidence.records import Event
from reconciler.model.catalog import Authority, BindGroup, Catalog, Connector
from reconciler.model.evidence import PastGrant
from reconciler.planning.refs import grant_hash
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import ended, line_ended, opened
from tests.support.nouns import binding, grant, tool

JANE = grant("jane")
OTHER = "okta-lab"
CATALOG = Catalog(
    connectors={
        CONNECTOR: Connector(id=CONNECTOR, type="okta", name="Okta", description="The org")
    },
    tools={"claude": tool("claude")},
    bindings=(binding(),),
    grants=(JANE,),
)
TWICE = replace(
    CATALOG,
    connectors={
        **CATALOG.connectors,
        OTHER: Connector(id=OTHER, type="okta", name="Lab", description="Another org"),
    },
    bindings=(binding(), binding(connector=OTHER)),
)
GROUP = {"id": "00gclaude", "name": "Claude users", "is_made": False}
DONE = PastGrant(at=NOW, is_done=True)


def added(folder, outcome="verified", of=JANE):
    """A run added the person by the grant."""
    line_ended(opened(folder), outcome=outcome, action="add", grants=[{"hash": grant_hash(of)}])


def seen(folder, catalog=CATALOG, grants=(JANE,)):
    """What is known of the grants, by the one connector that has run."""
    files = read_chain(folder, CONNECTOR, sandbox=False).files
    return find_seen_grants(catalog, grants, {CONNECTOR: files})


def test_a_grant_of_which_no_run_spoke_is_unknown(tmp_path):
    """A merge is no access yet."""
    assert seen(tmp_path) == {}


def test_a_grant_whose_line_was_verified_is_seen(tmp_path):
    """In just these words: what was edited since is another grant."""
    added(tmp_path)
    assert seen(tmp_path) == {JANE: DONE}
    edited = grant("jane", expires="2027-01-01")
    assert seen(tmp_path, grants=(edited,)) == {}


def test_a_grant_that_is_held_says_so(tmp_path):
    """Whoever waits for it should know."""
    added(tmp_path, "held")
    assert seen(tmp_path) == {JANE: PastGrant(at=NOW, is_done=False, why="held")}


def test_an_entitlement_of_two_orgs_is_seen_in_both_or_not(tmp_path):
    """Half of the access is none."""
    added(tmp_path)
    assert seen(tmp_path, TWICE) == {}
    unused = replace(TWICE.connectors[OTHER], disabled=True)
    assert seen(tmp_path, replace(TWICE, connectors={**TWICE.connectors, OTHER: unused})) == {
        JANE: DONE
    }
    retired = replace(TWICE, bindings=(binding(), binding(connector=OTHER, retired=True)))
    assert seen(tmp_path, retired) == {JANE: DONE}


def test_a_grant_that_nothing_fills_is_never_seen(tmp_path):
    """A person carries it out by hand."""
    added(tmp_path)
    assert seen(tmp_path, replace(CATALOG, bindings=())) == {}
    elsewhere = binding(entitlement="admins", group=BindGroup(id="00gother", name="Others"))
    assert seen(tmp_path, replace(CATALOG, bindings=(elsewhere,))) == {}


def test_who_was_there_already_is_seen_by_a_run_that_left_nothing_open(tmp_path):
    """A renewal has no line of its own. It takes a run by just these files."""
    digest = catalog_digest(CATALOG)
    settle(tmp_path, digest)
    assert seen(tmp_path) == {JANE: DONE}
    later = replace(CATALOG, bindings=(binding(authority=Authority.AUTHORITATIVE),))
    assert seen(tmp_path, later) == {}


def test_a_grant_that_had_not_begun_then_is_not_seen_by_it(tmp_path):
    """Nobody looked for the person yet."""
    coming = grant("jane", starts=(NOW + timedelta(days=1)).date().isoformat())
    catalog = replace(CATALOG, grants=(coming,))
    settle(tmp_path, catalog_digest(catalog))
    assert seen(tmp_path, catalog, (coming,)) == {}


def settle(folder, digest):
    """A whole run by these files looked at the group and left nothing open."""
    run = opened(folder, digest=digest)
    summary = {"group": GROUP, "bindings": ["claude/users@okta-prod"], "members": 3}
    told = {"guards": [], "blocked": [], "groups": [summary], "open_groups": []}
    run.append(Event.RUN_PREPARED, told)
    ended(run)
