"""A proposal is judged as the change that its reviewer will see, before a file is written."""

from dataclasses import replace
from datetime import date

from reconciler.catalog.files import Folder
from reconciler.catalog.load import load_and_judge_from
from reconciler.doors.working_tree import ProposalJudge, judge_proposal, list_paths, write_files
from reconciler.model.diagnostics import Span
from reconciler.model.stanzas import KeyEdit
from reconciler.model.validity import Approval
from reconciler.policy.sample import GRANT_FILE
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.nouns import GrantRequest, Proposal
from tests.support.catalogs import NOW, SOUND, write

APPROVAL = Approval(
    ticket="AI-2", approved_by=("lead@example.com",), approved_at=date(2026, 11, 22)
)
REQUEST = GrantRequest(
    tool="claude",
    entitlement="users",
    subject="zoe@example.com",
    purpose="Support triage",
    approval=APPROVAL,
)


def judged(folder, request=REQUEST, now=NOW):
    """What comes of it in the folder."""
    catalog = load_and_judge_from(folder, now).catalog
    made = propose_grant(request, catalog, list_paths(folder), now)
    assert isinstance(made, Proposal), made
    return judge_proposal(made, folder, now)


def sound(root, **changed):
    """The sample catalog, named as messages do."""
    return Folder(write(root, {**SOUND, **changed}), "catalog")


def test_a_sound_proposal_is_written_and_read_as_it_was_asked_for(tmp_path):
    """In a folder of its own, where the tool has none yet."""
    folder = sound(tmp_path)
    for path in (folder.root / "grants/claude").iterdir():
        path.unlink()
    (folder.root / "grants/claude").rmdir()
    (folder.root / "grants").rmdir()
    found = judged(folder)

    assert found.is_sound
    assert found.warnings == ()
    assert found.files == ("catalog/grants/claude/zoe.yaml",)
    assert not (folder.root / "grants").exists()
    assert write_files(found.proposed) == found.files
    loaded = load_and_judge_from(folder, NOW)
    assert loaded.diagnostics == ()
    assert [grant.subject for grant in loaded.catalog.grants] == ["zoe@example.com"]


def test_a_name_is_taken_whatever_its_capitals(tmp_path):
    """Some file systems would write over the file that is there."""
    folder = sound(tmp_path, **{"grants/claude/Zoe.yaml": SOUND[GRANT_FILE].replace("jane", "joe")})
    assert "grants/claude/zoe.yaml" in list_paths(folder)
    assert judged(folder).files == ("catalog/grants/claude/zoe-2.yaml",)


def test_what_a_review_would_be_refused_for_is_said_at_once(tmp_path):
    """An approver whom the tool does not have is an error of the change that brings them."""
    boss = replace(APPROVAL, approved_by=("boss@example.com",))
    found = judged(sound(tmp_path), replace(REQUEST, approval=boss))
    assert not found.is_sound
    assert [each.code for each in found.errors] == ["approver-unknown"]


def test_an_edit_that_cannot_be_made_is_told(tmp_path):
    """A person makes it."""
    nowhere = KeyEdit(at=Span(f"catalog/{GRANT_FILE}", 99, 1), key="expires", value="2027-01-01")
    made = Proposal(title="Renew", facts=(), edits=(nowhere,))
    found = judge_proposal(made, sound(tmp_path), NOW)
    assert not found.is_sound
    assert found.files == ()


def test_what_init_left_to_be_replaced_is_no_fault_of_the_change(tmp_path):
    """People ask before every id is known; what they write themselves is another matter."""
    blank = SOUND["connectors/okta-prod.yaml"].replace("canary@", "REPLACE@")
    folder = sound(tmp_path, **{"connectors/okta-prod.yaml": blank})
    assert judged(folder).is_sound
    own = judged(folder, replace(REQUEST, subject="REPLACE@example.com"))
    assert [each.code for each in own.errors] == ["placeholder-unfilled"]


def test_one_judge_of_many_says_of_each_what_it_would_say_first(tmp_path):
    """Of a base with a mistake, too: what was wrong with one proposal is not held against another.

    Each is judged twice, with others before it.
    """
    torn = "tool: claude\nsubject: [\n"
    folder = sound(tmp_path, **{"grants/claude/torn.yaml": torn})
    mended = "".join(SOUND[GRANT_FILE]).replace("jane@", "torn@")
    grants = [
        Proposal(title=path, facts=(), new_files=((f"grants/claude/{path}.yaml", text),))
        for path, text in (("one", mended), ("two", torn), ("three", mended + "tool: claude\n"))
    ]
    judge = ProposalJudge(folder, NOW)
    said = [judge.judge(each) for each in (*grants, *grants)]
    assert said == [judge_proposal(each, folder, NOW) for each in (*grants, *grants)]
    codes = [[each.code for each in judged.errors] for judged in said[:3]]
    assert len({tuple(each) for each in codes}) == len(codes)
