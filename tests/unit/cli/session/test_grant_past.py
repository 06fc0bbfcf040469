"""What a plan is told of its grants by the branch's history, and what becomes of it."""

from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.cli.options import Settings
from reconciler.cli.session.grant_past import find_grant_history, find_request_merges
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from reconciler.policy.sample import ACCOUNTS
from tests.support.builders import CONNECTOR, NOW, Company
from tests.support.catalogs import SOUND, write
from tests.support.nouns import beside, codes
from tests.support.repository import committed, git

BASE = Company().tool().bind("amy", "bob").granted("bob")
BEFORE, TODAY = "2026-11-10T12:00:00+0000", "2026-11-22T08:00:00+0000"


def brief(made):
    """The changes of a plan, short."""
    return [f"{c.action.value} {c.person.login.partition('@')[0]}" for c in made.changes]


@pytest.fixture
def commit(tmp_path, monkeypatch):
    """Commits a company's catalog at an instant."""

    def commit(company, at):
        monkeypatch.setenv("GIT_COMMITTER_DATE", at)
        if (tmp_path / "catalog").exists():
            git(tmp_path, "rm", "-q", "-r", "catalog")
        company.write(tmp_path)
        committed(tmp_path, at)

    return commit


def planned(folder, company, *, sandbox=False, heads=(), commit="HEAD"):
    """The plan of the files as they lie, told of their past."""
    settings = Settings(
        catalog=Path("catalog"),
        sandbox=sandbox,
        sandbox_file=None,
        endpoints=(),
        verbose=0,
        no_color=True,
    )
    with chdir(folder):
        catalog = load_and_judge(Path("catalog")).catalog
        record = find_grant_history(settings, NOW, catalog, *heads, commit=commit)
    return complete(assess(catalog, CONNECTOR, company.live(), beside(record=record)))


def test_access_that_ended_on_the_branch_is_removed(tmp_path, commit):
    """The plain flow: granted, applied, expired."""
    company = BASE.ended("amy")
    commit(company, BEFORE)
    assert brief(planned(tmp_path, company)) == ["remove amy"]


def test_a_grant_written_after_its_end_removes_nobody(tmp_path, commit):
    """A member of an additive group stays what she was: somebody no grant ever named."""
    commit(BASE, BEFORE)
    company = BASE.ended("amy")
    commit(company, TODAY)
    made = planned(tmp_path, company)
    assert brief(made) == []
    assert [d.person.login for d in made.unapproved] == ["amy@example.com"]


def test_a_binding_that_is_born_retired_removes_nobody(tmp_path, commit):
    """Its grants hold elsewhere; of this group it never said anything."""
    company = Company().tool().bind("amy", "bob", retired=True).granted("amy", "bob")
    commit(company, BEFORE)
    assert brief(planned(tmp_path, company)) == []


def test_a_binding_that_was_there_before_it_was_retired_removes_its_people(tmp_path, commit):
    """The plain end of a binding."""
    commit(Company().tool().bind("amy", "bob").granted("amy", "bob"), BEFORE)
    company = Company().tool().bind("amy", "bob", retired=True).granted("amy", "bob")
    commit(company, TODAY)
    assert brief(planned(tmp_path, company)) == ["remove amy", "remove bob"]


def test_where_history_is_too_short_nobody_is_removed_as_ended(tmp_path, commit):
    """Doubt never removes anyone, and says what would settle it."""
    company = BASE.ended("amy")
    commit(BASE, BEFORE)
    commit(company, BEFORE)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}", str(clone))
    made = planned(clone, company)
    assert brief(made) == []
    (line,) = made.blocked
    assert line.code == "ended-unproven"
    assert "fetch-depth: 0" in line.summary


@pytest.mark.parametrize("is_sandbox", [True, False])
def test_without_a_repository_grants_are_taken_by_their_word(tmp_path, is_sandbox):
    """A rehearsal has no history, nor has a folder that nobody commits."""
    company = BASE.ended("amy")
    company.write(tmp_path)
    assert brief(planned(tmp_path, company, sandbox=is_sandbox)) == ["remove amy"]


