"""When the words of a grant came onto the branch, over random histories of merged changes.

An approval that is read at its source is of those words: nobody agreed to them later than that, and
who might approve is looked up just before. However a change lands, that is the first commit of the
branch since which they stand there without a gap, in whichever file.
"""

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder
from reconciler.catalog.grant_history import GrantHistory, without_end
from reconciler.catalog.load import load_as_read
from reconciler.planning.refs import grant_hash

FILES = ("a", "b", "more/c")
PEOPLE = ("amy", "bea", "cy")
ENDS = ("2027-01-01", "2027-02-01")
BEGAN = 1_790_000_000
APPROVALS = {
    "amy": "{by: jira, ticket: AI-1}",
    "bea": "{by: github}",
    "cy": "{ticket: AI-3, approved_by: lead@example.com, approved_at: 2026-11-01}",
}
TOOL = "id: claude\nname: Claude\ndescription: D\nowners: [{email: o@example.com}]\nrisk: low\n"
TOOL += "fulfilment: okta\nentitlements: {users: {description: A seat}}\n"

Tree = dict[str, tuple[str, str, str]]
"""Of each person who has a grant: its file, its end, and its purpose."""
Edit = tuple[str, tuple[str, str, str] | None]
"""A person, and what stands there of them afterwards."""


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    """One person's grant: written anew, moved, prolonged, reworded, put back; or deleted."""
    person = draw(st.sampled_from(PEOPLE))
    words = st.tuples(
        st.sampled_from(FILES), st.sampled_from(ENDS), st.sampled_from(("Work", "Play"))
    )
    return person, draw(st.none() | words | words)


LANDINGS = st.tuples(
    st.sampled_from(("squash", "merge", "rebase")),
    st.integers(0, 2),
    st.lists(st.lists(edits(), max_size=2), min_size=1, max_size=3),
)
"""How a change lands, how far its branch is behind, and the commits of the branch."""


@dataclass
class Branch:
    """A repository as git imports it, and what stands on its branch after each commit."""

    stream: list[str] = field(default_factory=list)
    steps: list[tuple[int, Tree]] = field(default_factory=list)
    made: int = 0

    def commit(self, tree: Tree, *parents: int, ref: str = "refs/heads/main") -> int:
        """A commit with those files, an hour after the one before."""
        self.made += 1
        lines = [f"commit {ref}", f"mark :{self.made}"]
        lines += [f"committer T <t@example.com> {BEGAN + 3600 * self.made} +0000", _data("step")]
        lines += [
            f"{'merge' if n else 'from'} :{parent}" for n, parent in enumerate(parents) if parent
        ]
        lines += ["deleteall", "M 100644 inline catalog/tools/claude.yaml", _data(TOOL)]
        for name in FILES:
            kept = [_words(p, *at[1:]) for p, at in sorted(tree.items()) if at[0] == name]
            if kept:
                lines += [f"M 100644 inline catalog/grants/claude/{name}.yaml"]
                lines += [_data("grants:\n" + "".join(f"- {each}\n" for each in kept))]
        self.stream += lines
        return self.made

    def land(self, how: str, behind: int, work: list[list[Edit]]) -> None:
        """A branch of these commits, and what merging it so leaves on the main branch.

        The main branch went on by so many steps since the branch left it.
        """
        fork, before = self.steps[max(0, len(self.steps) - 1 - behind)]
        tip, tree = fork, before
        for several in work:
            tree = _edited(tree, several)
            tip = self.commit(tree, tip, ref="refs/heads/branch")
        last, tree = self.steps[-1]
        landed = work if how == "rebase" else [[each for several in work for each in several]]
        for several in landed:
            tree = _edited(tree, several)
            last = self.commit(tree, last, tip if how == "merge" else 0)
            self.steps.append((last, tree))

    def write(self, folder: Path) -> list[str]:
        """The repository; the commits of all steps."""
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        marks = folder / ".git" / "marks"
        subprocess.run(
            ["git", "fast-import", "--quiet", f"--export-marks={marks}"],
            cwd=folder,
            input="\n".join(self.stream).encode(),
            check=True,
        )
        found = dict(line.split() for line in marks.read_text().splitlines())
        return [found[f":{mark}"] for mark, _ in self.steps]


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _words(person: str, end: str, purpose: str) -> str:
    return (
        f"{{tool: claude, subject: {person}@example.com, purpose: {purpose}, expires: {end}, "
        f"starts: 2026-11-02, approval: {APPROVALS[person]}}}"
    )


def _edited(tree: Tree, several: list[Edit]) -> Tree:
    changed = dict(tree)
    for person, words in several:
        changed.pop(person, None)
        if words is not None:
            changed[person] = words
    return changed


def _expected(steps: list[Tree], person: str, *, ignores_ends: bool) -> int:
    """The step since which the person's grant says what it says at the end."""
    said = [tree[person][1] if person in tree else "" for tree in steps]
    if ignores_ends:
        said = ["there" if each else "" for each in said]
    came = len(said) - 1
    while came and said[came - 1] == said[-1]:
        came -= 1
    return came


@settings(max_examples=40)
@given(st.lists(LANDINGS, min_size=1, max_size=7), st.booleans())
def test_words_came_with_the_first_commit_since_which_they_stand_there(changes, ignores_ends):
    """Squashed, merged or rebased; moved, reworded, deleted and put back; prolonged or not."""
    branch = Branch()
    branch.steps.append((branch.commit({}), {}))
    for landing in changes:
        branch.land(*landing)
    with TemporaryDirectory() as name:
        commits = branch.write(Path(name))
        grants, found = _read(Path(name), ignores_ends=ignores_ends)
    trees = [tree for _, tree in branch.steps]
    assert len(grants) == len(trees[-1])
    for grant in grants:
        person = grant.subject.partition("@")[0]
        step = _expected(trees, person, ignores_ends=ignores_ends)
        came = found[grant_hash(grant)]
        assert (came.commit, came.parent) == (commits[step], commits[step - 1])
        assert came.at == datetime.fromtimestamp(BEGAN + 3600 * branch.steps[step][0], UTC)


def _read(folder: Path, *, ignores_ends: bool):
    """The grants of the branch, and when each came."""
    repository = Repository.around(_catalog(folder))
    head = repository.commit("HEAD")
    grants = load_as_read(CommittedFolder(repository, head, "catalog")).catalog.grants
    if ignores_ends:
        grants = tuple(map(without_end, grants))
    past = GrantHistory(
        repository=repository,
        head=head,
        display="catalog",
        only={"claude": "users"},
        ignores_ends=ignores_ends,
    )
    return grants, past.find_introductions(grants)


def _catalog(folder: Path) -> Path:
    """The folder of the catalog, of which nothing is checked out."""
    (folder / "catalog").mkdir()
    return folder / "catalog"
