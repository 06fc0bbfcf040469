"""A proposal is sent as it would be written: whole files, from the root of the repository."""

import asyncio
from dataclasses import replace

import pytest

from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder
from reconciler.catalog.load import load_and_judge_from
from reconciler.doors.publish import Base, describe_change, fetch_base, publish
from reconciler.doors.working_tree import judge_proposal, list_paths
from reconciler.model.approvals.proposal import Published, PublishedState
from reconciler.model.diagnostics import Span
from reconciler.model.errors import GuardRefused, UsageError
from reconciler.model.stanzas import KeyEdit
from reconciler.policy.sample import GRANT_FILE
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.nouns import Proposal, RevocationRequest
from reconciler.proposals.revocations import propose_revocation
from tests.support.catalogs import GRANT, NOW, SOUND, write
from tests.support.repository import committed, git
from tests.unit.doors.test_working_tree import REQUEST


class Forge:
    """Takes what is sent."""

    def __init__(self):
        self.sent = []

    async def publish(self, change):
        """It is the first of its kind."""
        self.sent.append(change)
        return Published(number=7, url="https://x", state=PublishedState.OPENED, head_sha="c" * 40)


@pytest.fixture
def base(tmp_path):
    """The sample catalog at a commit; what lies in the folder since then is something else."""
    folder = write(tmp_path, SOUND)
    sha = committed(tmp_path)
    (folder / GRANT_FILE).write_text("not a grant\n")
    return Base(
        folder=CommittedFolder(Repository.around(folder), sha, folder.as_posix()), branch="main"
    )


def judged(base, **changes):
    """A request of the sample, and an edit of its grant."""
    catalog = load_and_judge_from(base.folder, NOW).catalog
    made = propose_grant(REQUEST, catalog, list_paths(base.folder), NOW)
    assert isinstance(made, Proposal)
    at = Span(f"{base.folder.display}/{GRANT_FILE}", 1, 1)
    edit = KeyEdit(at=at, key="purpose", value='"Other work"')
    return judge_proposal(replace(made, edits=(edit,), **changes), base.folder, NOW)


def test_each_file_is_sent_whole_with_what_it_was_made_from(base):
    """The commit's, and not what lies in the working tree."""
    sent = describe_change(judged(base, requested_by="jane@example.com"), base)
    files = {file.path: file for file in sent.files}
    assert set(files) == {f"catalog/{GRANT_FILE}", "catalog/grants/claude/zoe.yaml"}
    edited, new = files[f"catalog/{GRANT_FILE}"], files["catalog/grants/claude/zoe.yaml"]
    assert edited.before == GRANT.encode()
    assert edited.content == GRANT.replace("Support triage", '"Other work"')
    assert new.before is None
    assert 'subject: "zoe@example.com"' in new.content
    assert (sent.base, sent.requester) == ("main", "jane@example.com")
    assert sent.title == "Grant claude/users to zoe@example.com"
    assert "Closes" not in sent.body


def test_the_end_of_access_fills_nobodys_quota(base):
    """Whoever ends much at once is not made to wait with the rest."""
    catalog = load_and_judge_from(base.folder, NOW).catalog
    grant = catalog.grants[0]
    request = RevocationRequest(
        tool=grant.tool, subject=grant.subject, at=NOW.date(), by="jane@example.com", reason="left"
    )
    ended = judge_proposal(propose_revocation(request, catalog, NOW), base.folder, NOW)
    assert describe_change(ended, base).requester is None


def test_the_issue_that_asks_is_named(base):
    """Outside of every code span, so that it is a link; no word there closes the issue."""
    assert describe_change(judged(base), base, 12).body.endswith("approve.\n\nAsked for in #12\n")


def test_the_same_words_have_the_same_key_and_other_words_another(base):
    """Whoever asks twice finds what is there; a door that has a key of its own keeps it."""
    first = describe_change(judged(base), base)
    assert first.key == describe_change(judged(base), base).key
    assert first.key != describe_change(judged(base, title="Another"), base).key
    assert describe_change(judged(base, key="0123abcd"), base).key == "0123abcd"


def test_a_catalog_at_the_root_has_no_folder_before_its_files(tmp_path):
    """The repository may be nothing but the catalog."""
    folder = write(tmp_path, SOUND)
    sha = committed(folder)
    base = Base(folder=CommittedFolder(Repository.around(folder), sha, "."), branch="trunk")
    made = judged(base)
    assert "grants/claude/zoe.yaml" in {file.path for file in describe_change(made, base).files}


def test_what_the_forge_says_is_handed_on(base):
    """It is sent once."""
    forge = Forge()
    found = asyncio.run(publish(judged(base), base, forge))
    assert found.number == 7
    assert [change.key for change in forge.sent] == [describe_change(judged(base), base).key]


def test_a_change_starts_from_the_newest_commit_of_the_default_branch(tmp_path):
    """As the remote says now, whichever branch is checked out here."""
    origin, here = tmp_path / "origin", tmp_path / "here"
    write_to = origin / "catalog"
    origin.mkdir()
    write(origin, SOUND)
    first = committed(origin)
    git(tmp_path, "clone", "-q", str(origin), str(here))
    git(here, "switch", "-q", "-c", "mine")
    committed(here, "something of mine")
    base = fetch_base(here / "catalog")
    assert (base.branch, base.folder.tree, base.prefix) == ("main", first, "catalog/")
    assert base.where == f"the newest commit of main ({first[:12]})"

    (write_to / GRANT_FILE).write_text(GRANT.replace("AI-1", "AI-3"))
    committed(origin)
    with pytest.raises(UsageError, match="is not here") as caught:
        fetch_base(here / "catalog")
    assert caught.value.code == "base-not-fetched"
    git(here, "fetch", "-q", "origin")
    assert fetch_base(here / "catalog").folder.tree == git(origin, "rev-parse", "HEAD")


def test_where_no_remote_tells_nothing_is_started(tmp_path):
    """What cannot be checked is not assumed."""
    folder = write(tmp_path, SOUND)
    committed(tmp_path)
    with pytest.raises(GuardRefused):
        fetch_base(folder)
