"""Which commit brought a grant's present words, however it came onto the branch."""

import pytest

from reconciler.catalog.git import repository as git_module
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.grant_history import GrantHistory
from reconciler.catalog.load import load
from reconciler.model.directory import ReadFailure
from reconciler.model.validity import ApprovalSource
from reconciler.planning.refs import grant_hash
from tests.support.repository import committed, git

TOOL = """id: claude
name: Claude
description: A tool
owners: [{email: owner@example.com}]
risk: low
fulfilment: okta
entitlements: {users: {description: A seat}}
"""


def words(name, **more):
    """A grant in one line."""
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    approval = "{ticket: AI-1, approved_by: lead@example.com, approved_at: 2026-11-01}"
    return (
        f"{{tool: claude, subject: {name}@example.com, purpose: Work, approval: {approval}{extra}}}"
    )


class Past:
    """A repository whose grants a test edits and commits."""

    def __init__(self, folder):
        self.folder = folder
        self.put("tools/claude.yaml", TOOL)
        self.base = committed(folder, "base")

    def put(self, path, text):
        """A file of the catalog; None takes it away."""
        place = self.folder / "catalog" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            place.unlink()
        else:
            place.write_text(text, encoding="utf-8")

    def commit(self, **files):
        """Grant files by stem, as one commit."""
        for stem, text in files.items():
            self.put(f"grants/claude/{stem}.yaml", text)
        return committed(self.folder, "change")

    def history(self, folder=None):
        """The past of what is checked out."""
        root = (folder or self.folder) / "catalog"
        repository = Repository.around(root)
        return GrantHistory(
            repository=repository,
            head=repository.commit("HEAD"),
            display=root.as_posix(),
            only={"claude": "users"},
        )

    def found(self):
        """The introduction of each grant, by its subject's name."""
        grants = load(self.folder / "catalog").catalog.grants
        told = self.history().find_introductions(grants)
        return {g.subject.partition("@")[0]: told[grant_hash(g)] for g in grants}

    def commits(self):
        """Just the commits."""
        return {name: at.commit if at else None for name, at in self.found().items()}


@pytest.fixture
def past(tmp_path):
    """A repository with a tool and no grant."""
    return Past(tmp_path)


def test_a_new_file_came_with_its_commit(past):
    """Later commits of other files do not matter, nor does a file of the same name elsewhere."""
    first = past.commit(jane=words("jane"))
    past.put("../other/grants/claude/jane.yaml", words("jane", expires="2027-01-01"))
    second = past.commit(joe=words("joe"))
    found = past.found()
    assert (found["jane"].commit, found["jane"].parent) == (first, past.base)
    assert found["joe"].commit == second
    path = "catalog/grants/claude/jane.yaml"
    assert found["jane"].files == {(path, git(past.folder, "rev-parse", f"{first}:{path}"))}


def test_an_edit_of_what_is_granted_counts_and_one_of_its_purpose_does_not(past):
    """Both contents hold the grant in the words that count."""
    past.commit(jane=words("jane"))
    edit = past.commit(jane=words("jane", expires="2027-01-01"))
    past.commit(jane=words("jane", expires="2027-01-01").replace("Work", "Play"))
    found = past.found()["jane"]
    assert found.commit == edit
    assert len(found.files) == 2


def test_what_was_edited_and_put_back_came_with_the_last_commit(past):
    """So did what was deleted and restored: nobody reviewed that."""
    past.commit(jane=words("jane"))
    past.commit(jane=words("jane", expires="2027-01-01"))
    back = past.commit(jane=words("jane"))
    assert past.commits() == {"jane": back}
    past.commit(jane=None)
    again = past.commit(jane=words("jane"))
    assert past.commits() == {"jane": again}


def test_a_move_a_split_and_a_join_are_no_edits(past):
    """The same words in another file have the same past."""
    first = past.commit(jane=words("jane"))
    joe = past.commit(all=f"grants:\n- {words('joe')}\n")
    past.commit(jane=None, all=f"grants:\n- {words('joe')}\n- {words('jane')}\n")
    past.commit(all=None, **{"x/jane": words("jane"), "x/joe": f"# moved\n{words('joe')}"})
    past.commit(**{"x/jane": None, "y/j": words("jane")})
    assert past.commits() == {"jane": first, "joe": joe}


