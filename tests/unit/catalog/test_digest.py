"""Which catalog this is."""

import os
import subprocess

from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.digest import catalog_digest
from reconciler.catalog.git.checkout import explain_empty_folder, read_commit
from reconciler.catalog.load import load
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.policy.sample import ACCOUNTS, GITHUB_DOOR, JIRA_DOOR
from tests.support.catalogs import GRANT, SOUND, loaded, write

JOE = GRANT.replace("jane", "joe")


def test_a_digest_does_not_depend_on_files_order_or_layout(tmp_path):
    """Moving a grant into a list is no change of what is declared."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    apart = loaded(tmp_path / "a", {"grants/claude/joe.yaml": JOE}).catalog
    indented = ["\n    ".join(text.splitlines()) for text in (JOE, GRANT)]
    bulk = "grants:\n" + "".join(f"  - {text}\n" for text in indented)
    together = load(
        write(tmp_path / "b", {**SOUND, "grants/claude/jane.yaml": "# all\n" + bulk})
    ).catalog
    assert catalog_digest(apart) == catalog_digest(together)
    assert catalog_digest(apart) != catalog_digest(
        loaded(tmp_path / "b", {"grants/claude/jane.yaml": JOE}).catalog
    )


def test_every_change_of_what_is_declared_changes_the_digest(tmp_path):
    """Two catalogs of one digest declare the same."""
    digests = {catalog_digest(loaded(tmp_path).catalog)}
    for name, before, after in [
        ("settings.yaml", "break.glass", "other"),
        ("tools/claude.yaml", "90d", "91d"),
        ("bindings/claude.yaml", "name: Claude users", "name: Claude people"),
        ("grants/claude/jane.yaml", "AI-1", "AI-2"),
        ("identities/jane.yaml", "5b10", "5b11"),
        ("acknowledgements/move.yaml", "team moved", "moved"),
        ("connectors/okta-prod.yaml", "OKTA_TOKEN", "OTHER"),
    ]:
        digests.add(
            catalog_digest(loaded(tmp_path, {name: SOUND[name].replace(before, after)}).catalog)
        )
    assert len(digests) == 8


def test_who_may_change_accounts_is_part_of_the_digest(tmp_path):
    """Operators, and each action that they may agree to; not the order in which it is written."""
    settings = ACCOUNTS["settings.yaml"]
    texts = (
        settings,
        settings.replace("[suspend, unsuspend, unlock]", "[unlock, suspend, unsuspend]"),
        settings.replace("[suspend, unsuspend, unlock]", "[suspend, unlock]"),
        settings.replace("desk@example.com", "help@example.com"),
        settings.partition("operators:")[0],
    )
    digests = [
        catalog_digest(loaded(tmp_path, {**ACCOUNTS, "settings.yaml": text}).catalog)
        for text in texts
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_doors_and_what_counts_are_part_of_the_digest(tmp_path):
    """Not the order of ids, nor that a former version said where reviews are."""
    github, jira, tool = "doors/github.yaml", "doors/jira.yaml", "tools/claude.yaml"
    listed = JIRA_DOOR.replace('["10005"]', '["10005", "10006", "10008"]')
    one = {github: GITHUB_DOOR, jira: listed, tool: SOUND[tool] + "  approvals: [github, jira]\n"}
    moved = SOUND["settings.yaml"] + "reviews: {forge: github, repository: a/b}\n"
    rules = SOUND["settings.yaml"]
    same = (
        one,
        {**one, jira: JIRA_DOOR.replace('["10005"]', '["10008", "10006", "10005"]')},
        {**one, tool: SOUND[tool] + "  approvals: [jira, github]\n"},
        {**one, "settings.yaml": moved},
    )
    others = (
        {jira: JIRA_DOOR, tool: SOUND[tool]},
        {**one, github: GITHUB_DOOR.replace("acme", "evil")},
        {**one, jira: JIRA_DOOR},
        {**one, jira: listed.replace("_10050", "_10059")},
        {**one, tool: SOUND[tool] + "  approvals: [github]\n"},
        {**one, "settings.yaml": f"{rules}approvals: {{required: all}}\n"},
        {**one, "settings.yaml": f"{rules}proposals: {{merge: when-verified}}\n"},
    )
    digests = []
    for number, files in enumerate((*same, *others)):
        (root := tmp_path / str(number)).mkdir()
        digests.append(catalog_digest(loaded(root, files).catalog))
    assert len(set(digests[: len(same)])) == 1
    assert len(set(digests)) == 1 + len(others)


@given(st.lists(st.text(alphabet="abc", min_size=1), unique=True), st.randoms())
def test_the_order_of_nouns_is_no_part_of_the_digest(keys, random):
    """Folders are listed in whatever order."""
    mappings = [IdentityMapping(keys=(key,), login="x") for key in keys]
    shuffled = random.sample(mappings, len(mappings))
    assert catalog_digest(Catalog(identities=tuple(mappings))) == catalog_digest(
        Catalog(identities=tuple(shuffled))
    )


def git(folder, *words):
    """Git with a person of its own."""
    who = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_a_commit_is_named_and_changes_below_the_catalog_are_seen(tmp_path):
    """What is outside the catalog does not make it dirty."""
    folder = write(tmp_path, SOUND)
    git(tmp_path, "init", "-q")
    assert read_commit(folder) == (None, False)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    sha, is_dirty = read_commit(folder)
    assert (len(sha), is_dirty) == (40, False)
    (tmp_path / "elsewhere").write_text("x")
    assert (sha, False) == read_commit(folder)
    (folder / "new.yaml").write_text("x")
    assert (sha, True) == read_commit(folder)


def test_asking_for_the_commit_runs_nothing_that_the_repository_configures(tmp_path):
    """A checkout of somebody's branch is not somebody's program."""
    folder = write(tmp_path, SOUND)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    script.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(script))
    read_commit(folder)
    assert not (tmp_path / "was-run").exists()


def test_outside_a_checkout_there_is_no_commit(tmp_path, monkeypatch):
    """Nor without git."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert read_commit(write(tmp_path, SOUND)) == (None, False)
    monkeypatch.setenv("PATH", os.devnull)
    assert read_commit(tmp_path) == (None, False)
    assert read_commit(tmp_path / "none") == (None, False)


def test_an_empty_folder_is_empty_where_git_knows_of_nothing_in_it(tmp_path):
    """Outside a repository, before the first commit, and where none was ever committed."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    assert explain_empty_folder(folder, "catalog") is None
    git(tmp_path, "init", "-q")
    assert explain_empty_folder(folder, "catalog") is None
    (tmp_path / "elsewhere").write_text("x")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    assert explain_empty_folder(folder, "catalog") is None
    assert [d.code for d in load(folder).diagnostics] == ["catalog-empty"]