def test_what_a_change_brings_has_no_past_at_its_base(tmp_path, commit):
    """The pull request shows what the merge will do."""
    commit(BASE, BEFORE)
    commit(BASE.ended("amy"), TODAY)
    company = BASE.ended("amy")
    assert brief(planned(tmp_path, company, commit="HEAD~1")) == []


def test_a_grant_whose_approver_left_the_list_adds_nobody(tmp_path, commit):
    """Whoever is there stays; whoever is not has to be approved again."""
    approvers = {"approvers": [{"email": "new@example.com", "github": "@new"}]}
    company = Company().tool(policy=approvers).bind("amy").granted("amy", "bob")
    commit(company, BEFORE)
    made = planned(tmp_path, company)
    assert brief(made) == []
    assert [(b.code, b.person.login) for b in made.blocked] == [
        ("approver-unknown", "bob@example.com")
    ]


def test_an_approver_who_left_with_a_last_day_keeps_vouching(tmp_path, commit):
    """For what they approved by then, and for nothing after it."""
    leaving = {"email": "lead@example.com", "github": "@lead", "until": "2026-11-01"}
    company = Company().tool(policy={"approvers": [leaving]}).bind().granted("bob")
    commit(company, BEFORE)
    assert brief(planned(tmp_path, company)) == ["add bob"]
    after = {"ticket": "AI-1", "approved_by": "lead@example.com", "approved_at": "2026-11-02"}
    late = Company().tool(policy={"approvers": [leaving]}).bind().granted("bob", approval=after)
    commit(late, BEFORE)
    assert [b.code for b in planned(tmp_path, late).blocked] == ["approver-unknown"]


def asked_at(folder, *, sandbox=False):
    """When the requests of the files came, as a plan is told."""
    settings = Settings(
        catalog=Path("catalog"),
        sandbox=sandbox,
        sandbox_file=None,
        endpoints=(),
        verbose=0,
        no_color=True,
    )
    with chdir(folder):
        catalog = load_and_judge(Path("catalog")).catalog
        return list(find_request_merges(settings, NOW, catalog).values())


def test_a_plan_is_told_when_a_request_was_merged(tmp_path, monkeypatch):
    """Where git knows: in a checkout with its history, and not in a sandbox."""
    write(tmp_path, {**SOUND, **ACCOUNTS})
    assert asked_at(tmp_path) == []
    git(tmp_path, "init", "-q", "-b", "main")
    assert asked_at(tmp_path) == []
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T08:30:00+0000")
    committed(tmp_path)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T09:30:00+0000")
    committed(tmp_path)
    assert asked_at(tmp_path) == [datetime(2026, 11, 20, 8, 30, tzinfo=UTC)]
    assert asked_at(tmp_path, sandbox=True) == []
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}", str(shallow))
    assert asked_at(shallow) == []


def test_a_damaged_repository_leaves_requests_to_their_word(tmp_path):
    """They then count from the request and its approval."""
    write(tmp_path, {**SOUND, **ACCOUNTS})
    committed(tmp_path)
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/gone\n")
    assert asked_at(tmp_path) == []


SOURCED = {"approval": {"by": "github", "requested_by": "joe@example.com"}}
CAME = datetime(2026, 11, 10, 12, tzinfo=UTC)
DOOR = Company().tool().file("doors/github.yaml", {"type": "github", "repository": "acme/access"})


@pytest.mark.parametrize(
    ("activated", "expected"),
    [
        (datetime(2026, 11, 10, 11, tzinfo=UTC), (["remove amy"], [])),
        (datetime(2026, 11, 12, tzinfo=UTC), ([], ["account-newer-than-approval"])),
    ],
)
def test_who_was_never_granted_anything_is_not_removed_for_its_end(
    tmp_path, commit, activated, expected
):
    """Nobody agreed after the grant came: an account of later is perhaps another person's."""
    company = DOOR.bind("amy", "bob").granted("bob").person("amy", activated=activated)
    company = company.ended("amy", **SOURCED)
    commit(company, BEFORE)
    made = planned(tmp_path, company)
    assert (brief(made), codes(made.blocked)) == expected