@pytest.mark.parametrize(
    "place",
    [
        "grants/claude/.jane.yaml",
        "grants/.kept/jane.yaml",
        "grants/claude/README.md",
        "grants/claude/jane.yaml.bak",
        "grants/claude/jane\u200b.yaml",
        "grants/jane.yaml",
        "drafts/claude/jane.yaml",
    ],
)
def test_a_file_that_nobody_read_as_a_grant_brought_none(past, place):
    """Whoever reviewed it let nobody in; the commit that renamed it into life did."""
    past.put(place, words("jane"))
    committed(past.folder, "an inert file")
    past.put(place, None)
    alive = past.commit(jane=words("jane"))
    assert past.commits() == {"jane": alive}


def test_a_copy_came_with_its_own_commit(past):
    """The first still stands, so nothing was moved."""
    past.commit(jane=words("jane"))
    copy = past.commit(other=words("jane"), jane=words("jane").replace("Work", "Play"))
    (cited,) = [
        g
        for g in load(past.folder / "catalog").catalog.grants
        if g.origin.path.endswith("other.yaml")
    ]
    (found,) = past.history().find_introductions([cited]).values()
    assert found.commit == copy


def test_a_list_shows_each_of_its_grants_its_own_commit(past):
    """However often the file was edited: more versions than are read at once."""
    made = []
    for number in range(40):
        lines = [f"- {words(f'p{n}')}" for n in range(number + 1)]
        made.append(past.commit(all="grants:\n" + "\n".join(lines) + "\n"))
    assert past.commits() == {f"p{n}": commit for n, commit in enumerate(made)}


def test_a_merge_brings_what_its_branch_held(past):
    """The commit on the branch itself is no part of the first-parent history."""
    git(past.folder, "switch", "-q", "-c", "side")
    past.commit(jane=words("jane"))
    git(past.folder, "switch", "-q", "main")
    joe = past.commit(joe=words("joe"))
    git(past.folder, "merge", "-q", "--no-ff", "-m", "merge", "side")
    merge = git(past.folder, "rev-parse", "HEAD")
    assert past.commits() == {"jane": merge, "joe": joe}
    assert past.found()["jane"].parent == joe


def test_a_file_that_was_broken_held_nothing(past):
    """The commit that mended it brought the grant."""
    past.commit(jane=words("jane"))
    past.commit(jane="{tool: claude, tool: claude}\n")
    mended = past.commit(jane=words("jane"))
    assert past.commits() == {"jane": mended}


def test_what_is_not_committed_has_no_commit(past):
    """Neither a new file nor an edited one."""
    past.commit(jane=words("jane"))
    past.put("grants/claude/jane.yaml", words("jane", expires="2027-01-01"))
    past.put("grants/claude/joe.yaml", words("joe"))
    assert past.commits() == {"jane": None, "joe": None}


def test_odd_names_of_files_are_read_as_they_are(past):
    """Nothing is quoted, and nothing that a name holds is taken for the log's own."""
    place = "grants/claude/ä \x01:1\n.yaml"
    past.put(place, words("jane"))
    commit = committed(past.folder, "odd")
    assert {edit.commit for edit in past.history().repository.read_edits("HEAD", "grants")} == {
        commit
    }
    (edit,) = past.history().repository.read_edits("HEAD", "grants")
    assert list(edit.files) == [place]


def test_no_configuration_changes_what_the_log_says(past):
    """Renames, signatures and a broken pager are all a user's own."""
    first = past.commit(jane=words("jane"))
    past.commit(jane=None, moved=words("jane"))
    for name, value in {
        "diff.renames": "copies",
        "log.showSignature": "true",
        "log.follow": "true",
        "log.diffMerges": "off",
        "core.quotePath": "true",
        "format.pretty": "oneline",
        "core.abbrev": "4",
    }.items():
        git(past.folder, "config", name, value)
    assert past.commits() == {"jane": first}


def test_the_processes_do_not_grow_with_the_commits(past, monkeypatch):
    """One log, and a batch for each step back that all grants take together."""
    for number in range(12):
        past.commit(**{f"p{number}": words(f"p{number}")})
    asked = []
    real = git_module.run_git
    monkeypatch.setattr(
        git_module, "run_git", lambda root, *a, **k: asked.append(a[0]) or real(root, *a, **k)
    )
    past.commits()
    assert asked.count("log") == 1
    assert asked.count("cat-file") <= 2