def test_nobody_is_let_go_for_a_login_that_passed_to_another_account(tmp_path, commit):
    """The member may be whom the grant meant, under another login by now."""
    later = datetime(2026, 11, 15, tzinfo=UTC)
    company = DOOR.bind("old", "bob", authority="authoritative").granted("bob")
    company = company.person("new", activated=later).grant("new", **SOURCED)
    commit(company, BEFORE)
    assert brief(planned(tmp_path, company)) == []
    earlier = company.person("new")
    assert brief(planned(tmp_path, earlier)) == ["remove old"]


@pytest.mark.parametrize("by", [{"by": "github"}, {"by": "jira", "ticket": "AI-7"}])
def test_git_tells_when_a_grant_came_whose_approval_it_does_not_hold(tmp_path, commit, by):
    """Of the words as they are: an edit comes anew. Of typed ones nobody asks."""
    company = DOOR.bind().grant("new", approval=by).granted("bob")
    commit(company, BEFORE)
    commit(DOOR.bind().grant("new", approval=by, purpose="Else").granted("bob"), TODAY)
    assert list(history(tmp_path).introduced.values()) == [CAME]
    commit(DOOR.bind().grant("new", approval=by, expires="2026-12-01").granted("bob"), TODAY)
    (at,) = history(tmp_path).introduced.values()
    assert at == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert history(tmp_path, sandbox=True).introduced == {}


ENDED = {"revoked": {"at": "2026-11-15", "by": "lead@example.com", "reason": "left"}}


@pytest.mark.parametrize("end", [ENDED, {"expires": "2026-11-15"}])
@pytest.mark.parametrize("by", [{"by": "github"}, {"by": "jira", "ticket": "AI-7"}])
def test_who_writes_an_end_agrees_to_nothing_anew(tmp_path, commit, by, end):
    """The login passed to another person meanwhile: the end is not theirs."""
    between = datetime(2026, 11, 12, tzinfo=UTC)
    company = DOOR.bind("amy", "bob").granted("bob").person("amy", activated=between)
    commit(company.grant("amy", approval=by), BEFORE)
    over = company.grant("amy", approval=by, **end)
    commit(over, "2026-11-16T12:00:00+0000")
    assert list(history(tmp_path).introduced.values()) == [CAME]
    made = planned(tmp_path, over)
    assert (brief(made), codes(made.blocked)) == ([], ["account-newer-than-approval"])
    theirs = over.person("amy")
    assert brief(planned(tmp_path, theirs)) == ["remove amy"]


def test_each_of_several_ended_grants_of_a_person_came_with_its_own_commit(tmp_path, commit):
    """They differ by nothing but their ends, which no approval at its source tells apart."""
    company = DOOR.bind().granted("bob")
    first = company.file("grants/claude/one.yaml", _over("2026-11-12"))
    commit(first, BEFORE)
    both = first.file("grants/claude/two.yaml", _over("2026-11-21"))
    commit(both, "2026-11-20T12:00:00+0000")
    came = {CAME, datetime(2026, 11, 20, 12, tzinfo=UTC)}
    assert set(history(tmp_path).introduced.values()) == came


def _over(day):
    """A grant as a file has it."""
    return {
        "tool": "claude",
        "subject": "new@example.com",
        "purpose": "Work",
        "approval": {"by": "github", "requested_by": "joe@example.com"},
        "expires": day,
    }


def test_where_nothing_is_committed_no_approval_at_a_source_ever_gave_access(tmp_path):
    """A typed one is taken by its word; of these nobody was ever seen to agree."""
    company = DOOR.bind("amy", "bob").granted("bob").ended("amy", **SOURCED)
    company.write(tmp_path)
    assert brief(planned(tmp_path, company)) == []
    assert brief(planned(tmp_path, company, sandbox=True)) == ["remove amy"]


def test_what_is_not_committed_came_at_no_time(tmp_path, commit):
    """A plan for review has such grants: their merge is to come."""
    commit(DOOR.bind(), BEFORE)
    DOOR.bind().grant("new", **SOURCED).write(tmp_path)
    assert history(tmp_path).introduced == {}


def history(folder, *, sandbox=False):
    """What the past tells of the files as they lie."""
    settings = Settings(
        catalog=Path("catalog"),
        sandbox=sandbox,
        sandbox_file=None,
        endpoints=(),
        verbose=0,
        no_color=True,
    )
    with chdir(folder):
        return find_grant_history(settings, NOW, load_and_judge(Path("catalog")).catalog)