def test_a_shallow_clone_is_unread(past, tmp_path_factory):
    """Its oldest commit would seem to have brought everything."""
    past.commit(jane=words("jane"))
    clone = tmp_path_factory.mktemp("clone") / "c"
    git(past.folder, "clone", "-q", "--depth", "1", f"file://{past.folder}", str(clone))
    grants = load(clone / "catalog").catalog.grants
    told = past.history(clone).find_introductions(grants)
    assert isinstance(told, ReadFailure)
    assert "fetch-depth: 0" in told.detail


def test_a_tool_that_says_which_sources_count_is_read_with_its_doors(past):
    """Without them its policy would name a source that is not there."""
    past.put("doors/github.yaml", "{type: github, repository: acme/access}\n")
    past.put("tools/claude.yaml", TOOL + "policy: {approvals: [github]}\n")
    rules = past.history().rules_at(past.commit())
    assert rules.sources_of("claude") == {ApprovalSource.GITHUB}


def test_the_rules_of_a_commit_are_its_tools_and_identities(past):
    """A commit that is not here, or has errors in them, says why."""
    past.put("identities/jane.yaml", "{github: jane, okta: {login: jane@example.com}}")
    first = past.commit(jane="{not: a grant}")
    past.put("tools/claude.yaml", "{id: claude}")
    broken = past.commit()
    rules = past.history().rules_at(first)
    assert set(rules.tools) == {"claude"}
    assert [m.keys for m in rules.identities] == [("github:jane",)]
    assert set(past.history().rules_at(past.base).tools) == {"claude"}
    assert past.history().rules_at(broken).code == "malformed"
    assert "is not in this clone" in past.history().rules_at("f" * 40).detail


def test_the_words_of_a_commit_are_read_by_its_settings_identities_and_bindings(past):
    """Whether they were well made is not asked; whether they can be read is."""
    past.put("settings.yaml", "{identity: {match: [login]}}")
    past.put("identities/jane.yaml", "{github: jane, okta: {login: jane@example.com}}")
    place = "group: {bind: {id: 00g1aaaaaaaaaaaaaaaa, name: A}}, authority: additive}"
    past.put("bindings/a.yaml", "{tool: nowhere, entitlement: users, connector: none, " + place)
    first = past.commit(jane="{not: a grant}")
    past.put("bindings/a.yaml", "{tool: claude}")
    broken = past.commit()
    words = past.history().meanings_at(first)
    assert [rule.value for rule in words.settings.match] == ["login"]
    assert [b.tool for b in words.bindings] == ["nowhere"]
    assert len(words.identities) == 1
    assert past.history().meanings_at(broken).code == "malformed"
    assert "is not in this clone" in past.history().meanings_at("f" * 40).detail


def test_the_grants_of_a_commit_are_read_by_their_form(past):
    """Those that were revoked by then are among them."""
    first = past.commit(jane=words("jane"))
    past.put("tools/claude.yaml", "{id: claude}")
    broken = past.commit()
    assert [g.subject for g in past.history().grants_at(first)] == ["jane@example.com"]
    assert past.history().grants_at(broken).code == "malformed"


def test_grants_of_a_ticket_are_found_in_what_was_edited_or_deleted(past):
    """With the instant of the edit; what stands there still is not among them."""
    past.commit(jane=words("jane", expires="2027-01-01"))
    past.commit(jane=words("jane"), joe=words("joe").replace("AI-1", "ai-2"))
    past.commit(jane=None, joe=words("joe"))
    found = past.history().find_replaced(["AI-2", "AI-3"])
    assert [grant.subject for _, grant in found] == ["joe@example.com"]
    found = past.history().find_replaced(["ai-1"])
    assert sorted(bool(grant.expires) for _, grant in found) == [False, True]
    last = git(past.folder, "log", "-1", "--format=%ct")
    assert max(at.timestamp() for at, _ in found) == float(last)
    past.put("grants/claude/joe.yaml", "{")
    assert past.history().find_replaced(["AI-9"]) == ()


def test_a_past_without_any_grant_brought_none(past):
    """Nothing was ever committed in that folder."""
    past.put("grants/claude/jane.yaml", words("jane"))
    assert past.commits() == {"jane": None}


def test_an_edit_to_a_login_that_only_folding_makes_equal_is_an_edit(past):
    """Okta has two accounts of these names."""
    first = past.commit(jane=words("weiss"))
    past.commit(jane=words("WEISS"))
    (found,) = past.commits().values()
    assert found == first
    edit = past.commit(jane=words("wei\u00df"))
    (found,) = past.commits().values()
    assert found == edit
